//! Timers of process managers: rows that fall due. The clock is the caller's, so a test can hold it.
//!
//! Set and remove them in the transaction that ends with `leases::advance_process`. A timer that fired
//! is removed after its command was answered; the command's key makes a second firing harmless.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Something to be done at a time.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Timer {
    /// Unique within process manager and log; setting it again replaces it.
    pub timer_id: Uuid,
    /// When it falls due.
    pub due_at: DateTime<Utc>,
    /// Whose it is.
    pub tenant_id: i32,
    /// The stream it is about, as people name it.
    pub subject: String,
    /// What the process manager needs to know when it fires.
    pub payload: Vec<u8>,
}

/// Sets a timer, or sets it anew.
pub async fn set(
    transaction: &mut PgConnection,
    process: &str,
    log_id: i16,
    timer: &Timer,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO es_ops.timer (process, log_id, timer_id, due_at, tenant_id, subject, payload) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (process, log_id, timer_id) DO UPDATE \
         SET due_at = EXCLUDED.due_at, subject = EXCLUDED.subject, payload = EXCLUDED.payload",
    )
    .bind(process)
    .bind(log_id)
    .bind(timer.timer_id)
    .bind(timer.due_at)
    .bind(timer.tenant_id)
    .bind(&timer.subject)
    .bind(&timer.payload)
    .execute(transaction)
    .await?;
    Ok(())
}

/// Removes timers, in one statement; those that are not there are not missed.
pub async fn remove(
    transaction: &mut PgConnection,
    process: &str,
    log_id: i16,
    timer_ids: &[Uuid],
) -> Result<(), StoreError> {
    let delete =
        "DELETE FROM es_ops.timer WHERE process = $1 AND log_id = $2 AND timer_id = ANY ($3)";
    sqlx::query(delete).bind(process).bind(log_id).bind(timer_ids).execute(transaction).await?;
    Ok(())
}

/// The timers due at `now`, earliest first.
pub async fn due(
    store: &EventStore,
    process: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Timer>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as(
            "SELECT timer_id, due_at, tenant_id, subject, payload FROM es_ops.timer \
             WHERE process = $1 AND log_id = $2 AND due_at <= $3 ORDER BY due_at, timer_id LIMIT $4",
        )
        .bind(process)
        .bind(store.log_id())
        .bind(now)
        .bind(limit)
        .fetch_all(store.pool())
        })
    .await
}

/// When the next timer falls due.
pub async fn next_due(
    store: &EventStore,
    process: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_scalar(
            "SELECT due_at FROM es_ops.timer WHERE process = $1 AND log_id = $2 ORDER BY due_at LIMIT 1",
        )
        .bind(process)
        .bind(store.log_id())
        .fetch_optional(store.pool())
        })
    .await
}
