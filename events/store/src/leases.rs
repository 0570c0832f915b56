//! Who does the work of which there may be one at a time: the relay, and each process manager. The
//! database's clock decides; the epoch tells an old owner from the new one.

use std::time::Duration;

use sqlx::PgConnection;
use thiserror::Error;
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, patiently, read_again};

/// SQLSTATE of a fenced advance.
const FENCED: &str = "ES010";

/// The right to publish a log, until `ttl` after the last claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayLease {
    /// Who holds it.
    pub owner: Uuid,
    /// Rises with each change of owner.
    pub epoch: i64,
    /// What the stream had acknowledged; for the regression check, never the authority.
    pub acked: i64,
    /// Generation of the stream.
    pub stream_gen: i32,
}

/// Takes or renews the relay's lease; none while another holds it.
pub async fn claim_relay(
    store: &EventStore,
    stream_name: &str,
    owner: Uuid,
    ttl: Duration,
) -> Result<Option<RelayLease>, StoreError> {
    let row: Option<(i64, i64, i32)> = read_again(store.pool(), || {
        sqlx::query_as("SELECT epoch, acked, stream_gen FROM es_ops.claim_relay($1, $2, $3, $4)")
            .bind(store.log_id())
            .bind(stream_name)
            .bind(owner)
            .bind(ttl)
            .fetch_optional(store.pool())
    })
    .await?;
    Ok(row.map(|(epoch, acked, stream_gen)| RelayLease { owner, epoch, acked, stream_gen }))
}

/// Notes how far the stream has acknowledged; false = the lease is no longer ours.
pub async fn relay_acked(
    store: &EventStore,
    lease: &RelayLease,
    acked: i64,
) -> Result<bool, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_scalar("SELECT es_ops.relay_acked($1, $2, $3, $4)")
            .bind(store.log_id())
            .bind(lease.owner)
            .bind(lease.epoch)
            .bind(acked)
            .fetch_one(store.pool())
    })
    .await
}

/// Gives the relay's lease back, so the next one need not wait for it to run out.
pub async fn release_relay(store: &EventStore, lease: &RelayLease) -> Result<(), StoreError> {
    let release = sqlx::query("SELECT es_ops.release_relay($1, $2, $3)")
        .bind(store.log_id())
        .bind(lease.owner)
        .bind(lease.epoch)
        .execute(store.pool());
    patiently(release).await?;
    Ok(())
}

/// The right to run a process manager over a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessLease {
    /// The process manager.
    pub name: String,
    /// The log it follows.
    pub log_id: i16,
    /// Who holds it.
    pub owner: Uuid,
    /// Rises with each change of owner.
    pub epoch: i64,
    /// Every event up to here has been seen.
    pub position: i64,
}

/// A process manager's step could not be recorded.
#[derive(Debug, Error)]
pub enum AdvanceError {
    /// Another replica has taken over; roll back and claim again.
    #[error("another replica runs this process manager now")]
    Fenced,
    /// The database could not be reached or gave up.
    #[error("the checkpoint cannot be written")]
    Database(#[source] sqlx::Error),
}

/// Takes or renews the lease of a process manager; none while another holds it.
pub async fn claim_process(
    store: &EventStore,
    name: &str,
    owner: Uuid,
    ttl: Duration,
) -> Result<Option<ProcessLease>, StoreError> {
    let row: Option<(i64, i64)> = read_again(store.pool(), || {
        sqlx::query_as(r#"SELECT epoch, "position" FROM es_ops.claim_process($1, $2, $3, $4)"#)
            .bind(name)
            .bind(store.log_id())
            .bind(owner)
            .bind(ttl)
            .fetch_optional(store.pool())
    })
    .await?;
    let lease = |(epoch, position)| ProcessLease {
        name: name.to_owned(),
        log_id: store.log_id(),
        owner,
        epoch,
        position,
    };
    Ok(row.map(lease))
}

/// Moves the checkpoint: the last statement of the transaction that sets and removes timers. The lease
/// carries the new position once the caller has committed.
pub async fn advance_process(
    transaction: &mut PgConnection,
    lease: &mut ProcessLease,
    to: i64,
) -> Result<(), AdvanceError> {
    sqlx::query("SELECT es_ops.advance_process($1, $2, $3, $4, $5, $6)")
        .bind(&lease.name)
        .bind(lease.log_id)
        .bind(lease.owner)
        .bind(lease.epoch)
        .bind(lease.position)
        .bind(to)
        .execute(transaction)
        .await
        .map_err(|error| match error.as_database_error().and_then(|refusal| refusal.code()) {
            Some(state) if state == FENCED => AdvanceError::Fenced,
            _ => AdvanceError::Database(error),
        })?;
    lease.position = to;
    Ok(())
}

/// Notes why a process manager stands still, or that it goes on. Does nothing once the lease is another's.
pub async fn note_process_halt(
    store: &EventStore,
    lease: &ProcessLease,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let note = sqlx::query(
        "UPDATE es_ops.process SET halted = $5 WHERE name = $1 AND log_id = $2 AND lease_owner = $3 AND lease_epoch = $4",
    )
    .bind(&lease.name)
    .bind(lease.log_id)
    .bind(lease.owner)
    .bind(lease.epoch)
    .bind(reason)
    .execute(store.pool());
    patiently(note).await?;
    Ok(())
}

/// Gives a process manager's lease back.
pub async fn release_process(store: &EventStore, lease: &ProcessLease) -> Result<(), StoreError> {
    let release = sqlx::query("SELECT es_ops.release_process($1, $2, $3, $4)")
        .bind(&lease.name)
        .bind(lease.log_id)
        .bind(lease.owner)
        .bind(lease.epoch)
        .execute(store.pool());
    patiently(release).await?;
    Ok(())
}
