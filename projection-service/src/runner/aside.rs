//! Setting a stream aside, and bringing it back: each in one transaction that ends with `advance`
//! under the lane's own lease. A queue is applied whole and in order, or not at all.

use event_store::EventStore;
use events::Recorded;
use read_models::{ApplyError, OnPoison, Reason};
use sqlx::PgConnection;
use uuid::Uuid;

use super::attempt::TRIES;
use super::fault::{Fault, Halted};
use super::lane::{Lane, LaneError, Step};
use super::lease::{Lease, timed_out, transient};
use super::parked::Parked;
use super::patience::answered;
use super::spared::Spared;
use crate::source::{Halt, SourceError};

/// Events of a queue applied by one statement of the read model.
const PAGE: i64 = 500;

/// Why a queue could not be applied.
enum InVain {
    /// One of its events is still at fault.
    Poison(Box<Fault>),
    /// The lease is lost, or the databases cannot be reached.
    Now(LaneError),
}

impl Lane {
    /// The event failed alone, three times: what the policy of its generation says.
    pub(super) async fn poison(
        &mut self,
        lease: Lease,
        event: &Recorded,
        error: &ApplyError,
        parked: &Parked,
    ) -> Result<Step, LaneError> {
        let fault = Fault::of(event, error);
        let policy = self.part.on_poison(&self.pool).await?;
        self.standing.poisoned = Some(policy);
        match policy {
            OnPoison::Halt => {
                let sentence = fault.sentence();
                let reason = Some(fault.reason);
                self.halt(lease, Halted { position: fault.position, reason, sentence }).await
            }
            OnPoison::ParkStream if !self.has_room(parked) => {
                self.too_many(lease, &fault.sentence()).await
            }
            OnPoison::ParkStream => match self.park(lease, event, &fault).await {
                Ok(()) => self.parked_at(lease, event, &fault).await,
                Err(error) => self.interrupted(error),
            },
        }
    }

    /// Whether one more stream with one more event may wait.
    fn has_room(&self, parked: &Parked) -> bool {
        parked.streams.len() < self.pace.parked_streams_max() && self.room(parked) > 0
    }

    /// How many further events may wait.
    pub(super) fn room(&self, parked: &Parked) -> usize {
        let queued = usize::try_from(parked.queued()).unwrap_or(usize::MAX);
        self.pace.parked_events_max().saturating_sub(queued)
    }

    /// Stands still because more would have to wait than a generation may hold.
    pub(super) async fn too_many(&mut self, lease: Lease, next: &str) -> Result<Step, LaneError> {
        self.standing.poisoned = Some(OnPoison::ParkStream);
        let sentence = format!(
            "no room to set more aside ({} streams, {} events at most): {next}",
            self.pace.parked_streams_max(),
            self.pace.parked_events_max()
        );
        let reason = Some(Reason::TooManyParked);
        self.halt(lease, Halted { position: lease.position + 1, reason, sentence }).await
    }

    async fn park(
        &mut self,
        lease: Lease,
        event: &Recorded,
        fault: &Fault,
    ) -> Result<(), sqlx::Error> {
        self.none_parked = false;
        let mut tx = self.pool.begin().await?;
        self.part.park(&mut tx, fault, i32::try_from(TRIES).unwrap_or(i32::MAX)).await?;
        self.part.advance(&mut tx, lease, Some(event.into()), self.pace.lease_ttl()).await?;
        tx.commit().await
    }

    async fn parked_at(
        &mut self,
        lease: Lease,
        event: &Recorded,
        fault: &Fault,
    ) -> Result<Step, LaneError> {
        tracing::error!(
            model = self.part.model,
            generation = self.part.generation,
            position = fault.position,
            stream = fault.stream,
            event_type = fault.event_type,
            reason = fault.reason.as_str(),
            "stream parked: {}",
            fault.sentence()
        );
        self.pardon();
        let lease = self.moved(lease, event.into());
        self.unmark(lease).await?;
        self.show().await?;
        Ok(Step::Applied { to: fault.position })
    }

    /// Tries a parked stream again because somebody asked for it.
    pub(super) async fn redrive(
        &mut self,
        lease: Lease,
        stream_id: Uuid,
        store: &EventStore,
    ) -> Result<Step, LaneError> {
        // a queue takes a connection of its own
        self.spared = Spared::default();
        match self.apply_queue(lease, stream_id, store).await {
            Ok(events) => {
                let (model, generation) = (self.part.model, self.part.generation);
                tracing::info!(model, generation, %stream_id, events, "parked stream is back");
                // there may be room now for what halted the part
                self.pardon();
                self.show().await?;
                Ok(Step::Applied { to: lease.position })
            }
            Err(InVain::Poison(fault)) => match self.stay(lease, &fault).await {
                Ok(()) => {
                    tracing::warn!(
                        model = self.part.model,
                        generation = self.part.generation,
                        position = fault.position,
                        stream = fault.stream,
                        event_type = fault.event_type,
                        reason = fault.reason.as_str(),
                        "stream stays parked: {}",
                        fault.sentence()
                    );
                    Ok(Step::Applied { to: lease.position })
                }
                Err(error) => self.interrupted(error),
            },
            Err(InVain::Now(error)) => match error {
                LaneError::Database(error) => self.interrupted(error),
                other @ LaneError::Source(_) => Err(other),
            },
        }
    }

    async fn stay(&self, lease: Lease, fault: &Fault) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        self.part.stays_parked(&mut tx, fault).await?;
        self.part.advance(&mut tx, lease, None, self.pace.lease_ttl()).await?;
        tx.commit().await
    }

    /// Applies the whole queue of a stream; answers how many events it held.
    async fn apply_queue(
        &self,
        lease: Lease,
        stream_id: Uuid,
        store: &EventStore,
    ) -> Result<usize, InVain> {
        // flushed: a queue that comes back after a crash at an unchanged checkpoint would not be looked for
        let mut tx = answered(self.pool.begin()).await?;
        let (mut after, mut events) = (0, 0);
        loop {
            let asked = self.part.queue_of(&mut tx, stream_id, after, PAGE);
            let positions = answered(asked).await?;
            let Some(last) = positions.last() else { break };
            after = *last;
            let page = store.read_at(&positions).await.map_err(SourceError::Log)?;
            if page.len() != positions.len() {
                let log = store.head().await.map_err(SourceError::Log)?;
                return Err(SourceError::Halt(Halt::ReadModelAhead { position: after, log }).into());
            }
            events += page.len();
            self.apply_page(&mut tx, &page).await?;
        }
        answered(self.part.unpark(&mut tx, stream_id)).await?;
        answered(self.part.advance(&mut tx, lease, None, self.pace.lease_ttl())).await?;
        answered(tx.commit()).await?;
        Ok(events)
    }

    async fn apply_page(&self, tx: &mut PgConnection, page: &[Recorded]) -> Result<(), InVain> {
        let Some(first) = page.first() else { return Ok(()) };
        match self.holding(self.model.apply(tx, page)).await {
            Ok(()) => Ok(()),
            Err(ApplyError::Database(error)) if transient(&error) && !timed_out(&error) => {
                Err(error.into())
            }
            Err(error) => {
                let at = error.position();
                let named = page.iter().find(|event| Some(event.position) == at);
                Err(InVain::Poison(Box::new(Fault::of(named.unwrap_or(first), &error))))
            }
        }
    }
}

impl From<SourceError> for InVain {
    fn from(error: SourceError) -> Self {
        Self::Now(LaneError::Source(error))
    }
}

impl From<sqlx::Error> for InVain {
    fn from(error: sqlx::Error) -> Self {
        Self::Now(LaneError::Database(error))
    }
}
