//! The connection a lane's batches go through, one after the other. The pool tries a connection whenever it comes back, in
//! round trips of their own; a lane at work would pay for them with every batch. Must not be kept after trouble.

use event_store::TRUSTED_IDLE;
use service_runtime::clock::Stopwatch;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};

/// A connection that was put aside after all had gone well, and since when it rests.
#[derive(Debug, Default)]
pub(super) struct Spared(Option<(PoolConnection<Postgres>, Stopwatch)>);

impl Spared {
    /// Takes it out, or another one out of the pool when there is none or it has rested for long. Whoever drops it instead
    /// of putting it aside again leaves it to the pool, which rolls back what was under way.
    pub(super) async fn take(
        &mut self,
        pool: &PgPool,
    ) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        match self.0.take().filter(|(_, rests)| rests.elapsed() <= TRUSTED_IDLE) {
            Some((connection, _)) => Ok(connection),
            None => pool.acquire().await,
        }
    }

    /// Keeps it for the next batch.
    pub(super) fn put(&mut self, connection: PoolConnection<Postgres>) {
        self.0 = Some((connection, Stopwatch::start()));
    }
}

/// A transaction whose commit does not wait for its flush.
pub(super) async fn begin_unflushed(
    connection: &mut PgConnection,
) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
    connection.begin_with("BEGIN; SET LOCAL synchronous_commit = off").await
}
