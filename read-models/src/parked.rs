//! Parked streams as an operator sees them: of every tenant, with the whole error; and the operator's wishes, which
//! the lane that owns the lease carries out. Must not move a checkpoint, a queue or a row itself.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::OnPoison;

/// A stream that a generation has set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ParkedStream {
    /// The read model.
    pub model: String,
    /// Its generation.
    pub generation: i32,
    /// The tenant's slug.
    pub tenant: String,
    /// The stream as people name it, `activity/0198…`.
    pub stream: String,
    /// The log's key of it.
    pub stream_id: Uuid,
    /// The event its queue begins with.
    pub from_position: i64,
    /// The event that cannot be applied.
    pub position: i64,
    /// Its type.
    pub event_type: String,
    /// Why, in one word.
    pub reason: String,
    /// Why, in a sentence.
    pub error: String,
    /// Events that wait.
    pub queued: i64,
    /// How often it was tried.
    pub attempts: i32,
    /// Since when it waits.
    pub parked_at: DateTime<Utc>,
    /// When it was last tried.
    pub tried_at: DateTime<Utc>,
    /// Since when somebody wants to have it tried again.
    pub redrive_requested_at: Option<DateTime<Utc>>,
}

/// Which parked streams are meant; what is left out is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// Of this read model.
    pub model: Option<String>,
    /// Of this generation.
    pub generation: Option<i32>,
    /// Of this tenant.
    pub tenant: Option<String>,
    /// Of this name, `activity/0198…`, or this key of the log.
    pub stream: Option<String>,
}

/// Adds the condition of a [`Which`], `$1` to `$5`.
macro_rules! which {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " WHERE log_id = $1 AND ($2::text IS NULL OR name = $2) AND ($3::integer IS NULL OR generation = $3)
                AND ($4::text IS NULL OR tenant = $4) AND ($5::text IS NULL OR stream = $5 OR stream_id::text = $5) ",
            $after
        )
    };
}

/// The first `limit` of them in the order they were met, and how many there are.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    connection: &mut PgConnection,
    log_id: i16,
    which: &Which,
    limit: i64,
) -> Result<(Vec<ParkedStream>, i64), sqlx::Error> {
    let streams = sqlx::query_as(which!(
        "SELECT name AS model, generation, tenant, stream, stream_id, from_position, failed_position AS position,
                event_type, reason, error, queued, attempts, parked_at, tried_at, redrive_requested_at
           FROM es_ops.parked_stream",
        "ORDER BY name, generation, from_position LIMIT $6"
    ))
    .bind(log_id)
    .bind(&which.model)
    .bind(which.generation)
    .bind(&which.tenant)
    .bind(&which.stream)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    let count = sqlx::query_scalar(which!("SELECT count(*) FROM es_ops.parked_stream", ""))
        .bind(log_id)
        .bind(&which.model)
        .bind(which.generation)
        .bind(&which.tenant)
        .bind(&which.stream)
        .fetch_one(connection)
        .await?;
    Ok((streams, count))
}

/// The first `limit` positions that wait behind a stream, in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn queue(
    connection: &mut PgConnection,
    log_id: i16,
    of: &ParkedStream,
    limit: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT position FROM es_ops.parked_event
          WHERE name = $1 AND generation = $2 AND log_id = $3 AND stream_id = $4 ORDER BY position LIMIT $5",
    )
    .bind(&of.model)
    .bind(of.generation)
    .bind(log_id)
    .bind(of.stream_id)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// Asks for another try of each; answers how many were asked for. The lane that owns the lease takes them one after
/// another, oldest wish first.
///
/// # Errors
/// When the database cannot be told.
pub async fn ask_again(
    connection: &mut PgConnection,
    log_id: i16,
    which: &Which,
) -> Result<u64, sqlx::Error> {
    sqlx::query(which!(
        "UPDATE es_ops.parked_stream SET redrive_requested_at = COALESCE(redrive_requested_at, clock_timestamp())",
        ""
    ))
    .bind(log_id)
    .bind(&which.model)
    .bind(which.generation)
    .bind(&which.tenant)
    .bind(&which.stream)
    .execute(connection)
    .await
    .map(|done| done.rows_affected())
}

/// Sets what every generation of a read model does about poison; answers how many there are. A part that stands still
/// for poison goes on by parking when that is the new policy; what is parked stays parked. A new generation begins
/// with its model's own policy.
///
/// # Errors
/// When the database cannot be told.
pub async fn set_policy(
    connection: &mut PgConnection,
    model: &str,
    policy: OnPoison,
) -> Result<u64, sqlx::Error> {
    sqlx::query("UPDATE es_ops.projection SET on_poison = $2 WHERE name = $1")
        .bind(model)
        .bind(policy.as_str())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
}

/// Asks for another try of the event that every halted part of a read model stands before; answers how many there are.
///
/// # Errors
/// When the database cannot be told.
pub async fn retry(
    connection: &mut PgConnection,
    log_id: i16,
    model: &str,
) -> Result<u64, sqlx::Error> {
    sqlx::query(
        "UPDATE es_ops.projection_part SET halted = NULL, halted_position = NULL, halted_reason = NULL
          WHERE name = $1 AND log_id = $2 AND halted IS NOT NULL",
    )
    .bind(model)
    .bind(log_id)
    .execute(connection)
    .await
    .map(|done| done.rows_affected())
}
