//! The log as lines, from archives and the table alike: the same history gives the same bytes, wherever it lies.

use std::path::PathBuf;

use sqlx::Row;

use super::file::Archive;
use super::line::{Batch, Line};
use super::proof::{Proof, genesis};
use super::{ArchiveError, hash};
use crate::EventStore;
use crate::error::read_again;

/// Events read from the table at once.
const PAGE: i64 = 1_000;

/// What a replay showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The newest position.
    pub head: i64,
    /// SHA-256 over all content hashes, in order.
    pub contents: [u8; 32],
    /// The chain's last link.
    pub chain: [u8; 32],
}

/// Takes the lines one after the other.
pub trait Sink {
    /// The next one.
    ///
    /// # Errors
    /// When no more are wanted.
    fn line(&mut self, line: &Line) -> Result<(), ArchiveError>;
}

impl<F: FnMut(&Line) -> Result<(), ArchiveError>> Sink for F {
    fn line(&mut self, line: &Line) -> Result<(), ArchiveError> {
        self(line)
    }
}

/// Replays the whole log from its first position: through the archives given, in any order, then the table. Proves
/// positions, content hashes and chain on the way (case 53).
///
/// # Errors
/// [`ArchiveError::Missing`] names the file of a range that lies neither here nor there.
pub async fn replay(
    store: &EventStore,
    archives: &[PathBuf],
    sink: &mut impl Sink,
) -> Result<Replayed, ArchiveError> {
    let mut files =
        archives.iter().map(|path| Archive::open(path)).collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(|archive| archive.manifest().first);
    let log = store.log_id();
    let mut proof = Proof::from(log, 1, (0, genesis(log)));
    for archive in &files {
        let first = archive.manifest().first;
        if archive.manifest().log != log || first < proof.next() {
            return Err(archive.refuted(format!("does not go on at position {}", proof.next())));
        }
        table(store, proof.next(), first - 1, &mut |line: &Line| proven(&mut proof, line, sink))
            .await?;
        archive.lines(|line| {
            proof.take(line).map_err(|what| archive.refuted(what))?;
            tell(line, sink)
        })?;
    }
    let (next, head) = (proof.next(), store.head().await?);
    table(store, next, head, &mut |line: &Line| proven(&mut proof, line, sink)).await?;
    let (position, chain) = proof.link();
    if position != head {
        let what = format!("the chain ends at {position}, the log at {head}");
        return Err(ArchiveError::Refuted { file: "es.batch".into(), what });
    }
    Ok(Replayed { head, contents: proof.contents(), chain })
}

fn proven(proof: &mut Proof, line: &Line, sink: &mut impl Sink) -> Result<(), ArchiveError> {
    let refuted = |what| ArchiveError::Refuted { file: "es.event".into(), what };
    proof.take(line).map_err(refuted)?;
    tell(line, sink)
}

/// What a batch carries so that its file proves itself has been told already.
fn tell(line: &Line, sink: &mut impl Sink) -> Result<(), ArchiveError> {
    match line {
        Line::Event(_) => sink.line(line),
        Line::Batch(batch) => {
            sink.line(&Line::Batch(Batch { before: Vec::new(), ..batch.clone() }))
        }
    }
}

/// The lines of a range of the table; batches stand behind their last event.
pub(super) async fn table(
    store: &EventStore,
    first: i64,
    last: i64,
    sink: &mut impl Sink,
) -> Result<(), ArchiveError> {
    let mut at = first;
    while at <= last {
        let up_to = last.min(at + PAGE - 1);
        let events = store.read_after(at - 1, up_to - at + 1).await?;
        let mut batches = batches(store, at, up_to).await?.into_iter().peekable();
        if events.is_empty() {
            let what = format!("position {at}: a hole");
            return Err(ArchiveError::Refuted { file: "es.event".into(), what });
        }
        for event in events {
            at = event.position + 1;
            sink.line(&Line::Event(Box::new(event)))?;
            while let Some(mut batch) = batches.next_if(|batch| batch.last < at) {
                if batch.first < first {
                    batch.before = before(store, batch.first, first - 1).await?;
                }
                sink.line(&Line::Batch(batch))?;
            }
        }
    }
    Ok(())
}

async fn batches(store: &EventStore, from: i64, to: i64) -> Result<Vec<Batch>, ArchiveError> {
    let rows = read_again(store.pool(), || {
        sqlx::query(
            "SELECT first_position, last_position, recorded_at, writer_id, chain_hash FROM es.batch \
              WHERE log_id = $1 AND last_position BETWEEN $2 AND $3 ORDER BY last_position",
        )
        .bind(store.log_id())
        .bind(from)
        .bind(to)
        .fetch_all(store.pool())
    })
    .await?;
    let batch = |row: sqlx::postgres::PgRow| {
        Ok(Batch {
            first: row.try_get("first_position")?,
            last: row.try_get("last_position")?,
            recorded_at: row.try_get("recorded_at")?,
            writer_id: row.try_get("writer_id")?,
            chain: row.try_get("chain_hash")?,
            before: Vec::new(),
        })
    };
    Ok(rows.into_iter().map(batch).collect::<Result<_, sqlx::Error>>()?)
}

/// Content hashes from `first` to `last`: of the table, or what is remembered of the archive that ends there.
async fn before(store: &EventStore, first: i64, last: i64) -> Result<Vec<[u8; 32]>, ArchiveError> {
    let tail: Option<Vec<u8>> = read_again(store.pool(), || {
        sqlx::query_scalar("SELECT tail FROM es.archive WHERE log_id = $1 AND last_position = $2")
            .bind(store.log_id())
            .bind(last)
            .fetch_optional(store.pool())
    })
    .await?;
    if let Some(tail) = tail {
        return Ok(tail.as_chunks::<32>().0.to_vec());
    }
    let events = store.read_after(first - 1, last - first + 1).await?;
    Ok(events.into_iter().map(|event| event.content_hash).collect())
}

/// A link of a manifest.
pub(super) fn link(link: &super::manifest::Link) -> Option<(i64, [u8; 32])> {
    Some((link.position, hash(&link.hash)?))
}

/// The chain as the log holds it at a batch's last position.
pub(super) async fn chain_at(
    store: &EventStore,
    position: i64,
) -> Result<Option<[u8; 32]>, ArchiveError> {
    if position == 0 {
        return Ok(Some(genesis(store.log_id())));
    }
    Ok(read_again(store.pool(), || {
        sqlx::query_scalar(
            "SELECT chain_hash FROM es.batch WHERE log_id = $1 AND last_position = $2",
        )
        .bind(store.log_id())
        .bind(position)
        .fetch_optional(store.pool())
    })
    .await?)
}
