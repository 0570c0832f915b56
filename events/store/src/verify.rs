//! Proof that a log is what it claims to be: positions, versions, hashes, chain and sale numbers,
//! recomputed from the rows. Reads only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::Recorded;
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Batches read at a time.
const PAGE_BATCHES: i64 = 256;

/// A log that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its newest position.
    pub head: i64,
    /// Batches in the chain.
    pub batches: i64,
    /// The chain's last link; equal links mean equal logs.
    pub chain: [u8; 32],
}

/// Why a log is not what it claims to be.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// A row contradicts the rules of the log.
    #[error("position {position}: {what}")]
    Broken {
        /// Where.
        position: i64,
        /// Which rule, in words.
        what: String,
    },
    /// The log could not be read.
    #[error("the log cannot be read")]
    Store(#[from] StoreError),
}

/// Checks the whole log from its genesis.
pub async fn verify(store: &EventStore) -> Result<Verified, VerifyError> {
    let mut replay = Replay::new(store.log_id());
    loop {
        let batches = batches_after(store, replay.head).await?;
        if batches.is_empty() {
            break;
        }
        for batch in batches {
            let events = store.read_after(batch.first - 1, batch.last - batch.first + 1).await?;
            replay.batch(&batch, &events)?;
        }
    }
    let behind = store.read_after(replay.head, 1).await?;
    if let Some(event) = behind.first() {
        return Err(broken(event.position, "an event without a batch"));
    }
    for (stream, version) in stream_versions(store).await? {
        if replay.versions.remove(&stream) != Some(version) {
            return Err(broken(0, format!("stream {stream} claims version {version}")));
        }
    }
    match replay.versions.into_keys().next() {
        Some(stream) => Err(broken(0, format!("stream {stream} has events and no row"))),
        None => Ok(Verified { head: replay.head, batches: replay.batches, chain: replay.chain }),
    }
}

struct BatchRow {
    first: i64,
    last: i64,
    recorded_at: DateTime<Utc>,
    chain: [u8; 32],
}

/// What the rows so far add up to.
struct Replay {
    head: i64,
    batches: i64,
    chain: [u8; 32],
    recorded_at: Option<DateTime<Utc>>,
    versions: HashMap<Uuid, i64>,
    effective: HashMap<Uuid, DateTime<Utc>>,
    newest: HashMap<i32, i64>,
    registrations: HashMap<i32, i64>,
}

impl Replay {
    fn new(log_id: i16) -> Self {
        Self {
            head: 0,
            batches: 0,
            chain: Sha256::digest(format!("es/v1/log/{log_id}")).into(),
            recorded_at: None,
            versions: HashMap::new(),
            effective: HashMap::new(),
            newest: HashMap::new(),
            registrations: HashMap::new(),
        }
    }

    fn batch(&mut self, batch: &BatchRow, events: &[Recorded]) -> Result<(), VerifyError> {
        if batch.first != self.head + 1 {
            return Err(broken(batch.first, format!("the batch before ended at {}", self.head)));
        }
        if self.recorded_at.is_some_and(|before| before >= batch.recorded_at) {
            return Err(broken(batch.first, "recorded_at does not rise"));
        }
        let mut link = Sha256::new();
        link.update(self.chain);
        link.update(batch.first.to_be_bytes());
        link.update(batch.last.to_be_bytes());
        for event in events {
            self.event(event, batch)?;
            link.update(event.content_hash);
        }
        if self.head != batch.last {
            return Err(broken(self.head + 1, "a hole"));
        }
        self.chain = link.finalize().into();
        if self.chain != batch.chain {
            return Err(broken(batch.last, "the chain hash does not fit its batch"));
        }
        self.recorded_at = Some(batch.recorded_at);
        self.batches += 1;
        Ok(())
    }

    fn event(&mut self, event: &Recorded, batch: &BatchRow) -> Result<(), VerifyError> {
        let at = event.position;
        if at != self.head + 1 {
            return Err(broken(self.head + 1, "a hole"));
        }
        self.head = at;
        if event.recorded_at != batch.recorded_at {
            return Err(broken(at, "recorded_at differs from its batch"));
        }
        if !event.verify_hash() {
            return Err(broken(at, "the content hash does not fit the content"));
        }
        let version = self.versions.entry(event.stream_id).or_default();
        *version += 1;
        if event.version != *version {
            return Err(broken(at, format!("version {} where {version} is due", event.version)));
        }
        let newest = self.newest.insert(event.tenant_id, at).unwrap_or(0);
        if event.previous != newest {
            return Err(broken(
                at,
                format!("previous is {} and should be {newest}", event.previous),
            ));
        }
        let effective = event.effective();
        let before = self.effective.insert(event.stream_id, effective);
        if effective > event.recorded_at || before.is_some_and(|before| before > effective) {
            return Err(broken(at, "the effective time falls or lies in the future"));
        }
        let number = (event.event_type == "sale.registered").then(|| {
            let rank = self.registrations.entry(event.tenant_id).or_default();
            *rank += 1;
            1000 + *rank
        });
        if event.number != number {
            return Err(broken(at, format!("sale number {:?}, not {number:?}", event.number)));
        }
        Ok(())
    }
}

fn broken(position: i64, what: impl Into<String>) -> VerifyError {
    VerifyError::Broken { position, what: what.into() }
}

async fn batches_after(store: &EventStore, position: i64) -> Result<Vec<BatchRow>, StoreError> {
    let rows: Vec<(i64, i64, DateTime<Utc>, [u8; 32])> = read_again(store.pool(), || {
        sqlx::query_as(
            "SELECT first_position, last_position, recorded_at, chain_hash FROM es.batch \
             WHERE log_id = $1 AND last_position > $2 ORDER BY last_position LIMIT $3",
        )
        .bind(store.log_id())
        .bind(position)
        .bind(PAGE_BATCHES)
        .fetch_all(store.pool())
    })
    .await?;
    let row = |(first, last, recorded_at, chain)| BatchRow { first, last, recorded_at, chain };
    Ok(rows.into_iter().map(row).collect())
}

async fn stream_versions(store: &EventStore) -> Result<Vec<(Uuid, i64)>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as("SELECT stream_id, version FROM es.stream WHERE log_id = $1")
            .bind(store.log_id())
            .fetch_all(store.pool())
    })
    .await
}
