//! What a lane does when a batch cannot be committed: it finds out whether the lane is still its own, whether the same
//! batch may be tried again, or whether an event is at fault. Must never skip an event.

use events::Recorded;
use read_models::ApplyError;
use service_runtime::clock::{Stopwatch, back_off};

use super::attempt::{Next, chain, good_before};
use super::lane::{Lane, LaneError, Step};
use super::lease::{Lease, fenced, timed_out, transient};
use super::parked::Parked;
use super::patience::{WORKS_WITHIN, answered, silence, silent};
use crate::metrics;

impl Lane {
    /// Runs `work` and keeps the lease meanwhile, however long it takes. Only for work that leaves
    /// the part's row alone: a renewal would wait for its lock.
    pub(super) async fn holding(
        &self,
        work: impl Future<Output = Result<(), ApplyError>>,
    ) -> Result<(), ApplyError> {
        let (mut work, watch) = (std::pin::pin!(work), Stopwatch::start());
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = back_off(self.pace.renew()) => {}
            }
            if watch.elapsed() > WORKS_WITHIN {
                return Err(silence().into());
            }
            match answered(self.part.claim(&self.pool, self.owner, self.pace.lease_ttl())).await {
                Ok(_) => {}
                Err(error) if silent(&error) => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "the lease could not be renewed"),
            }
        }
    }

    /// Sorts a failure of so many positions, of which the first is an event that may be set aside, or unknown: fenced,
    /// worth another try as it is, or an event's fault.
    pub(super) async fn failed(
        &mut self,
        lease: Lease,
        run: (usize, Option<&Recorded>),
        error: ApplyError,
        parked: &Parked,
    ) -> Result<Step, LaneError> {
        let error = match error {
            ApplyError::Database(error) if fenced(&error) || transient(&error) => {
                if timed_out(&error) {
                    self.attempt.took_too_long(run.0);
                }
                return self.interrupted(error);
            }
            other @ (ApplyError::Database(_)
            | ApplyError::Decode(_)
            | ApplyError::Unfoldable { .. }) => other,
        };
        let now = self.part.state(&self.pool).await?.position;
        if now != lease.position {
            return Ok(self.elsewhere(lease, now));
        }
        let next = self.attempt.failed(run.0, good_before(&error, lease.position));
        match (next, run.1) {
            (Next::Poison, Some(event)) => self.poison(lease, event, &error, parked).await,
            (Next::Poison, None) | (Next::Again, _) => {
                let reason = chain(&error);
                self.warn_once(lease, &reason);
                Ok(Step::Failed(reason))
            }
        }
    }

    /// A commit that was refused by the fence, or of which nothing is known: the database says
    /// where the checkpoint stands.
    pub(super) fn interrupted(&mut self, error: sqlx::Error) -> Result<Step, LaneError> {
        match fenced(&error) {
            true => Ok(self.overtaken()),
            false => {
                self.lease = None;
                Err(LaneError::Database(error))
            }
        }
    }

    /// The checkpoint is not where this process left it. A database that died may have lost the newest batches, whose
    /// flush nobody waited for: rows went back with it, and what they lack says nothing against the events (P3).
    fn elsewhere(&mut self, lease: Lease, now: i64) -> Step {
        self.lease = None;
        self.pardon();
        let (model, left) = (self.part.model, lease.position);
        tracing::warn!(
            model,
            left,
            now,
            "the checkpoint is not where it was left; going on from there"
        );
        Step::Failed(format!("the checkpoint was left at {left} and is at {now}"))
    }

    /// The lane is another process's, or its checkpoint went back. What failed meanwhile proves nothing against the
    /// events: the rows they met may be that process's (case 35).
    pub(super) fn overtaken(&mut self) -> Step {
        let epoch = self.lease.take().map(|(lease, _)| lease.epoch);
        self.pardon();
        tracing::warn!(
            model = self.part.model,
            epoch,
            "fenced: the lane is another's, or its checkpoint went back"
        );
        metrics::fenced(&self.part);
        Step::NotOurs
    }
}
