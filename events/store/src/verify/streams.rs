//! Streams: versions 1, 2, 3 … in the order of the log, an effective time that never falls, and the row of each stream
//! as its events have it. Read in the order of the stream index, a range of ids at a time, each in one snapshot: events
//! and rows are merged, and only the stream at hand is remembered.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use events::codec::aggregate_of;
use events::identity::part_of;
use futures::{StreamExt, stream};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::findings::{Area, Finding, Findings};
use super::{Step, Verified};
use crate::EventStore;
use crate::error::StoreError;

/// Events or rows read at a time.
const PAGE: i64 = 5_000;
/// Ranges judged at the same time.
const AT_ONCE: usize = 2;
/// Events of a range, about.
const RANGE: i64 = 50_000;

#[derive(Debug, Clone, FromRow)]
struct Seen {
    stream_id: Uuid,
    stream_version: i64,
    position: i64,
    tenant_id: i32,
    event_type: String,
    effective: DateTime<Utc>,
    number: Option<i64>,
}

#[derive(Debug, FromRow)]
struct Stored {
    stream_id: Uuid,
    aggregate: String,
    tenant_id: i32,
    part: i16,
    version: i64,
    first_position: i64,
    last_position: i64,
    effective_at: DateTime<Utc>,
    number: Option<i64>,
}

/// Judges all streams; answers how many there are.
pub(super) async fn judge(
    store: &EventStore,
    verified: &Verified,
    findings: &mut Findings,
    progress: &mut (dyn FnMut(Step) + Send),
) -> Result<i64, StoreError> {
    let ranges = (verified.head / RANGE).clamp(1, 1 << 16);
    let judged = |range: i64| judge_range(store, range, ranges, verified.archived);
    let mut judged = stream::iter(0..ranges).map(judged).buffered(AT_ONCE);
    let (mut streams, mut done) = (0, 0);
    while let Some(range) = judged.next().await {
        let (found, counted) = range?;
        found.into_iter().for_each(|finding| findings.add(finding));
        (streams, done) = (streams + counted, done + 1);
        progress(Step { area: Area::Streams, done, all: ranges, found: findings.count() });
    }
    Ok(streams)
}

/// The first and the last id of one of `ranges` equal ranges: ids are hashes, so each holds an equal share.
pub(super) fn bounds(range: i64, ranges: i64) -> (Uuid, Uuid) {
    let number = |n: i64| u128::try_from(n).expect("invariant: ranges are counted from 0");
    let width = u128::MAX / number(ranges);
    let last = if range + 1 == ranges { u128::MAX } else { number(range + 1) * width - 1 };
    (Uuid::from_u128(number(range) * width), Uuid::from_u128(last))
}

async fn judge_range(
    store: &EventStore,
    range: i64,
    ranges: i64,
    archived: i64,
) -> Result<(Vec<Finding>, i64), StoreError> {
    let mut tx = store.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let (first, last) = bounds(range, ranges);
    let mut merge =
        Merge { archived, found: Vec::new(), rows: VecDeque::new(), streams: 0, open: None };
    let mut after = (first, -1, -1);
    let mut behind: Option<Uuid> = None;
    loop {
        let page = events(&mut tx, store.log_id(), after, last).await?;
        let full = i64::try_from(page.len()) == Ok(PAGE);
        for event in page {
            after = (event.stream_id, event.stream_version, event.position);
            if merge.open.as_ref().is_none_or(|(of, ..)| of.stream_id != event.stream_id) {
                merge.end_stream();
                while merge.rows.front().is_none_or(|row| row.stream_id < event.stream_id) {
                    if merge.rows.is_empty() {
                        let Some(more) =
                            rows(&mut tx, store.log_id(), (first, behind), last).await?
                        else {
                            break;
                        };
                        behind = more.last().map(|row| row.stream_id);
                        merge.rows = more.into();
                    }
                    merge.rows_without_events(event.stream_id);
                }
            }
            merge.event(event);
        }
        if !full {
            break;
        }
    }
    merge.end_stream();
    loop {
        merge.rows_without_events(Uuid::max());
        let Some(more) = rows(&mut tx, store.log_id(), (first, behind), last).await? else { break };
        behind = more.last().map(|row| row.stream_id);
        merge.rows = more.into();
    }
    tx.rollback().await?;
    Ok((merge.found, merge.streams))
}

async fn events(
    tx: &mut PgConnection,
    log_id: i16,
    after: (Uuid, i64, i64),
    last: Uuid,
) -> Result<Vec<Seen>, StoreError> {
    let page = sqlx::query_as(
        "SELECT stream_id, stream_version, position, tenant_id, event_type, coalesce(effective_at, recorded_at) AS effective, number \
         FROM es.event WHERE log_id = $1 AND stream_id >= $2 AND (stream_id, stream_version, position) > ($2, $3, $4) \
         AND stream_id <= $5 ORDER BY log_id, stream_id, stream_version, position LIMIT $6",
    );
    Ok(page
        .bind(log_id)
        .bind(after.0)
        .bind(after.1)
        .bind(after.2)
        .bind(last)
        .bind(PAGE)
        .fetch_all(tx)
        .await?)
}

/// The next rows, none at the end.
async fn rows(
    tx: &mut PgConnection,
    log_id: i16,
    (first, behind): (Uuid, Option<Uuid>),
    last: Uuid,
) -> Result<Option<Vec<Stored>>, StoreError> {
    let page: Vec<Stored> = sqlx::query_as(
        "SELECT stream_id, aggregate, tenant_id, part, version, first_position, last_position, effective_at, number \
         FROM es.stream WHERE log_id = $1 AND stream_id >= $2 AND ($3::uuid IS NULL OR stream_id > $3) AND stream_id <= $4 \
         ORDER BY log_id, stream_id LIMIT $5",
    )
    .bind(log_id)
    .bind(behind.unwrap_or(first))
    .bind(behind)
    .bind(last)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    Ok((!page.is_empty()).then_some(page))
}

/// Two orders of the same streams, side by side.
struct Merge {
    archived: i64,
    found: Vec<Finding>,
    rows: VecDeque<Stored>,
    streams: i64,
    /// First and newest event of the stream at hand, and the number its first event carries.
    open: Option<(Seen, Seen)>,
}

impl Merge {
    fn broken(
        &mut self,
        position: i64,
        what: &str,
        stored: impl ToString,
        expected: impl ToString,
    ) {
        let (stored, expected) = (stored.to_string(), expected.to_string());
        self.found.push(Finding::new(Area::Streams, position, what, stored, expected));
    }

    fn event(&mut self, event: Seen) {
        let Some((first, before)) = self.open.take() else {
            if event.stream_version != 1 && event.position > self.archived {
                self.broken(
                    event.position,
                    "the version within the stream",
                    event.stream_version,
                    1,
                );
            }
            self.open = Some((event.clone(), event));
            return;
        };
        if event.stream_version != before.stream_version + 1 && before.position > self.archived {
            let expected = before.stream_version + 1;
            self.broken(
                event.position,
                "the version within the stream",
                event.stream_version,
                expected,
            );
        }
        if event.position <= before.position {
            let expected = format!("behind {}", before.position);
            self.broken(
                event.position,
                "versions are not in the order of the log",
                event.position,
                expected,
            );
        }
        if event.effective < before.effective {
            let expected = format!("not before {}", before.effective);
            self.broken(
                event.position,
                "the effective time falls within the stream",
                event.effective,
                expected,
            );
        }
        if event.tenant_id != before.tenant_id {
            self.broken(
                event.position,
                "the stream belongs to another tenant",
                event.tenant_id,
                before.tenant_id,
            );
        }
        self.open = Some((first, event));
    }

    /// Compares the stream at hand with its row, which is the first of the rows if it is there.
    fn end_stream(&mut self) {
        let Some((first, newest)) = self.open.take() else { return };
        self.streams += 1;
        let at = newest.position;
        if self.rows.front().is_none_or(|row| row.stream_id != newest.stream_id) {
            self.broken(at, "the stream has events and no row", "nothing", newest.stream_id);
            return;
        }
        let Some(row) = self.rows.pop_front() else { return };
        let aggregate = aggregate_of(&newest.event_type).map_or("", |aggregate| aggregate.as_str());
        let told =
            |number: Option<i64>| number.map_or("none".to_owned(), |number| number.to_string());
        let whole = first.stream_version == 1;
        let checks = [
            ("version", row.version.to_string(), newest.stream_version.to_string()),
            ("last position", row.last_position.to_string(), newest.position.to_string()),
            ("effective time", row.effective_at.to_string(), newest.effective.to_string()),
            ("tenant", row.tenant_id.to_string(), newest.tenant_id.to_string()),
            ("part", row.part.to_string(), part_of(&row.stream_id).to_string()),
            ("aggregate", row.aggregate, aggregate.to_owned()),
        ];
        let of_the_first = [
            ("first position", row.first_position.to_string(), first.position.to_string()),
            ("number", told(row.number), told(first.number)),
        ];
        for (what, stored, expected) in
            checks.into_iter().chain(of_the_first.into_iter().filter(|_| whole))
        {
            if stored != expected {
                self.broken(
                    at,
                    &format!("the stream's row claims another {what}"),
                    stored,
                    expected,
                );
            }
        }
    }

    /// Rows before `stream` have no events. An archive leaves the newest one of each.
    fn rows_without_events(&mut self, stream: Uuid) {
        let alone = self.rows.partition_point(|row| row.stream_id < stream);
        for row in self.rows.drain(..alone).collect::<Vec<_>>() {
            let expected = format!("{} event(s)", row.version);
            let what = format!("stream {} claims version {}", row.stream_id, row.version);
            self.broken(row.last_position, &what, "no event", expected);
        }
    }
}
