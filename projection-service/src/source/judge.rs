//! Judges one message of the stream before it may become an event. Owns our own position check:
//! the client library proves that nothing was lost between server and client, not that the stream
//! holds what the log holds.

use async_nats::jetstream::Message;
use event_store::EventStore;
use events::Recorded;

use super::{Departure, Halt, SourceError};
use crate::wire::{self, WireError};

/// What a message turned out to be.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The event directly after the last one; `more` when the server holds further messages.
    Next { event: Box<Recorded>, more: bool },
    /// Read before.
    Duplicate,
    /// The stream cannot be trusted from here on.
    Leave(Departure),
}

/// Judges `message`, expected directly after position `last`.
pub(super) async fn judge(
    store: &EventStore,
    message: &Message,
    last: i64,
) -> Result<Verdict, SourceError> {
    match place(message, last) {
        Ok(Place::Next { position, more }) => admit(store, message, position, more).await,
        Ok(Place::Duplicate) => Ok(Verdict::Duplicate),
        Ok(Place::Elsewhere(departure)) => Ok(Verdict::Leave(departure)),
        Err(reason) => Ok(unreadable(&reason, last)),
    }
}

/// Whether the log holds exactly this event at its position. Asked once after joining a stream, so a
/// stream of another history (a restored log, a foreign server) is noticed before it is applied.
pub(super) async fn prove(store: &EventStore, event: &Recorded) -> Result<(), SourceError> {
    match store.recorded_event_hash(event.position).await? {
        Some(hash) if hash == event.content_hash => Ok(()),
        Some(_) => Err(Halt::HistoriesDiffer { position: event.position }.into()),
        None => Err(Halt::StreamAhead { stream: event.position, log: store.head().await? }.into()),
    }
}

enum Place {
    Next { position: i64, more: bool },
    Duplicate,
    Elsewhere(Departure),
}

fn place(message: &Message, last: i64) -> Result<Place, WireError> {
    let headers = message.headers.as_ref().ok_or(WireError::Missing("ce-sequence"))?;
    let position = wire::position(headers)?;
    let Ok(delivery) = message.info() else {
        return Ok(Place::Elsewhere(Departure::Ended));
    };
    if i64::try_from(delivery.stream_sequence) != Ok(position) {
        tracing::warn!(
            position,
            sequence = delivery.stream_sequence,
            "a message's sequence is not its position"
        );
        return Ok(Place::Elsewhere(Departure::SequenceDiffers));
    }
    Ok(match position {
        seen if seen <= last => Place::Duplicate,
        next if next == last + 1 => Place::Next { position, more: delivery.pending > 0 },
        _ => {
            tracing::warn!(last, position, "the stream has a hole");
            Place::Elsewhere(Departure::Hole)
        }
    })
}

async fn admit(
    store: &EventStore,
    message: &Message,
    position: i64,
    more: bool,
) -> Result<Verdict, SourceError> {
    let headers = message.headers.as_ref().expect("invariant: a placed message has headers");
    let tenant = match wire::tenant(headers) {
        Ok(tenant) => tenant,
        Err(reason) => return Ok(unreadable(&reason, position - 1)),
    };
    let Some(tenant_id) = store.tenant_id(&tenant).await? else {
        tracing::warn!(position, %tenant, "a message names a tenant the log does not know");
        return Ok(Verdict::Leave(Departure::Unreadable));
    };
    match wire::decode(headers, &message.payload, tenant_id) {
        Ok(event) => Ok(Verdict::Next { event: Box::new(event), more }),
        Err(reason) => Ok(unreadable(&reason, position - 1)),
    }
}

fn unreadable(reason: &WireError, last: i64) -> Verdict {
    tracing::warn!(last, %reason, "a message cannot be read");
    Verdict::Leave(Departure::Unreadable)
}
