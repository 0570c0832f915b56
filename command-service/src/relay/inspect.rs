//! Does the stream tell the same history as the log? Compares envelopes by content hash. Must only
//! read, on both sides.

use std::collections::HashMap;

use event_store::EventStore;
use futures::{StreamExt, TryStreamExt, stream};

use super::encode::{CONTENT_HASH, hash_text};
use super::halt::{Fault, Halt, Stop};
use super::session::Session;
use super::stream::Extent;

/// The most messages compared at once. A relay that died left at most a window unconfirmed.
const LOOK_BACK: i64 = 2_048;

/// Messages asked for at the same time.
const CONCURRENT: usize = 64;

/// Compares what nobody has confirmed yet, `confirmed + 1` up to the stream's last message, and in
/// any case the last message. A message that slipped in between two of a window is found here: the
/// server refuses ours at its place and may accept the one after it. Returns the head of the log.
pub(super) async fn compare(
    store: &EventStore,
    session: &Session,
    extent: Extent,
    confirmed: i64,
) -> Result<i64, Stop> {
    let from =
        (confirmed + 1).max(extent.last - LOOK_BACK + 1).min(extent.last).max(extent.first).max(1);
    let envelopes: Vec<_> =
        stream::iter(from..=extent.last)
            .map(|sequence| async move {
                session.envelope(sequence).await.map(|found| (sequence, found))
            })
            .buffered(CONCURRENT)
            .try_collect()
            .await?;
    // asked after the stream was: what is in the stream by then must be in the log by now
    let head = store.head().await.map_err(Fault::Log)?;
    let rows = store.read_after(from - 1, LOOK_BACK).await.map_err(Fault::Log)?;
    let hashes: HashMap<i64, String> =
        rows.iter().map(|row| (row.position, hash_text(&row.content_hash))).collect();
    for (sequence, envelope) in envelopes {
        let Some(envelope) = envelope else { continue };
        let Some(hash) = envelope.get(CONTENT_HASH) else {
            return Err(Halt::ForeignMessage { sequence }.into());
        };
        if sequence <= head && hashes.get(&sequence).map(String::as_str) != Some(hash.as_str()) {
            return Err(Halt::HistoriesDiffer { position: sequence }.into());
        }
    }
    if extent.last > head {
        return Err(Halt::StreamAhead { stream: extent.last, log: head }.into());
    }
    Ok(head)
}
