//! The row in which relay and operators speak to each other: how far the stream is, who relays, why nothing is
//! published, and the request to make the stream anew. Must not talk to NATS.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, patiently, read_again};
use crate::leases::RelayLease;

/// Why the relay publishes nothing, as operators read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HaltNote<'a> {
    /// One word for metrics and alarms.
    pub code: &'a str,
    /// The sentence for people, both numbers included.
    pub reason: &'a str,
    /// Where, when that is one place.
    pub position: Option<i64>,
}

/// A request to delete the stream and create it again under the same name.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ResetRequest {
    /// When it was asked; tells one request from the next.
    pub asked_at: DateTime<Utc>,
    /// First position of the new stream; none = as the stream's limits say.
    pub from: Option<i64>,
}

/// What an operator sees of a log's relay.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RelayState {
    /// Name of the JetStream stream; none before the first relay.
    pub stream_name: Option<String>,
    /// Rises each time the stream is made anew on request.
    pub stream_gen: i32,
    /// Newest position of the log.
    pub head: i64,
    /// Newest position the stream has acknowledged.
    pub acked: i64,
    /// The replica that relays; none = nobody at the moment.
    pub lease_owner: Option<Uuid>,
    /// Seconds until its lease ends without renewal; negative = it has ended.
    pub lease_left_s: Option<i64>,
    /// Seconds since it was last heard of.
    pub heard_ago_s: Option<i64>,
    /// Why nothing is published.
    pub halted: Option<String>,
    /// The same as one word.
    pub halted_code: Option<String>,
    /// Where the histories part.
    pub halted_position: Option<i64>,
    /// Since when.
    pub halted_at: Option<DateTime<Utc>>,
    /// When a reset was asked for that still waits.
    pub reset_asked_at: Option<DateTime<Utc>>,
    /// By which login.
    pub reset_asked_by: Option<String>,
    /// From which position; none = as the stream's limits say.
    pub reset_from: Option<i64>,
    /// When the stream was last made anew on request.
    pub reset_done_at: Option<DateTime<Utc>>,
    /// Its first position then.
    pub reset_done_from: Option<i64>,
}

impl RelayState {
    /// Positions committed but not yet in the stream.
    pub fn backlog(&self) -> i64 {
        (self.head - self.acked).max(0)
    }
}

/// The state of a log's relay, by the database's clock. Needs `es_read`.
pub async fn relay_state(store: &EventStore) -> Result<RelayState, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as(include_str!("relay_state.sql")).bind(store.log_id()).fetch_one(store.pool())
    })
    .await
}

/// Operator: asks the relay to make its stream anew, beginning at `from`. Answers when it was asked. Needs `es_owner`.
///
/// # Errors
/// A `from` that is not between 1 and one behind the head is refused with SQLSTATE `ES003`.
pub async fn ask_relay_reset(
    store: &EventStore,
    stream_name: &str,
    from: Option<i64>,
) -> Result<DateTime<Utc>, StoreError> {
    let asked = sqlx::query_scalar("SELECT es_ops.ask_relay_reset($1, $2, $3)")
        .bind(store.log_id())
        .bind(stream_name)
        .bind(from)
        .fetch_one(store.pool())
        .await?;
    Ok(asked)
}

/// The request that waits for the holder of `lease`, if there is one.
pub async fn reset_request(
    store: &EventStore,
    lease: &RelayLease,
) -> Result<Option<ResetRequest>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as(
            r#"SELECT reset_asked_at AS asked_at, reset_from AS "from" FROM es_ops.relay
                WHERE log_id = $1 AND lease_owner = $2 AND lease_epoch = $3 AND reset_asked_at IS NOT NULL"#,
        )
        .bind(store.log_id())
        .bind(lease.owner)
        .bind(lease.epoch)
        .fetch_optional(store.pool())
    })
    .await
}

/// Notes that a request was carried out with `first` as the stream's first position; false = the lease is no longer
/// ours, and the next relay carries it out once more.
pub async fn reset_done(
    store: &EventStore,
    lease: &RelayLease,
    request: &ResetRequest,
    first: i64,
) -> Result<bool, StoreError> {
    let note = sqlx::query_scalar("SELECT es_ops.relay_reset_done($1, $2, $3, $4, $5)")
        .bind(store.log_id())
        .bind(lease.owner)
        .bind(lease.epoch)
        .bind(request.asked_at)
        .bind(first)
        .fetch_one(store.pool());
    Ok(patiently(note).await?)
}

/// Notes why the relay stands still, or that it goes on; false = the lease is no longer ours.
pub async fn note_relay_halt(
    store: &EventStore,
    lease: &RelayLease,
    note: Option<HaltNote<'_>>,
) -> Result<bool, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_scalar("SELECT es_ops.relay_halted($1, $2, $3, $4, $5, $6)")
            .bind(store.log_id())
            .bind(lease.owner)
            .bind(lease.epoch)
            .bind(note.map(|note| note.code))
            .bind(note.map(|note| note.reason))
            .bind(note.and_then(|note| note.position))
            .fetch_one(store.pool())
    })
    .await
}
