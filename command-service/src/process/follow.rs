//! Following the log under a lease: pages of events in, timers and checkpoint out, in one
//! transaction. Must not send commands.

use std::collections::BTreeMap;
use std::time::Duration;

use event_store::leases::{
    AdvanceError, ProcessLease, advance_process, claim_process, note_process_halt, release_process,
};
use event_store::timers::{self, Timer};
use event_store::{EventStore, StoreError, patiently};
use events::DecodeError;
use service_runtime::clock::Stopwatch;
use service_runtime::fault_point;
use service_runtime::ids::new_id;
use uuid::Uuid;

use super::send::SendFault;

/// How long a dead process manager keeps the others waiting.
const TTL: Duration = Duration::from_secs(15);

/// The lease is renewed this often.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// A machine did not answer, or another replica took over. The next step begins at the checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum ProcessFault {
    /// The database of the log.
    #[error("the log cannot be read")]
    Log(#[from] StoreError),
    /// The transaction of timers and checkpoint.
    #[error("timers and checkpoint cannot be written")]
    Checkpoint(#[from] sqlx::Error),
    /// Another replica runs this process manager now.
    #[error("another replica took over")]
    Fenced,
    /// The command side.
    #[error(transparent)]
    Send(#[from] SendFault),
    /// The sale kept changing while it was looked at.
    #[error("the sale kept changing")]
    Restless,
}

impl From<AdvanceError> for ProcessFault {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Fenced => Self::Fenced,
            AdvanceError::Database(error) => Self::Checkpoint(error),
        }
    }
}

/// Something stored that this program cannot read. Nothing is skipped: the process manager stays
/// where it is until a program that can read it takes over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot go on: {0}")]
pub struct Halt(pub String);

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pumped {
    /// Everything up to the head was seen, everything due was sent.
    UpTo {
        /// The head of the log.
        position: i64,
        /// Commands sent in this step.
        sent: usize,
    },
    /// Another replica runs it.
    Standby,
    /// Something stored cannot be read.
    Halted(Halt),
}

/// Either way of not going on.
#[derive(Debug)]
pub(super) enum Stop {
    Halted(Halt),
    Broken(ProcessFault),
}

impl<F: Into<ProcessFault>> From<F> for Stop {
    fn from(fault: F) -> Self {
        Self::Broken(fault.into())
    }
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Halted(Halt(error.to_string()))
    }
}

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

/// A process manager's lease and checkpoint.
pub(super) struct Follower {
    name: &'static str,
    store: EventStore,
    owner: Uuid,
    held: Option<(ProcessLease, Stopwatch)>,
    noted: Noted,
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
        Self { name, store, owner: new_id(), held: None, noted: Noted::Unknown }
    }

    /// Takes or renews the lease. Returns the checkpoint when the lease is new, none when it is kept;
    /// an error value when another replica holds it.
    pub(super) async fn claim(&mut self) -> Result<Claim, ProcessFault> {
        if self.held.as_ref().is_some_and(|(_, since)| since.elapsed() < RENEW_EVERY) {
            return Ok(Claim::Kept);
        }
        let before = self.held.take().map(|(lease, _)| (lease.epoch, lease.position));
        let since = Stopwatch::start();
        let Some(lease) = claim_process(&self.store, self.name, self.owner, TTL).await? else {
            return Ok(Claim::Elsewhere);
        };
        // a database that died may have lost the newest steps, which nobody waited to see on disk: same owner, older
        // checkpoint and timers (P3)
        let claim = if before == Some((lease.epoch, lease.position)) {
            Claim::Kept
        } else {
            self.noted = Noted::Unknown;
            Claim::Taken { checkpoint: lease.position }
        };
        self.held = Some((lease, since));
        Ok(claim)
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

/// How a claim ended.
pub(super) enum Claim {
    /// Ours as before.
    Kept,
    /// Ours since now.
    Taken {
        /// Where to go on.
        checkpoint: i64,
    },
    /// Another replica works.
    Elsewhere,
}
