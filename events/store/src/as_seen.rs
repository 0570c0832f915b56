//! The short call of an append: what a batch that finds everything as its decisions saw it needs beside its rows, worked
//! out here, outside of the log's lock. Knows the function of `migrations/event_store/0009_as_seen.sql`; must not judge:
//! whatever is not as it was seen is left to `es.append_batch`.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::append::{Resolved, StreamAppend};
use crate::batch::{Batch, small};
use crate::known::{Known, Standing};
use crate::outcome::{Appended, Outcome};

/// SQLSTATE of a batch that does not find everything as it was seen.
const NOT_AS_SEEN: &str = "ES005";
/// The first event of a stream that gets a sale number.
const NUMBERED: &str = "sale.registered";

/// What follows from the rows of a batch, position by position.
#[derive(Default)]
pub(crate) struct AsSeen {
    latest: Option<DateTime<Utc>>,
    hashes: Vec<u8>,
    /// Per row: events of the batch before it.
    start: Vec<i32>,
    /// Per row: which of its tenant's registrations in the batch it is.
    rank: Vec<Option<i32>>,
    /// Per row: which of the streams that existed it is, 0 = it is new.
    had: Vec<i32>,
    event_row: Vec<i32>,
    /// Per event: the tenant's event before it in the batch, 0 = none.
    event_before: Vec<i32>,
    /// Per slug: the tenant's newest event and its registrations in the batch.
    of_tenant: Vec<(i32, i32)>,
    receipts: Receipts,
}

#[derive(Default)]
struct Receipts {
    first: Vec<i32>,
    last: Vec<i32>,
    had: Vec<i32>,
    rank: Vec<Option<i32>>,
}

impl AsSeen {
    /// Works a batch out; none when a group only checks a stream, which takes the long call.
    pub(crate) fn of(groups: &[Resolved<'_>], batch: &Batch<'_>) -> Option<Self> {
        let rows = &batch.rows;
        if rows.count.contains(&0) {
            return None;
        }
        let mut seen = Self {
            latest: rows.effective.iter().flatten().max().copied(),
            hashes: batch.events.hash.concat(),
            of_tenant: vec![(0, 0); batch.slugs.len()],
            ..Self::default()
        };
        let mut existing = 0;
        for (row, count) in rows.count.iter().enumerate() {
            let exists = rows.expected[row] > 0;
            existing += i32::from(exists);
            seen.had.push(if exists { existing } else { 0 });
            let start = seen.event_row.len();
            let (newest, registered) = &mut seen.of_tenant[slug(rows.tenant[row])];
            let registers = !exists && batch.events.kind[start] == NUMBERED;
            seen.start.push(small(start));
            *registered += i32::from(registers);
            seen.rank.push(registers.then_some(*registered));
            for _ in 0..*count {
                seen.event_row.push(small(row + 1));
                seen.event_before.push(*newest);
                *newest = small(seen.event_row.len());
            }
        }
        for (group, rows) in with_rows(groups) {
            if group.0.receipt.is_some() {
                seen.receipts.first.push(small(rows.start + 1));
                seen.receipts.last.push(small(rows.end));
                seen.receipts.had.push(seen.had[rows.start]);
                seen.receipts.rank.push(seen.rank[rows].iter().flatten().next().copied());
            }
        }
        Some(seen)
    }

    /// Sends the batch as one statement in autocommit; none when something is not as it was seen, and nothing is stored.
    pub(crate) async fn send(
        &self,
        batch: &Batch<'_>,
        connection: &mut PgConnection,
        (log_id, writer): (i16, Uuid),
        known: &Known,
    ) -> Result<Option<Sent>, sqlx::Error> {
        let (rows, events, rests) = (&batch.rows, &batch.events, &batch.rests);
        let kept = |column: &[Option<&[u8]>]| -> Vec<Vec<u8>> {
            column.iter().flatten().map(|bytes| bytes.to_vec()).collect()
        };
        let [ids, lasts, solds] = columns(batch.slugs.iter().map(|slug| known.of(slug)));
        let sent = sqlx::query(
            "SELECT * FROM es.append_as_seen($1, $2, $3, $4, $5, $6, $7::bigint[]::integer[], $8, $9, $10, $11, $12, $13, $14, $15, \
             $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)",
        )
        .bind(log_id)
        .bind(writer)
        .bind(self.latest)
        .bind(&self.hashes)
        .bind(known.chain())
        .bind(&batch.slugs)
        .bind(ids)
        .bind(lasts)
        .bind(solds)
        .bind(&rows.tenant)
        .bind(&rows.stream)
        .bind(&rows.aggregate)
        .bind(&rows.part)
        .bind(&rows.expected)
        .bind(&rows.count)
        .bind(&self.start)
        .bind(&rows.effective)
        .bind(&self.rank)
        .bind(&self.event_row)
        .bind(&self.event_before)
        .bind(&events.id)
        .bind(&events.kind)
        .bind(&events.schema)
        .bind(&events.meta)
        .bind(&events.payload)
        .bind(kept(&rows.key))
        .bind(kept(&rows.request))
        .bind(kept(&rows.answer))
        .bind(&self.receipts.first)
        .bind(&self.receipts.last)
        .bind(&self.receipts.had)
        .bind(&self.receipts.rank)
        .bind(&rests.stream)
        .bind(&rests.version)
        .fetch_one(connection)
        .await;
        match sent {
            Ok(row) => Ok(Some(Sent {
                head: row.try_get("o_head")?,
                chain: row.try_get("o_chain")?,
                known: row.try_get("o_known")?,
                tenant: row.try_get("o_tenant")?,
                sold: row.try_get("o_sold")?,
                had: row.try_get::<Option<Vec<_>>, _>("o_had")?.unwrap_or_default(),
            })),
            Err(error) if is_not_as_seen(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What became of the groups: all were appended; where and under which numbers follows from what was before.
    pub(crate) fn outcomes(
        &self,
        groups: &[Resolved<'_>],
        batch: &Batch<'_>,
        sent: &Sent,
    ) -> Vec<Outcome> {
        let outcome = |((group, _), rows): (&Resolved<'_>, Range<usize>)| {
            let count = |append: &StreamAppend| append.events.len() as i64;
            let before = sent.head + i64::from(self.start[rows.start]);
            let sold = sent.sold[slug(batch.rows.tenant[rows.start])];
            let had = usize::try_from(self.had[rows.start] - 1).ok();
            let had = had.and_then(|index| sent.had.get(index).copied().flatten());
            let rank = self.rank[rows].iter().flatten().next();
            Outcome::Appended(Appended {
                versions: group.appends.iter().map(|a| a.expected + count(a)).collect(),
                first: Some(before + 1),
                last: Some(before + group.appends.iter().map(count).sum::<i64>()),
                number: had.or_else(|| rank.map(|rank| sold + i64::from(*rank))),
            })
        };
        with_rows(groups).map(outcome).collect()
    }

    /// What the log's end is known to be after the batch.
    pub(crate) fn teach(&self, mut known: Known, batch: &Batch<'_>, sent: Sent) -> Known {
        let Sent { head, chain, known: continues, tenant, sold, had: _ } = sent;
        let standing = batch.slugs.iter().zip(&self.of_tenant).zip(tenant.into_iter().zip(sold));
        let standing = standing.map(|((slug, (newest, registered)), (tenant_id, sold))| {
            let (last, sold) = (head + i64::from(*newest), sold + i64::from(*registered));
            (*slug, Standing { tenant_id, last, sold })
        });
        known.learn(chain, continues, standing);
        known
    }
}

/// What the function said of a batch that was as it was seen.
pub(crate) struct Sent {
    /// Position before the batch.
    head: i64,
    /// The chain's link of the batch.
    chain: Vec<u8>,
    /// The link before it was known.
    known: bool,
    /// Per slug: the tenant's id.
    tenant: Vec<i32>,
    /// Per slug: its highest sale number before the batch.
    sold: Vec<i64>,
    /// Per stream that existed: its sale number.
    had: Vec<Option<i64>>,
}

/// Tenants' ids, newest positions and highest numbers, as far as they are known.
fn columns(tenants: impl Iterator<Item = Option<Standing>>) -> [Vec<Option<i64>>; 3] {
    let mut columns = [const { Vec::new() }; 3];
    for known in tenants {
        columns[0].push(known.map(|known| i64::from(known.tenant_id)));
        columns[1].push(known.map(|known| known.last));
        columns[2].push(known.map(|known| known.sold));
    }
    columns
}

/// Which slug a row names; they are counted from one.
fn slug(number: i32) -> usize {
    usize::try_from(number - 1).unwrap_or_default()
}

/// Groups with the rows of theirs, which follow one another.
fn with_rows<'a, 'b>(
    groups: &'a [Resolved<'b>],
) -> impl Iterator<Item = (&'a Resolved<'b>, Range<usize>)> {
    let mut next = 0;
    groups.iter().map(move |group| {
        let first = next;
        next += group.0.appends.len();
        (group, first..next)
    })
}

fn is_not_as_seen(error: &sqlx::Error) -> bool {
    let state = error.as_database_error().and_then(|refusal| refusal.code());
    state.as_deref() == Some(NOT_AS_SEEN)
}
