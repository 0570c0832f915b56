//! Measures how far each read model is behind the log, from the database's own rows: also true in a
//! replica that does not own the lane, and while the lane stands still.

use std::time::Duration;

use event_store::{EventStore, StoreError};
use service_runtime::Clock;
use sqlx::PgPool;

use crate::metrics;
use crate::runner::Part;

/// How often the lag is measured.
pub(crate) const EVERY: Duration = Duration::from_secs(2);

/// What is measured: a part of a read model and where its row is.
#[derive(Debug, Clone)]
pub(crate) struct Gauge {
    pub(crate) part: Part,
    pub(crate) pool: PgPool,
}

/// Why a lag could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LagError {
    #[error(transparent)]
    Log(#[from] StoreError),
    #[error("the checkpoint cannot be read: {0}")]
    Checkpoint(#[from] sqlx::Error),
}

impl Gauge {
    /// Measures once.
    pub(crate) async fn measure(&self, store: &EventStore, clock: &Clock) -> Result<(), LagError> {
        let state = self.part.state(&self.pool).await?;
        let events = (store.head().await? - state.position).max(0);
        let oldest = match events {
            0 => None,
            _ => store.read_after(state.position, 1).await?.pop(),
        };
        let age = oldest.and_then(|event| (clock.now() - event.recorded_at).to_std().ok());
        metrics::lag(&self.part, state.position, events, age.unwrap_or_default());
        metrics::standing(&self.part, &state);
        Ok(())
    }
}
