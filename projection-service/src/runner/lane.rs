//! One lane: one read model over one log, in the hands of one owner at a time. A step applies one
//! batch: rows and checkpoint commit together, fenced by the lease's epoch, so every event has its
//! effect exactly once whatever the transport, the process or the network does.

use std::sync::Arc;

use events::Recorded;
use read_models::{ApplyError, ReadModel};
use service_runtime::clock::{Stopwatch, back_off};
use sqlx::PgPool;
use uuid::Uuid;

use super::attempt::{Attempt, Next, chain, good_before};
use super::lease::{Lease, Part, fenced, transient};
use crate::config::Pace;
use crate::metrics;
use crate::source::{Source, SourceError, Want};

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Events were applied; the checkpoint stands at `to`.
    Applied {
        /// The checkpoint now.
        to: i64,
    },
    /// There was nothing to apply.
    Idle,
    /// Another process holds the lease, or took it: nothing of the batch was kept.
    NotOurs,
    /// A batch failed and will be tried again, smaller.
    Failed(String),
    /// The part stands still until a person has looked; the reason is in `projection_part.halted`.
    Halted(String),
}

/// Why a step could not be made; the same step may succeed later.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The log cannot be read.
    #[error(transparent)]
    Source(SourceError),
    /// The read models' database cannot be reached.
    #[error("the read models cannot be written: {0}")]
    Database(#[from] sqlx::Error),
}

/// A read model on its way along the log.
pub struct Lane {
    model: Arc<dyn ReadModel>,
    part: Part,
    pool: PgPool,
    owner: Uuid,
    pace: Pace,
    lease: Option<(Lease, Stopwatch)>,
    attempt: Attempt,
    /// An event failed for good: wait until somebody clears `halted`.
    poisoned: bool,
    /// `halted` holds a reason that the next success makes untrue.
    marked: bool,
}

impl Lane {
    /// A lane of `model` owned, once claimed, by `owner`. `pool` writes to the part's generation.
    pub fn new(
        model: Arc<dyn ReadModel>,
        part: Part,
        pool: PgPool,
        owner: Uuid,
        pace: Pace,
    ) -> Self {
        let attempt = Attempt::new(pace.page_max());
        Self {
            model,
            part,
            pool,
            owner,
            pace,
            lease: None,
            attempt,
            poisoned: false,
            marked: false,
        }
    }

    /// The read model's name.
    pub fn model(&self) -> &'static str {
        self.part.model
    }

    /// The checkpoint as last seen under our lease.
    pub fn position(&self) -> Option<i64> {
        self.lease.map(|(lease, _)| lease.position)
    }

    /// Claims or renews the lease when due, reads a batch and applies it. Waits a poll interval at
    /// most when there is nothing to read. Safe to cancel: an unfinished batch rolls back.
    pub async fn step(&mut self, source: &Source) -> Result<Step, LaneError> {
        let Some(lease) = self.hold().await? else {
            return Ok(Step::NotOurs);
        };
        if self.poisoned && !self.pardoned().await? {
            return Ok(Step::Halted("a poison event; see es_ops.projection_part.halted".into()));
        }
        let want = Want {
            live: self.attempt.limit.min(self.pace.batch_max()),
            page: i64::try_from(self.attempt.limit).unwrap_or(i64::MAX),
        };
        match source.read(lease.position, want).await {
            Ok(batch) => self.apply(lease, &batch.events).await,
            Err(SourceError::Halt(halt)) => self.halt(lease, halt.to_string()).await,
            Err(error @ SourceError::Log(_)) => Err(LaneError::Source(error)),
        }
    }

    /// Applies what continues the checkpoint among `events`, in whatever order and however often
    /// they come: known ones are dropped, those behind a hole wait to be offered again (case 37).
    pub async fn offer(&mut self, events: &[Recorded]) -> Result<Step, LaneError> {
        match self.hold().await? {
            Some(lease) => self.apply(lease, events).await,
            None => Ok(Step::NotOurs),
        }
    }

    /// Gives the lease up at shutdown, also one whose claim was never heard of.
    pub async fn release(&mut self) -> Result<(), LaneError> {
        self.lease = None;
        self.part.release(&self.pool, self.owner).await?;
        Ok(())
    }

    /// The lease, claimed anew when it is unknown, renewed when due.
    async fn hold(&mut self) -> Result<Option<Lease>, LaneError> {
        if let Some((lease, since)) = &self.lease
            && since.elapsed() < self.pace.renew()
        {
            return Ok(Some(*lease));
        }
        let before = self.lease.take().map(|(lease, _)| lease.epoch);
        let Some(lease) = self.part.claim(&self.pool, self.owner, self.pace.lease_ttl()).await?
        else {
            return Ok(None);
        };
        if before != Some(lease.epoch) {
            tracing::info!(
                model = self.part.model,
                epoch = lease.epoch,
                position = lease.position,
                "lane is ours"
            );
            self.marked = self.part.state(&self.pool).await?.halted.is_some();
        }
        self.lease = Some((lease, Stopwatch::start()));
        Ok(Some(lease))
    }

    async fn apply(&mut self, lease: Lease, events: &[Recorded]) -> Result<Step, LaneError> {
        let run = continuation(events, lease.position, self.attempt.limit);
        let Some(last) = run.last() else {
            self.unmark(lease).await?;
            return Ok(Step::Idle);
        };
        let (watch, to) = (Stopwatch::start(), last.position);
        match self.commit(lease, run, to).await {
            Ok(()) => {
                metrics::applied(self.part.model, run.len(), to, watch.elapsed());
                let renewed = self.lease.map_or_else(Stopwatch::start, |(_, since)| since);
                self.lease = Some((Lease { position: to, ..lease }, renewed));
                self.attempt.succeeded();
                self.unmark(lease).await?;
                Ok(Step::Applied { to })
            }
            Err(error) => self.failed(lease, run, error).await,
        }
    }

    /// The transaction: rows first, checkpoint last. Without an fsync of its own, because rows and
    /// checkpoint are lost or kept together.
    async fn commit(&self, lease: Lease, run: &[Recorded], to: i64) -> Result<(), ApplyError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut *tx).await?;
        self.holding(self.model.apply(&mut tx, run)).await?;
        self.part.advance(&mut tx, lease, to, self.pace.lease_ttl()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Runs `work` and keeps the lease meanwhile, however long it takes. Only for work that leaves
    /// the part's row alone: a renewal would wait for its lock.
    async fn holding<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = back_off(self.pace.renew()) => {
                    if let Err(error) = self.part.claim(&self.pool, self.owner, self.pace.lease_ttl()).await {
                        tracing::warn!(%error, "the lease could not be renewed");
                    }
                }
            }
        }
    }

    /// Sorts a failure: fenced, worth another try as it is, or an event's fault.
    async fn failed(
        &mut self,
        lease: Lease,
        run: &[Recorded],
        error: ApplyError,
    ) -> Result<Step, LaneError> {
        let error = match error {
            ApplyError::Database(error) if fenced(&error) => {
                tracing::warn!(
                    model = self.part.model,
                    epoch = lease.epoch,
                    "fenced: the lane is another's"
                );
                metrics::fenced(self.part.model);
                self.lease = None;
                return Ok(Step::NotOurs);
            }
            ApplyError::Database(error) if transient(&error) => {
                // The commit may have succeeded: the database says where the checkpoint stands.
                self.lease = None;
                return Err(LaneError::Database(error));
            }
            other @ (ApplyError::Database(_)
            | ApplyError::Decode(_)
            | ApplyError::Unfoldable { .. }) => other,
        };
        let reason = chain(&error);
        match self.attempt.failed(run.len(), good_before(&error, lease.position)) {
            Next::Again => Ok(Step::Failed(reason)),
            Next::StandStill => {
                self.poisoned = true;
                self.halt(lease, format!("position {}: {reason}", lease.position + 1)).await
            }
        }
    }

    async fn halt(&mut self, lease: Lease, reason: String) -> Result<Step, LaneError> {
        if !self.marked {
            tracing::error!(
                model = self.part.model,
                position = lease.position,
                reason,
                "projection halted"
            );
        }
        self.part.set_halted(&self.pool, lease, Some(&reason)).await?;
        metrics::halted(self.part.model, true);
        self.marked = true;
        Ok(Step::Halted(reason))
    }

    /// Whether somebody cleared the reason, which asks for another try.
    async fn pardoned(&mut self) -> Result<bool, LaneError> {
        if self.part.state(&self.pool).await?.halted.is_some() {
            return Ok(false);
        }
        self.poisoned = false;
        self.attempt.pardon();
        Ok(true)
    }

    async fn unmark(&mut self, lease: Lease) -> Result<(), LaneError> {
        if self.marked {
            self.part.set_halted(&self.pool, lease, None).await?;
            metrics::halted(self.part.model, false);
            tracing::info!(model = self.part.model, "projection goes on");
            self.marked = false;
        }
        Ok(())
    }
}

/// The contiguous run directly after `position` among `events`, at most `limit` long.
fn continuation(events: &[Recorded], position: i64, limit: usize) -> &[Recorded] {
    let Some(start) = events.iter().position(|event| event.position == position + 1) else {
        return &[];
    };
    let rest = &events[start..];
    let length = rest
        .iter()
        .zip(position + 1..)
        .take(limit)
        .take_while(|(event, next)| event.position == *next)
        .count();
    &rest[..length]
}
