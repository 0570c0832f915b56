//! Following the log under a lease: pages of events in, timers and checkpoint out, in one
//! transaction. Must not send commands.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use event_store::leases::{
    ProcessLease, advance_process, claim_process, note_process_halt, release_process,
};
use event_store::timers::{self, Timer};
use event_store::{EventStore, StoreError, patiently};
use events::Recorded;
use metrics::gauge;
use service_runtime::clock::Stopwatch;
use service_runtime::fault_point;
use service_runtime::ids::new_id;
use uuid::Uuid;

use super::ending::{Halt, ProcessFault, Pumped, Stop};

/// How long a dead process manager keeps the others waiting.
const TTL: Duration = Duration::from_secs(15);

/// The lease is renewed this often.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// Positions of the log that are looked through at a time.
const WINDOW: i64 = 10_000;

/// Due timers fetched at once.
const PAGE: i64 = 1_000;

/// A change of the timers.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Set(Timer),
    Remove(Uuid),
}

impl Change {
    fn timer(&self) -> Uuid {
        match self {
            Self::Set(timer) => timer.timer_id,
            Self::Remove(id) => *id,
        }
    }
}

/// A process manager's lease and checkpoint, and what it has seen.
pub(super) struct Follower {
    name: &'static str,
    store: EventStore,
    owner: Uuid,
    held: Option<(ProcessLease, Stopwatch)>,
    noted: Noted,
    /// Seen in memory; the checkpoint follows when there is something to write.
    seen: i64,
}

/// What the row says about a halt.
#[derive(PartialEq, Eq)]
enum Noted {
    /// Another replica may have written anything.
    Unknown,
    /// What this one wrote last.
    Known(Option<Halt>),
}

impl Follower {
    pub(super) fn new(name: &'static str, store: EventStore) -> Self {
        Self { name, store, owner: new_id(), held: None, noted: Noted::Unknown, seen: 0 }
    }

    /// Takes or renews the lease; no while another replica holds it. A new one goes on at its checkpoint.
    pub(super) async fn claim(&mut self) -> Result<bool, ProcessFault> {
        if self.held.as_ref().is_some_and(|(_, since)| since.elapsed() < RENEW_EVERY) {
            return Ok(true);
        }
        let before = self.held.take().map(|(lease, _)| (lease.epoch, lease.position));
        let since = Stopwatch::start();
        let Some(lease) = claim_process(&self.store, self.name, self.owner, TTL).await? else {
            return Ok(false);
        };
        // a database that died may have lost the newest steps, which nobody waited to see on disk: same owner, older
        // checkpoint and timers (P3)
        if before != Some((lease.epoch, lease.position)) {
            self.noted = Noted::Unknown;
            self.seen = lease.position;
        }
        self.held = Some((lease, since));
        Ok(true)
    }

    /// The next events of these types, and the position up to which the log was looked through.
    pub(super) async fn read(&self, types: &[&str]) -> Result<(Vec<Recorded>, i64), StoreError> {
        self.store.read_of_types(self.seen, types, WINDOW).await
    }

    /// Passes over what was taken out of the log, up to `last`; no if that was seen already.
    pub(super) fn skip_to(&mut self, last: i64) -> bool {
        let behind = last > self.seen;
        self.seen = self.seen.max(last);
        behind
    }

    /// What was read changes the timers like this; written with the checkpoint when there is something to write. Whether
    /// the log goes on.
    pub(super) async fn saw(&mut self, changes: &[Change], to: i64) -> Result<bool, ProcessFault> {
        if !changes.is_empty() || to - self.checkpoint() >= WINDOW {
            self.commit(changes, to).await?;
        }
        let whole = to - self.seen == WINDOW;
        // less than before when the log was put back under a service that runs: what was seen behind its end is gone
        self.seen = to;
        gauge!("salgslogg_process_position", "process" => self.name).set(to as f64);
        Ok(whole)
    }

    /// A step that got to the head.
    pub(super) fn up_to(&self, sent: usize) -> Pumped {
        Pumped::UpTo { position: self.seen, sent }
    }

    /// The timers due at `now`, earliest first.
    pub(super) async fn due(&self, now: DateTime<Utc>) -> Result<Vec<Timer>, StoreError> {
        timers::due(&self.store, self.name, now, PAGE).await
    }

    /// A timer that was due goes away once its command was answered. Until then it is tried with every step, and the
    /// others are not held up by it.
    pub(super) async fn settled(
        &mut self,
        timer: &Timer,
        outcome: Result<usize, Stop>,
        fired: &mut Fired,
    ) -> Result<(), Stop> {
        match outcome {
            Ok(commands) => {
                fired.sent += commands;
                self.commit(&[Change::Remove(timer.timer_id)], self.checkpoint()).await?;
            }
            Err(Stop::Broken(fault)) => fired.fault = Some(fault),
            Err(halted @ Stop::Halted(_)) => return Err(halted),
        }
        Ok(())
    }

    /// Every event up to here has been seen, durably.
    pub(super) fn checkpoint(&self) -> i64 {
        self.held.as_ref().map_or(0, |(lease, _)| lease.position)
    }

    /// Writes timers and checkpoint in one transaction, refused if the lease has gone. The flush is
    /// not waited for: both are kept or lost together, and what is lost is done again.
    pub(super) async fn commit(&mut self, changes: &[Change], to: i64) -> Result<(), ProcessFault> {
        let (mut lease, since) = self.held.take().ok_or(ProcessFault::Fenced)?;
        let written = async { Ok(self.write(&mut lease, changes, to).await) };
        patiently(written).await??;
        self.held = Some((lease, since));
        Ok(())
    }

    async fn write(
        &self,
        lease: &mut ProcessLease,
        changes: &[Change],
        to: i64,
    ) -> Result<(), ProcessFault> {
        let mut transaction = self.store.pool().begin().await?;
        sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut *transaction).await?;
        let log_id = self.store.log_id();
        // the newest change of a timer is what becomes of it; most are sales that end and never had one
        let newest: BTreeMap<Uuid, &Change> =
            changes.iter().map(|change| (change.timer(), change)).collect();
        let removed =
            |(id, change): (&Uuid, &&Change)| matches!(change, Change::Remove(_)).then_some(*id);
        let removed: Vec<Uuid> = newest.iter().filter_map(removed).collect();
        if !removed.is_empty() {
            timers::remove(&mut transaction, self.name, log_id, &removed).await?;
        }
        for change in newest.into_values() {
            if let Change::Set(timer) = change {
                timers::set(&mut transaction, self.name, log_id, timer).await?;
            }
        }
        advance_process(&mut transaction, lease, to).await?;
        fault_point::pass("process.before-commit");
        transaction.commit().await?;
        Ok(())
    }

    /// What a step came to, with its halt, or that there is none, written down.
    pub(super) async fn ended(
        &mut self,
        step: Result<Pumped, Stop>,
    ) -> Result<Pumped, ProcessFault> {
        let halt = match step {
            Ok(pumped) => {
                self.note_halt(None).await?;
                return Ok(pumped);
            }
            Err(Stop::Halted(halt)) => halt,
            Err(Stop::Broken(fault)) => return Err(fault),
        };
        self.note_halt(Some(&halt)).await?;
        Ok(Pumped::Halted(halt))
    }

    /// Writes down why nothing goes on, or that it does, when the row does not say so yet.
    async fn note_halt(&mut self, halt: Option<&Halt>) -> Result<(), ProcessFault> {
        let known = Noted::Known(halt.cloned());
        if let Some((lease, _)) = self.held.as_ref().filter(|_| self.noted != known) {
            let reason = halt.map(ToString::to_string);
            note_process_halt(&self.store, lease, reason.as_deref()).await?;
            self.noted = known;
        }
        Ok(())
    }

    /// Gives the lease back, so that another replica need not wait for its end.
    pub(super) async fn release(&mut self) -> Result<(), ProcessFault> {
        match self.held.take() {
            Some((lease, _)) => Ok(release_process(&self.store, &lease).await?),
            None => Ok(()),
        }
    }
}

/// What became of the timers that were due.
#[derive(Default)]
pub(super) struct Fired {
    sent: usize,
    fault: Option<ProcessFault>,
}

impl Fired {
    /// Commands sent, unless one could not be.
    pub(super) fn all(self) -> Result<usize, Stop> {
        self.fault.map_or(Ok(self.sent), |fault| Err(fault.into()))
    }
}
