//! The long SQL call of an append: groups to arrays, arrays to verdicts. Knows the function's signature
//! (`migrations/event_store/0006_rests_on.sql`) and nothing about retrying.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::envelope::{Sealed, content_hash};
use events::identity::part_of;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::append::{Group, Resolved};
use crate::outcome::StoredReceipt;

/// What a group's decision rests on beside the streams it writes: streams, and the versions they were seen at.
pub type Resting = Vec<(Uuid, i64)>;

/// What the function said, per row (stream of a group).
pub(crate) struct Verdicts {
    pub status: Vec<i16>,
    /// Version of the stream before the batch.
    pub version: Vec<i64>,
    /// Position before the row's first event, -1 unless ok.
    pub base: Vec<i64>,
    pub number: Vec<Option<i64>>,
    receipts: HashMap<usize, StoredReceipt>,
}

impl Verdicts {
    /// The earlier answer to the group that starts at this row.
    pub(crate) fn take_receipt(&mut self, row: usize) -> Result<StoredReceipt, sqlx::Error> {
        self.receipts
            .remove(&row)
            .ok_or_else(|| sqlx::Error::Protocol("a duplicate came without its receipt".to_owned()))
    }
}

/// Streams of groups, one a row; a group's own stream comes first and carries the receipt.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    group: Vec<i32>,
    pub key: Vec<Option<&'a [u8]>>,
    pub request: Vec<Option<&'a [u8]>>,
    pub answer: Vec<Option<&'a [u8]>>,
    pub effective: Vec<Option<DateTime<Utc>>>,
    pub tenant: Vec<i32>,
    pub stream: Vec<Uuid>,
    pub aggregate: Vec<&'static str>,
    pub part: Vec<i16>,
    pub expected: Vec<i64>,
    pub count: Vec<i32>,
}

/// Events of the rows, in order.
#[derive(Default)]
pub(crate) struct Events<'a> {
    pub id: Vec<Uuid>,
    pub kind: Vec<&'static str>,
    pub schema: Vec<i16>,
    pub meta: Vec<&'a [u8]>,
    pub payload: Vec<&'a [u8]>,
    pub hash: Vec<[u8; 32]>,
}

/// What the groups rest on: each pair of stream and version once, and who rests on which.
#[derive(Default)]
pub(crate) struct Rests {
    known: HashMap<(Uuid, i64), i32>,
    pub stream: Vec<Uuid>,
    pub version: Vec<i64>,
    group: Vec<i32>,
    pair: Vec<i32>,
}

impl Rests {
    fn add(&mut self, group: i32, rests_on: &[(Uuid, i64)]) {
        for pair in rests_on {
            let index = *self.known.entry(*pair).or_insert_with(|| {
                self.stream.push(pair.0);
                self.version.push(pair.1);
                small(self.stream.len())
            });
            self.group.push(group);
            self.pair.push(index);
        }
    }
}

/// Ready to be sent, any number of times.
pub(crate) struct Batch<'a> {
    pub slugs: Vec<&'a str>,
    pub rows: Rows<'a>,
    pub events: Events<'a>,
    pub rests: Rests,
}

impl<'a> Batch<'a> {
    /// Lays out the groups and seals every event with its content hash.
    pub(crate) fn of(groups: &[Resolved<'a>]) -> Self {
        let mut batch = Self {
            slugs: Vec::new(),
            rows: Rows::default(),
            events: Events::default(),
            rests: Rests::default(),
        };
        for (index, (group, rests_on)) in groups.iter().enumerate() {
            let slug = group.tenant.as_str();
            let known = batch.slugs.iter().position(|other| *other == slug);
            let tenant = known.unwrap_or_else(|| {
                batch.slugs.push(slug);
                batch.slugs.len() - 1
            });
            batch.add(group, small(index + 1), small(tenant + 1));
            batch.rests.add(small(index + 1), rests_on);
        }
        batch
    }

    fn add(&mut self, group: &'a Group, index: i32, tenant: i32) {
        let effective = group.effective_at.map(to_microseconds);
        for (row, append) in group.appends.iter().enumerate() {
            let receipt = group.receipt.as_ref().filter(|_| row == 0);
            let stream = append.stream.stream_id(&group.tenant);
            self.rows.group.push(index);
            self.rows.key.push(receipt.map(|r| r.key.as_slice()));
            self.rows.request.push(receipt.map(|r| r.request.as_slice()));
            self.rows.answer.push(receipt.map(|r| r.answer.as_slice()));
            self.rows.effective.push(effective);
            self.rows.tenant.push(tenant);
            self.rows.stream.push(stream);
            self.rows.aggregate.push(append.stream.aggregate.as_str());
            self.rows.part.push(part_of(&stream));
            self.rows.expected.push(append.expected);
            self.rows.count.push(small(append.events.len()));
            for event in &append.events {
                self.events.id.push(event.event_id);
                self.events.kind.push(event.event_type);
                self.events.schema.push(event.schema_version);
                self.events.meta.push(&event.meta);
                self.events.payload.push(&event.payload);
                self.events.hash.push(content_hash(&Sealed {
                    tenant: &group.tenant,
                    event_id: event.event_id,
                    stream_id: stream,
                    event_type: event.event_type,
                    schema_version: event.schema_version,
                    effective_at: effective,
                    meta: &event.meta,
                    payload: &event.payload,
                }));
            }
        }
    }

    /// Sends the batch as one statement in autocommit.
    pub(crate) async fn send(
        &self,
        connection: &mut PgConnection,
        log_id: i16,
        writer: Uuid,
    ) -> Result<Verdicts, sqlx::Error> {
        let row = sqlx::query(
            "SELECT * FROM es.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
             $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
        )
        .bind(log_id)
        .bind(writer)
        .bind(&self.slugs)
        .bind(&self.rows.group)
        .bind(&self.rows.key)
        .bind(&self.rows.request)
        .bind(&self.rows.answer)
        .bind(&self.rows.effective)
        .bind(&self.rows.tenant)
        .bind(&self.rows.stream)
        .bind(&self.rows.aggregate)
        .bind(&self.rows.part)
        .bind(&self.rows.expected)
        .bind(&self.rows.count)
        .bind(&self.events.id)
        .bind(&self.events.kind)
        .bind(&self.events.schema)
        .bind(&self.events.meta)
        .bind(&self.events.payload)
        .bind(&self.events.hash)
        .bind(&self.rests.stream)
        .bind(&self.rests.version)
        .bind(&self.rests.group)
        .bind(&self.rests.pair)
        .fetch_one(connection)
        .await?;
        let mut verdicts = Verdicts {
            status: row.try_get("o_status")?,
            version: row.try_get("o_version")?,
            base: row.try_get("o_base")?,
            number: row.try_get("o_number")?,
            receipts: HashMap::new(),
        };
        if let Some(rows) = row.try_get::<Option<Vec<i32>>, _>("d_row")? {
            let answers: Vec<Vec<u8>> = row.try_get("d_answer")?;
            let versions: Vec<i64> = row.try_get("d_version")?;
            let lasts: Vec<Option<i64>> = row.try_get("d_last")?;
            let numbers: Vec<Option<i64>> = row.try_get("d_number")?;
            let rest = answers.into_iter().zip(versions).zip(lasts).zip(numbers);
            for (index, (((answer, version), last), number)) in rows.into_iter().zip(rest) {
                let index = usize::try_from(index - 1).unwrap_or(usize::MAX);
                verdicts.receipts.insert(index, StoredReceipt { answer, version, last, number });
            }
        }
        Ok(verdicts)
    }
}

/// A count as the function takes it.
pub(crate) fn small(number: usize) -> i32 {
    i32::try_from(number).expect("a batch is limited to thousands of rows and events")
}

/// Postgres keeps microseconds; the hash must cover what is stored.
fn to_microseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
