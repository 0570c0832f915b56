//! The connection that appends: one, kept, so that its server process has the plans and pages of the last batch
//! at hand. Must not read for anybody else.

use std::sync::{Mutex, PoisonError};

use std::time::Duration;

use sqlx::{PgConnection, PgPool};

/// Longer than any statement may take (5 s): whoever is still silent is not there any more, and whether it stored the
/// batch is unknown.
pub(crate) const ANSWERS_WITHIN: Duration = Duration::from_secs(8);

/// Holds the connection between two batches.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    resting: Mutex<Option<PgConnection>>,
}

impl Writer {
    /// The connection of the batch before, or one out of the pool, which waits for a database that starts. Whoever takes it gives it back
    /// after a batch that went well; otherwise it is closed, and the next batch opens another.
    pub(crate) async fn take(&self, pool: &PgPool) -> Result<PgConnection, sqlx::Error> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner).take();
        match resting {
            Some(connection) => Ok(connection),
            None => Ok(pool.acquire().await?.detach()),
        }
    }

    /// Keeps a connection that answered for the next batch.
    pub(crate) fn give_back(&self, connection: PgConnection) {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
    }
}
