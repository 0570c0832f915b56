//! A log of any length in a moment: valid events (hashes, chain, versions, numbers, streams) written by COPY instead of
//! a million commands. For what is measured on long logs; `verify` finds nothing in it.
//!
//! One tenant, no receipts, no messages in NATS. The read models are not filled: rebuild them or let them catch up.
//! Constant memory: two blocks of ten thousand events at a time.

mod block;
mod copy;
mod lifecycle;

use chrono::{DateTime, TimeDelta, Utc};
use event_store::{EventStore, partitions};
use events::TenantSlug;
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use block::{Block, Made};
use copy::Sheet;

/// Events of a batch row.
const BATCH: i64 = 100;

/// Blocks made and copied at the same time.
const AT_ONCE: usize = 2;

/// Over how long the events seem to have been recorded.
const SPAN: TimeDelta = TimeDelta::days(365);

/// What was generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generated {
    /// The log's head.
    pub head: i64,
    /// Sales registered; their numbers begin at 1001.
    pub sales: i64,
}

/// The public id of a generated sale, counted from 0.
#[must_use]
pub fn sale_id(sale: i64) -> Uuid {
    lifecycle::sale_id(sale)
}

/// Fills the empty log of `store` with `events` events of `tenant`. `owner` is a pool of a superuser, or of somebody
/// else who may insert into the log's tables, with three connections.
///
/// # Errors
/// A log that is not empty, or a database that refuses.
pub async fn generate(
    owner: &PgPool,
    store: &EventStore,
    tenant: &TenantSlug,
    events: i64,
) -> anyhow::Result<Generated> {
    anyhow::ensure!(store.head().await? == 0, "the log is not empty");
    let size = partitions::EVENT_PARTITION_SIZE;
    let ahead = i32::try_from(events / size + 2)?;
    anyhow::ensure!(ahead <= 16, "too many events for sixteen partitions");
    partitions::ensure_sized(store, size, ahead).await?;
    let now: DateTime<Utc> =
        sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(owner).await?;
    let clock = Clock { from: now - SPAN, step: SPAN / i32::try_from(events / BATCH + 2)? };
    sqlx::query(
        "INSERT INTO es.tenant (tenant_id, slug, log_id, created_at) VALUES (1, $1, $2, $3)",
    )
    .bind(tenant.as_str())
    .bind(store.log_id())
    .bind(clock.at(1))
    .execute(owner)
    .await?;
    let blocks = (0..).map(|number| Block {
        number,
        log_id: store.log_id(),
        tenant: tenant.clone(),
        events,
        clock,
    });
    let blocks = blocks.take_while(Block::is_needed);
    let mut filled = stream::iter(blocks).map(|block| fill(owner, block)).buffered(AT_ONCE);
    let mut chain = Chain::new(store.log_id(), clock);
    let mut sales = 0;
    let mut connection = owner.acquire().await?;
    while let Some(made) = filled.next().await {
        let (hashes, registered) = made?;
        sales += registered;
        let batches = chain.batches(&hashes, events);
        send(&mut connection, COPY_BATCHES, batches).await?;
    }
    sqlx::raw_sql("ANALYZE es.event; ANALYZE es.stream; ANALYZE es.batch").execute(owner).await?;
    Ok(Generated { head: store.head().await?, sales })
}

const COPY_EVENTS: &str = "COPY es.event (log_id, position, previous_position, tenant_id, stream_id, stream_version, part, \
    event_id, event_type, schema_version, recorded_at, effective_at, number, meta, payload, content_hash) \
    FROM STDIN WITH (FORMAT binary)";
const COPY_STREAMS: &str = "COPY es.stream (log_id, stream_id, aggregate, tenant_id, part, version, first_position, \
    last_position, effective_at, number) FROM STDIN WITH (FORMAT binary)";
const COPY_BATCHES: &str = "COPY es.batch (log_id, last_position, first_position, recorded_at, writer_id, chain_hash) \
    FROM STDIN WITH (FORMAT binary)";

async fn fill(owner: &PgPool, block: Block) -> anyhow::Result<(Vec<[u8; 32]>, i64)> {
    let Made { events, streams, hashes, sales } =
        tokio::task::spawn_blocking(move || block.make()).await?;
    let mut connection = owner.acquire().await?;
    sqlx::query("SET synchronous_commit = off").execute(&mut *connection).await?;
    send(&mut connection, COPY_EVENTS, events).await?;
    send(&mut connection, COPY_STREAMS, streams).await?;
    Ok((hashes, sales))
}

async fn send(connection: &mut PgConnection, statement: &str, rows: Vec<u8>) -> anyhow::Result<()> {
    let mut copying = connection.copy_in_raw(statement).await?;
    copying.send(rows).await?;
    copying.finish().await?;
    Ok(())
}

/// When each batch was recorded.
#[derive(Debug, Clone, Copy)]
struct Clock {
    from: DateTime<Utc>,
    step: TimeDelta,
}

impl Clock {
    /// The time of the batch that holds a position.
    fn at(self, position: i64) -> DateTime<Utc> {
        let batch = i32::try_from((position - 1) / BATCH).expect("invariant: at most 2^31 batches");
        let at = self.from + self.step * batch;
        DateTime::from_timestamp_micros(at.timestamp_micros())
            .expect("invariant: a time of our age")
    }
}

/// The chain of batches, as the log's append function makes it.
struct Chain {
    log_id: i16,
    clock: Clock,
    head: i64,
    link: [u8; 32],
    waiting: Vec<[u8; 32]>,
}

impl Chain {
    fn new(log_id: i16, clock: Clock) -> Self {
        let link = Sha256::digest(format!("es/v1/log/{log_id}")).into();
        Self { log_id, clock, head: 0, link, waiting: Vec::new() }
    }

    /// Rows of the batches that are full with these hashes, or end the log.
    fn batches(&mut self, hashes: &[[u8; 32]], events: i64) -> Vec<u8> {
        let mut sheet = Sheet::new();
        for hash in hashes {
            self.waiting.push(*hash);
            let waiting = i64::try_from(self.waiting.len()).expect("invariant: a batch is small");
            let (first, last) = (self.head + 1, self.head + waiting);
            if waiting < BATCH && last < events {
                continue;
            }
            let mut link = Sha256::new();
            link.update(self.link);
            link.update(first.to_be_bytes());
            link.update(last.to_be_bytes());
            self.waiting.drain(..).for_each(|hash| link.update(hash));
            self.link = link.finalize().into();
            self.head = last;
            sheet.row(6).small(self.log_id).big(last).big(first).at(self.clock.at(first));
            sheet.uuid(Uuid::nil()).bytes(&self.link);
        }
        sheet.end()
    }
}
