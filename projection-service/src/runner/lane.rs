//! One lane: one read model over one log, in the hands of one owner at a time. A step applies one
//! batch: rows and checkpoint commit together, fenced by the lease's epoch, so every event has its
//! effect exactly once whatever the transport, the process or the network does.

use std::sync::Arc;

use events::Recorded;
use read_models::{Progress, ReadModel, Reason};
use service_runtime::clock::Stopwatch;
use sqlx::PgPool;
use uuid::Uuid;

use super::attempt::Attempt;
use super::fault::Halted;
use super::halt::Standing;
use super::lease::{Lease, Part};
use super::parked::Parked;
use super::patience::answered;
use super::sorted::{continuation, sort};
use super::spared::Spared;
use crate::config::Pace;
use crate::metrics;
use crate::source::{Ahead, Mark, Source, SourceError, Want};

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Events were applied, or set aside for later, or a queue was tried again; the checkpoint
    /// stands at `to`.
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
    pub(super) model: Arc<dyn ReadModel>,
    pub(super) part: Part,
    pub(super) pool: PgPool,
    pub(super) owner: Uuid,
    pub(super) pace: Pace,
    pub(super) lease: Option<(Lease, Stopwatch)>,
    /// The connection of the last batch, for the next one.
    pub(super) spared: Spared,
    /// Far behind, the next page is read while one is applied.
    ahead: Ahead,
    pub(super) attempt: Attempt,
    pub(super) standing: Standing,
    /// The lane was ours before: streams an older program parked have been asked for.
    settled: bool,
    /// The last step tried a queue again: batches and queues take turns.
    redriven: bool,
    /// The event at the checkpoint was found in the log since the lease was last renewed.
    pub(super) proven: bool,
    /// Nothing was set aside when the database was asked, since the lease was last renewed.
    pub(super) none_parked: bool,
    /// Who waits for a position is told here.
    progress: Progress,
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
        metrics::begins(&part);
        Self {
            model,
            part,
            pool,
            owner,
            pace,
            lease: None,
            spared: Spared::default(),
            ahead: Ahead::default(),
            attempt,
            standing: Standing::default(),
            settled: false,
            redriven: false,
            proven: false,
            none_parked: false,
            progress: Progress::default(),
        }
    }

    /// The same lane; it tells `progress` of each commit.
    #[must_use]
    pub fn telling(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }

    /// The read model's name.
    pub fn model(&self) -> &'static str {
        self.part.model
    }

    /// The checkpoint as last seen under our lease.
    pub fn position(&self) -> Option<i64> {
        self.lease.map(|(lease, _)| lease.position)
    }

    /// Claims or renews the lease when due, tries a parked stream again when somebody asked for it,
    /// else reads a batch and applies it. Waits a poll interval at most when there is nothing to
    /// read. Safe to cancel: an unfinished batch rolls back, or has moved a checkpoint that this lane finds moved.
    pub async fn step(&mut self, source: &Source) -> Result<Step, LaneError> {
        let Some(lease) = answered(self.hold()).await? else {
            self.spared = Spared::default();
            return Ok(Step::NotOurs);
        };
        let parked = answered(self.set_aside()).await?;
        self.redriven = !self.redriven && parked.wished.is_some();
        if let Some(step) = answered(self.astray(lease, source)).await? {
            return Ok(step);
        }
        if let Some(stream_id) = parked.wished.filter(|_| self.redriven) {
            return self.redrive(lease, stream_id, source.store()).await;
        }
        if let Some(policy) = self.standing.poisoned
            && !answered(self.pardoned(policy)).await?
        {
            return Ok(Step::Halted("a poison event; see es_ops.projection_part.halted".into()));
        }
        let want = Want {
            live: self.attempt.limit.min(self.pace.batch_max()),
            page: i64::try_from(self.attempt.limit).unwrap_or(i64::MAX),
        };
        // what waits behind a parked stream, or may be at fault, is seen event by event only
        let gleaned = self.attempt.at_ease() && parked.streams.is_empty();
        let read = match self.ahead.take(lease.position, gleaned) {
            Some(batch) => Ok(batch),
            None => source.read(lease.position, want).await,
        };
        let reads = self.model.reads();
        match read {
            Ok(batch) => match answered(self.apart(lease, &batch, source)).await? {
                Some(step) => Ok(step),
                None => {
                    let apply = self.apply_batch(lease, &batch, &parked);
                    let (step, ahead) = tokio::join!(apply, source.ahead_of(&batch, want, reads));
                    self.ahead = ahead;
                    step
                }
            },
            Err(SourceError::Halt(halt)) => {
                let (position, reason) = (lease.position + 1, Some(Reason::LogContradicted));
                let sentence = halt.to_string();
                answered(self.halt(lease, Halted { position, reason, sentence })).await
            }
            Err(error @ SourceError::Log(_)) => Err(LaneError::Source(error)),
        }
    }

    /// Applies what continues the checkpoint among `events`, in whatever order and however often
    /// they come: known ones are dropped, those behind a hole wait to be offered again (case 37).
    pub async fn offer(&mut self, events: &[Recorded]) -> Result<Step, LaneError> {
        let Some(lease) = self.hold().await? else {
            return Ok(Step::NotOurs);
        };
        let parked = self.set_aside().await?;
        self.apply(lease, events, &parked).await
    }

    /// Gives the lease up at shutdown, also one whose claim was never heard of.
    pub async fn release(&mut self) -> Result<(), LaneError> {
        self.lease = None;
        self.spared = Spared::default();
        answered(self.part.release(&self.pool, self.owner)).await?;
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
            self.standing.marked = self.part.state(&self.pool).await?.halted.is_some();
        }
        if !self.settled {
            self.part.wish_for_newer(&self.pool).await?;
            self.settled = true;
        }
        (self.proven, self.none_parked) = (false, false);
        self.progress.tell(self.part.model, self.part.generation, lease.position);
        self.lease = Some((lease, Stopwatch::start()));
        Ok(Some(lease))
    }

    /// What is set aside. Only the owner of the lease adds to it, and whatever an earlier one may have begun has ended: a
    /// claim waits for the part's row. So where nothing was, there is nothing until this lane sets something aside. Only a
    /// standby that lacks a redrive could have more: rows then refuse the event, and the next claim asks again.
    async fn set_aside(&mut self) -> Result<Parked, sqlx::Error> {
        if self.none_parked {
            return Ok(Parked::default());
        }
        let parked = self.part.parked(&self.pool).await?;
        self.none_parked = parked.streams.is_empty();
        Ok(parked)
    }

    pub(super) async fn apply(
        &mut self,
        lease: Lease,
        events: &[Recorded],
        parked: &Parked,
    ) -> Result<Step, LaneError> {
        let run = continuation(events, lease.position, self.attempt.limit);
        let Some(next) = run.first() else {
            answered(self.unmark(lease)).await?;
            return Ok(Step::Idle);
        };
        let sorted = sort(self.model.as_ref(), run, parked, self.room(parked));
        let Some(last) = sorted.run.last() else {
            let next = format!("position {}: {}", next.position, next.event_type);
            return self.too_many(lease, &next).await;
        };
        let run = (sorted.run.len(), sorted.run.first());
        self.write(lease, &sorted, run, last.into(), parked).await
    }

    /// The checkpoint stands at `to` now.
    pub(super) fn moved(&mut self, lease: Lease, to: Mark) -> Lease {
        let renewed = self.lease.map_or_else(Stopwatch::start, |(_, since)| since);
        let lease = Lease { position: to.position, applied: Some(to.hash), ..lease };
        self.lease = Some((lease, renewed));
        self.progress.tell(self.part.model, self.part.generation, lease.position);
        lease
    }
}
