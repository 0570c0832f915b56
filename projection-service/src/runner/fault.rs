//! What is known of an event that cannot be applied, and of a part that stands still: the position,
//! the stream, the type and the reason, in words for people and for machines. Must not decide.

use events::Recorded;
use read_models::{ApplyError, Reason};
use uuid::Uuid;

use super::attempt::chain;

/// Most characters of an error that are kept.
const ERROR_MAX: usize = 2_000;

/// An event that cannot be applied, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) position: i64,
    pub(super) stream_id: Uuid,
    pub(super) tenant_id: i32,
    pub(super) tenant: String,
    /// As people name it; the id where the metadata cannot be read.
    pub(super) stream: String,
    pub(super) event_type: String,
    pub(super) reason: Reason,
    pub(super) error: String,
}

impl Fault {
    pub(super) fn of(event: &Recorded, error: &ApplyError) -> Self {
        let named = event.stream().map(|stream| stream.to_string());
        let place = format!("position {}: ", event.position);
        Self {
            position: event.position,
            stream_id: event.stream_id,
            tenant_id: event.tenant_id,
            tenant: event.tenant.to_string(),
            stream: named.unwrap_or_else(|_| event.stream_id.to_string()),
            event_type: event.event_type.clone(),
            reason: Reason::from(error),
            error: chain(error).replace(&place, "").chars().take(ERROR_MAX).collect(),
        }
    }

    /// One sentence for people.
    pub(super) fn sentence(&self) -> String {
        let Self { position, event_type, stream, tenant, error, .. } = self;
        format!("position {position}: {event_type} of {stream} (tenant {tenant}): {error}")
    }
}

/// Why a part stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halted {
    /// The position it stands before.
    pub position: i64,
    /// The word for machines.
    pub reason: Option<Reason>,
    /// The sentence for people.
    pub sentence: String,
}
