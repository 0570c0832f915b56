//! The event log on Postgres: append, load, read, and what a following machine needs.
//!
//! The only code that touches the tables of schema `es`. It must not know what an event means, decide
//! anything, or keep state that the database does not have.
//!
//! # Guarantees
//! 1. Positions of a log are 1, 2, 3 … without a hole, in commit order. Whoever sees position *p* sees
//!    everything below it; a reader polls `position > last` and can miss nothing.
//! 2. A [`Group`] is stored whole or not at all, with its receipt, and its outcome is told truthfully
//!    even when the connection dies during the call.
//! 3. Expected versions, receipts and effective times are judged under the log's lock: no lost update,
//!    no second effect of a repeated command, no effective time that falls within a stream.
//! 4. `recorded_at` is the database's clock, rises from batch to batch and is equal within one.
//! 5. Rows of the log never change. Grants and triggers refuse it to every role, owner and superuser
//!    included; the batches' hash chain shows what a determined superuser did anyway.
//! 6. One call of [`EventStore::append`] is one statement in autocommit: a dead client holds no lock.
//!
//! # Where things are
//! `append` (waves, bisection, resending) → `batch` (the one SQL call, over the `writer`) → `outcome` · `read` · `glean` · `probe` ·
//! `verify` · `archive` (full partitions in files) · `tenants` · `partitions` · `leases`, `timers` (machines that follow) · `relay_row` (relay and operators) ·
//! `listen` (wake-ups) · `schema`, `roles` (what an operator runs) · `testing` (feature: a database per test).

mod append;
mod as_seen;
mod batch;
mod connect;
mod error;
mod glean;
mod identity;
mod known;
mod outcome;
mod probe;
mod read;
mod sale_types;
mod targets;
mod tenants;
mod writer;

pub mod archive;
pub mod lease_list;
pub mod leases;
pub mod listen;
pub mod partitions;
pub mod relay_row;
pub mod roles;
pub mod schema;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod timers;
pub mod verify;

use std::sync::Arc;

use sqlx::PgPool;

pub use append::{Group, ReceiptRequest, StreamAppend};
pub use batch::Resting;
pub use connect::{TRUSTED_IDLE, connect, wary};
pub use error::{AppendError, StoreError, patiently};
pub use glean::Gleaned;
pub use listen::Wakeups;
pub use outcome::{Appended, Outcome, StoredReceipt};
pub use probe::Probe;
pub use read::{Filter, Sweep};

/// One log of a database. Cheap to clone; all clones share the pool, the tenant directory and who listens for appends.
#[derive(Debug, Clone)]
pub struct EventStore {
    pool: PgPool,
    log_id: i16,
    tenants: Arc<tenants::Directory>,
    writer: Arc<writer::Writer>,
    wire: Arc<listen::Wire>,
}

impl EventStore {
    /// A store over an open pool; see [`connect`] for a pool with the right settings.
    pub fn new(pool: PgPool, log_id: i16) -> Self {
        let (tenants, writer, wire) = Default::default();
        Self { pool, log_id, tenants, writer, wire }
    }

    /// The pool below.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The log this store reads and writes.
    pub fn log_id(&self) -> i16 {
        self.log_id
    }
}
