//! Proof that a log is what it claims to be: positions, hashes, chain, numbers, streams and receipts, recomputed from
//! the rows. Reads only, and needs no right but to read; must not know what an event means beyond whether it decodes.
//!
//! # Memory
//! Constant: pages of the log ([`log`]), ranges of stream ids in the order of the stream index ([`streams`]), pages of
//! receipts ([`receipts`]). What is remembered across pages is one link of the chain and two numbers a tenant.
//! Findings are kept up to [`Findings::KEPT`] and counted beyond.
//!
//! # What it cannot show
//! Somebody who may rewrite rows, hashes, chain and streams together leaves a consistent log; only a link noted
//! elsewhere ([`Verified::chain`]) shows that. The columns `writer_id` of a batch, `request_hash` and `command_key` of a
//! receipt and an answer that still reads well are not told by anything else in the log.

mod findings;
mod log;
mod receipts;
mod replay;
mod row;
mod stayed;
mod streams;

use events::Recorded;
use thiserror::Error;

use crate::EventStore;
use crate::error::{StoreError, read_again};

pub use findings::{Area, Finding, Findings};

/// What is judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// First position; the batch that holds it is judged from its beginning. Of what lies before the first batch behind the
    /// archives only the rows that stayed are judged, each by itself. None = all there is.
    pub from: Option<i64>,
    /// Last position; none = the head. With a range the streams are not judged, since a stream is judged whole.
    pub to: Option<i64>,
    /// What lies before `from` was judged by a run that broke off: the rest is judged as if this one had begun there too.
    pub resumed: bool,
    /// Whether every event must decode and name its own stream.
    pub decode: bool,
    /// Whether receipts are judged, and how their answers are read: the login needs SELECT on `es.command`.
    pub receipts: Option<fn(&[u8]) -> bool>,
}

/// What was gone through and is in order unless a finding says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// First position judged.
    pub from: i64,
    /// Newest position of the log when it was asked, or the end of the range.
    pub head: i64,
    /// Batches in the chain.
    pub batches: i64,
    /// The chain's last link; equal links mean equal logs.
    pub chain: [u8; 32],
    /// Streams compared with their events; none when a range was judged.
    pub streams: Option<i64>,
    /// Receipts compared; none when they were not asked for.
    pub receipts: Option<i64>,
    /// Last position that lies in an archive: what was taken out is judged there.
    pub archived: i64,
}

/// How far a run is, for who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is being judged.
    pub area: Area,
    /// Done of it.
    pub done: i64,
    /// All of it.
    pub all: i64,
    /// Contradictions found so far.
    pub found: u64,
}

/// Why a log is not what it claims to be.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// Rows contradict the rules of the log; this is the first.
    #[error("{0}")]
    Broken(Finding),
    /// The log could not be read.
    #[error("the log cannot be read")]
    Store(#[from] StoreError),
}

/// Checks the whole log from its genesis, without decoding events and without receipts.
///
/// # Errors
/// The first contradiction.
pub async fn verify(store: &EventStore) -> Result<Verified, VerifyError> {
    let mut findings = Findings::default();
    let verified = judge(store, &Scope::default(), &mut findings, &mut |_| {}).await?;
    match findings.first() {
        Some(first) => Err(VerifyError::Broken(first.clone())),
        None => Ok(verified),
    }
}

/// Judges what `scope` names: contradictions become findings, in the order they are met.
///
/// # Errors
/// A database that cannot be read; the last [`Step`] of the log says how far it came.
pub async fn judge(
    store: &EventStore,
    scope: &Scope,
    findings: &mut Findings,
    progress: &mut (dyn FnMut(Step) + Send),
) -> Result<Verified, StoreError> {
    let archived = archived(store).await?;
    let mut verified = log::judge(store, scope, archived, findings, progress).await?;
    if scope.resumed {
        verified.from = archived + 1;
    }
    if scope.resumed || scope.from.is_none() && scope.to.is_none() {
        verified.streams = Some(streams::judge(store, &verified, findings, progress).await?);
    }
    if let Some(reads) = scope.receipts {
        let judged = receipts::judge(store, reads, &verified, findings, progress).await?;
        verified.receipts = Some(judged);
    }
    Ok(verified)
}

/// Events up to the first whose content hash does not fit: what a consumer may take for what was recorded.
///
/// # Errors
/// [`StoreError::Corrupt`] with its position when that is the first of them.
pub fn intact(mut events: Vec<Recorded>) -> Result<Vec<Recorded>, StoreError> {
    if let Some(broken) = events.iter().position(|event| !event.verify_hash()) {
        events.truncate(broken.max(1));
    }
    if events.len() == 1 { whole(events) } else { Ok(events) }
}

/// Events all of whose content hashes fit: what may be told to somebody.
///
/// # Errors
/// [`StoreError::Corrupt`] with the position of the first one that was changed.
pub fn whole(events: Vec<Recorded>) -> Result<Vec<Recorded>, StoreError> {
    match events.iter().find(|event| !event.verify_hash()) {
        Some(broken) => Err(StoreError::Corrupt {
            position: broken.position,
            what: "the content hash does not fit the content".to_owned(),
        }),
        None => Ok(events),
    }
}

/// The last position whose row may lie in an archive alone.
async fn archived(store: &EventStore) -> Result<i64, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_scalar(
            "SELECT coalesce(max(last_position), 0) FROM es.archive WHERE log_id = $1",
        )
        .bind(store.log_id())
        .fetch_one(store.pool())
    })
    .await
}
