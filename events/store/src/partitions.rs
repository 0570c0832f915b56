//! Room for rows to come. Appends never create partitions: they would wait for DDL under the lock.

use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Positions per event partition: a few gigabytes.
pub const EVENT_PARTITION_SIZE: i64 = 20_000_000;
/// Empty event partitions kept in front of the head.
pub const EVENT_PARTITIONS_AHEAD: i32 = 2;

/// The alarm figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// Event partitions that hold nothing yet; 0 means the last one is being filled.
    pub events: i32,
    /// Days, today included, for which receipts have a place; below 7 somebody should look.
    pub days: i32,
}

/// Creates what is missing ahead, for events and for receipts. Call it at start and every few minutes;
/// any number of callers at once.
pub async fn ensure(store: &EventStore) -> Result<Ahead, StoreError> {
    ensure_sized(store, EVENT_PARTITION_SIZE, EVENT_PARTITIONS_AHEAD).await
}

/// [`ensure`] with partitions of another size; existing ones stay as they are.
pub async fn ensure_sized(store: &EventStore, size: i64, ahead: i32) -> Result<Ahead, StoreError> {
    let (events, days) = read_again(store.pool(), || {
        sqlx::query_as("SELECT events_ahead, days_ahead FROM es.ensure_partitions($1, $2, $3)")
            .bind(store.log_id())
            .bind(size)
            .bind(ahead)
            .fetch_one(store.pool())
    })
    .await?;
    Ok(Ahead { events, days })
}

/// The alarm figures alone; changes nothing.
pub async fn ahead(store: &EventStore) -> Result<Ahead, StoreError> {
    let (events, days) = read_again(store.pool(), || {
        sqlx::query_as("SELECT events_ahead, days_ahead FROM es.partitions_ahead($1)")
            .bind(store.log_id())
            .fetch_one(store.pool())
    })
    .await?;
    Ok(Ahead { events, days })
}

/// A partition of events, and how much of it is used.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Partition {
    /// Its table.
    pub name: String,
    /// First position that belongs here.
    pub first_position: i64,
    /// Last one.
    pub last_position: i64,
    /// On disk, indexes included.
    pub bytes: i64,
    /// The archive its range was taken out to, if it was.
    pub file: Option<String>,
}

/// Every partition of events, in order.
pub async fn list(store: &EventStore) -> Result<Vec<Partition>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as(
            "SELECT p.name, p.first_position, p.last_position, p.bytes, a.file_name AS file \
               FROM es.event_partitions($1) AS p \
               LEFT JOIN es.archive AS a ON a.log_id = $1 AND a.first_position = p.first_position \
              ORDER BY p.first_position",
        )
        .bind(store.log_id())
        .fetch_all(store.pool())
    })
    .await
}
