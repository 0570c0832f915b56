//! From a batch to a commit: rows and checkpoint in one transaction, fenced by the lease's epoch. Must not decide what
//! becomes of a batch that failed (that is `failing`).

use std::borrow::Cow;

use events::Recorded;
use read_models::ApplyError;
use service_runtime::clock::Stopwatch;
use service_runtime::fault_point;
use service_runtime::trace;
use sqlx::PgConnection;
use tracing::Instrument;

use super::lane::{Lane, LaneError, Step};
use super::lease::Lease;
use super::parked::Parked;
use super::patience::answered;
use super::sorted::Sorted;
use super::span;
use super::spared::begin_unflushed;
use crate::metrics;
use crate::source::{Batch, Mark};

impl Lane {
    /// Applies a batch of the source.
    pub(super) async fn apply_batch(
        &mut self,
        lease: Lease,
        batch: &Batch,
        parked: &Parked,
    ) -> Result<Step, LaneError> {
        match (batch.gleaned, batch.end) {
            (Some(covered), Some(end)) => {
                let apply = Cow::Borrowed(batch.events.as_slice());
                let sorted = Sorted { apply, queue: Vec::new(), run: &batch.events };
                let run = (usize::try_from(covered).unwrap_or(usize::MAX), None);
                self.write(lease, &sorted, run, end, parked).await
            }
            (Some(_), None) | (None, _) => self.apply(lease, &batch.events, parked).await,
        }
    }

    /// Commits what was sorted: so many positions, from an event that may be set aside, up to `to`.
    pub(super) async fn write(
        &mut self,
        lease: Lease,
        sorted: &Sorted<'_>,
        run: (usize, Option<&Recorded>),
        to: Mark,
        parked: &Parked,
    ) -> Result<Step, LaneError> {
        let watch = Stopwatch::start();
        let batch = span::batch(&self.part, sorted.run);
        match self.commit(lease, sorted, to).instrument(batch.clone()).await {
            Ok(()) => {
                metrics::applied(&self.part, run.0, to.position, watch.elapsed());
                let lease = self.moved(lease, to);
                self.attempt.succeeded();
                answered(self.unmark(lease)).await?;
                Ok(Step::Applied { to: to.position })
            }
            Err(error) => {
                trace::span::failed(&batch);
                answered(self.failed(lease, run, error, parked)).instrument(batch).await
            }
        }
    }

    /// The transaction: rows first, checkpoint last. Without an fsync of its own, because rows,
    /// queues and checkpoint are lost or kept together.
    async fn commit(
        &mut self,
        lease: Lease,
        sorted: &Sorted<'_>,
        to: Mark,
    ) -> Result<(), ApplyError> {
        let mut connection = answered(self.spared.take(&self.pool)).await?;
        match sorted.apply.is_empty() && sorted.queue.is_empty() {
            true => self.pass_over(&mut connection, lease, to).await?,
            false => self.write_rows(&mut connection, lease, sorted, to).await?,
        }
        fault_point::pass("projector.after-commit");
        self.spared.put(connection);
        Ok(())
    }

    async fn write_rows(
        &self,
        connection: &mut PgConnection,
        lease: Lease,
        sorted: &Sorted<'_>,
        to: Mark,
    ) -> Result<(), ApplyError> {
        let mut tx = answered(begin_unflushed(connection)).await?;
        if !sorted.apply.is_empty() {
            self.holding(self.model.apply(&mut tx, &sorted.apply)).await?;
        }
        if !sorted.queue.is_empty() {
            answered(self.part.queue(&mut tx, &sorted.queue)).await?;
        }
        fault_point::pass("projector.before-checkpoint");
        answered(self.part.advance(&mut tx, lease, Some(to), self.pace.lease_ttl())).await?;
        fault_point::pass("projector.before-commit");
        answered(tx.commit()).await?;
        Ok(())
    }

    /// The same for events of which none concerns the read model: nothing but the checkpoint, in one round trip.
    async fn pass_over(
        &self,
        connection: &mut PgConnection,
        lease: Lease,
        to: Mark,
    ) -> Result<(), sqlx::Error> {
        fault_point::pass("projector.before-checkpoint");
        fault_point::pass("projector.before-commit");
        answered(self.part.advance_unflushed(connection, lease, to, self.pace.lease_ttl())).await
    }
}
