//! What a timer remembers, read back. What cannot be read halts its process manager.

use std::fmt::Display;

use event_store::EventStore;
use event_store::timers::Timer;
use events::{StreamName, TenantSlug};
use serde::de::DeserializeOwned;

use super::ending::{Halt, Stop};

fn unreadable(timer: &Timer, what: impl Display) -> Stop {
    Stop::Halted(Halt(format!("timer {}: {what}", timer.timer_id)))
}

/// What was written down when it was set.
pub(super) fn remembered<W: DeserializeOwned>(timer: &Timer) -> Result<W, Stop> {
    serde_json::from_slice(&timer.payload).map_err(|error| unreadable(timer, error))
}

/// The stream its command is for.
pub(super) fn stream_of(timer: &Timer) -> Result<StreamName, Stop> {
    let unknown = || unreadable(timer, format_args!("subject {}", timer.subject));
    StreamName::parse(&timer.subject).ok_or_else(unknown)
}

/// Whose it is.
pub(super) async fn tenant_of(timer: &Timer, store: &EventStore) -> Result<TenantSlug, Stop> {
    let unknown = || unreadable(timer, format_args!("tenant {}", timer.tenant_id));
    store.tenant_slug(timer.tenant_id).await?.ok_or_else(unknown)
}
