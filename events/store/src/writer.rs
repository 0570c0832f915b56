//! The connection that appends: one, kept, so that its server process has the plans and pages of the last batch
//! at hand. Must not read for anybody else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{PgConnection, PgPool};

use crate::known::Known;

/// Longer than any statement may take (5 s): whoever is still silent is not there any more, and whether it stored the
/// batch is unknown.
pub(crate) const ANSWERS_WITHIN: Duration = Duration::from_secs(8);

/// Holds the connection between two batches.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    resting: Mutex<Option<PgConnection>>,
    /// The last batch that was judged held something which was not as it had been seen.
    surprised: AtomicBool,
    /// What the last batch left behind.
    known: Mutex<Known>,
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

    /// Whether the next batch is sent without judging it: not while batches hold repeats or lost races, each of which would
    /// be sent twice.
    pub(crate) fn trusts_what_was_seen(&self) -> bool {
        !self.surprised.load(Ordering::Relaxed)
    }

    /// A batch was judged; `all_appended` says that it could have gone without.
    pub(crate) fn judged(&self, all_appended: bool) {
        self.surprised.store(!all_appended, Ordering::Relaxed);
        self.known().forget();
    }

    /// What the last batch left behind.
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
