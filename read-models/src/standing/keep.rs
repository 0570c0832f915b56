//! What is held in memory for a tenant, as readers get it, and as its one writer brings it on. Must not know what it is.

use std::sync::Arc;

use service_runtime::Problem;

use super::Mark;
use crate::ask::Snapshot;

/// How far a refresh came.
#[derive(Debug)]
pub(crate) enum Refreshed<T> {
    /// It is at the position of the snapshot.
    Whole(Arc<T>),
    /// There is more to read than one question should wait for.
    Partly,
    /// It would take more than the bytes allowed.
    TooLarge,
}

/// The writer's side of something held in memory for a tenant.
pub(crate) trait Keep: Default + Send {
    /// What readers get; never changes.
    type Held: Held;

    /// The position it has reached or is on its way to.
    fn reached(&self) -> i64;

    /// Roughly what it takes.
    fn bytes(&self) -> usize;

    /// Brings it to the position of a snapshot that is not older than any it has seen.
    ///
    /// # Errors
    /// The database cannot be asked.
    fn refresh(
        &mut self,
        snapshot: &mut Snapshot,
        mark: &Mark,
        limit: usize,
    ) -> impl Future<Output = Result<Refreshed<Self::Held>, Problem>> + Send;
}

/// What is held of which state.
pub(crate) trait Held: Send + Sync {
    /// Which.
    fn mark(&self) -> &Mark;
}
