//! A process manager that sends one command for one event, at once or at a time: watched events set and remove timers, a
//! timer that falls due sends its command. What it is about is told by [`Rules`]. Must not decide: the command's own
//! aggregate says whether it still applies, so nothing is looked at twice.

use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Order;
use event_store::timers::{self, Timer};
use event_store::{EventStore, StoreError};
use events::{DecodeError, Recorded, StreamName};
use futures::future::BoxFuture;
use metrics::{counter, gauge};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::follow::{Change, Claim, Follower, Halt, ProcessFault, Pumped, Stop};
use super::run::Steps;
use super::send::{SendOrder, Sent, Wanted};

/// Timers fetched at once.
const PAGE: i64 = 1_000;

/// Positions of the log that are looked through at a time.
const WINDOW: i64 = 10_000;

/// What is later than this reminds nobody any more: so a log that is read again stays quiet.
pub(super) const LATE: TimeDelta = TimeDelta::days(1);

/// What follows from an event.
pub enum Follows<W> {
    /// Nothing.
    Nothing,
    /// What was to follow on this stream no longer does.
    Over,
    /// This, at once.
    Now {
        /// What a timer remembers.
        what: W,
        /// One command an event, or only the newest one of the stream.
        each: bool,
    },
    /// This, at a time; instead of what was to follow on this stream.
    At(DateTime<Utc>, W),
}

/// What one process manager watches, and what it asks for.
pub trait Rules: Send + Sync + 'static {
    /// Its name: of its checkpoint, its timers, and the actor of what follows.
    const NAME: &'static str;
    /// The types it reads; all others are not even looked at.
    const WATCHED: &'static [&'static str];
    /// The name of its command.
    const COMMAND: &'static str;
    /// What a timer remembers.
    type What: Serialize + DeserializeOwned + Send + Sync;

    /// What follows from an event that was recorded without a business time of its own.
    fn follows<'a>(
        row: &'a Recorded,
        store: &'a EventStore,
    ) -> BoxFuture<'a, Result<Follows<Self::What>, RuleFault>>;

    /// The command.
    fn order(what: Self::What) -> Order;
}

/// Why it could not be said what follows.
#[derive(Debug, thiserror::Error)]
pub enum RuleFault {
    /// The log cannot be read now.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// An event that this program cannot read.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
}

impl From<RuleFault> for Stop {
    fn from(fault: RuleFault) -> Self {
        match fault {
            RuleFault::Log(error) => error.into(),
            RuleFault::Unreadable(error) => error.into(),
        }
    }
}

/// What a timer remembers of its event.
#[derive(Serialize, Deserialize)]
struct Cause<W> {
    event: Uuid,
    correlation: Option<Uuid>,
    what: W,
}

/// The process manager; see the module.
pub struct Reaction<R> {
    store: EventStore,
    send: SendOrder,
    follower: Follower,
    /// Seen in memory; the checkpoint follows when there is something to write.
    seen: i64,
    rules: PhantomData<fn() -> R>,
}

impl<R: Rules> Reaction<R> {
    /// A process manager that has not looked at anything yet.
    pub fn new(store: EventStore, send: SendOrder) -> Self {
        let follower = Follower::new(R::NAME, store.clone());
        Self { store, send, follower, seen: 0, rules: PhantomData }
    }

    /// One step: reads the log up to its head, then sends what is due at `now`.
    ///
    /// # Errors
    /// When a machine does not answer or another replica took over. Nothing is lost; a command that was sent is
    /// recognised by its key when it is sent again.
    pub async fn pump(&mut self, now: DateTime<Utc>) -> Result<Pumped, ProcessFault> {
        let step = self.step(now).await;
        self.follower.ended(step).await
    }

    async fn step(&mut self, now: DateTime<Utc>) -> Result<Pumped, Stop> {
        match self.follower.claim().await? {
            Claim::Kept => {}
            Claim::Taken { checkpoint } => self.seen = checkpoint,
            Claim::Elsewhere => return Ok(Pumped::Standby),
        }
        self.learn(now).await?;
        gauge!("salgslogg_process_position", "process" => R::NAME).set(self.seen as f64);
        let sent = self.fire(now).await?;
        Ok(Pumped::UpTo { position: self.seen, sent })
    }

    /// Reads the log up to its head and keeps the timers as the events say. What lies in an archive is too old to
    /// remind anybody of.
    async fn learn(&mut self, now: DateTime<Utc>) -> Result<(), Stop> {
        loop {
            let read = self.store.read_of_types(self.seen, R::WATCHED, WINDOW).await;
            let (rows, looked) = match read {
                Err(StoreError::Archived { last, .. }) if last > self.seen => {
                    self.seen = last;
                    continue;
                }
                read => read?,
            };
            let mut changes = Vec::new();
            let fresh = if rows.is_empty() { None } else { Some(self.store.clock().await? - LATE) };
            for row in &rows {
                changes.extend(self.change(row, fresh, now).await?);
            }
            if !changes.is_empty() || looked - self.follower.checkpoint() >= WINDOW {
                self.follower.commit(&changes, looked).await?;
            }
            let whole = looked - self.seen == WINDOW;
            self.seen = looked;
            if !whole {
                return Ok(());
            }
        }
    }

    /// What an event does to the timers. One with a business time of its own starts nothing and ends what was to come.
    async fn change(
        &self,
        row: &Recorded,
        fresh: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Option<Change>, Stop> {
        let over = || Some(Change::Remove(row.stream_id));
        if row.effective_at.is_some() {
            return Ok(over());
        }
        let (timer_id, due_at, what) = match R::follows(row, &self.store).await? {
            Follows::Nothing => return Ok(None),
            Follows::Over => return Ok(over()),
            Follows::Now { .. } if fresh.is_some_and(|fresh| row.recorded_at < fresh) => {
                return Ok(None);
            }
            Follows::Now { what, each } => {
                (if each { row.event_id } else { row.stream_id }, DateTime::UNIX_EPOCH, what)
            }
            Follows::At(due_at, _) if now - due_at > LATE => return Ok(over()),
            Follows::At(due_at, what) => (row.stream_id, due_at, what),
        };
        let metadata = row.metadata()?;
        let cause = Cause { event: row.event_id, correlation: metadata.correlation, what };
        Ok(Some(Change::Set(Timer {
            timer_id,
            due_at,
            tenant_id: row.tenant_id,
            subject: metadata.stream,
            payload: serde_json::to_vec(&cause).expect("plain values encode"),
        })))
    }

    /// Sends what is due; what is too late is let go of. A timer goes away once its command was answered; until then it
    /// is tried with every step, and the others are not held up by it.
    async fn fire(&mut self, now: DateTime<Utc>) -> Result<usize, Stop> {
        let mut sent = 0;
        let mut fault = None;
        for timer in timers::due(&self.store, R::NAME, now, PAGE).await? {
            let at_once = timer.due_at == DateTime::UNIX_EPOCH;
            let late = !at_once && now - timer.due_at > LATE;
            let settled = if late { Ok(0) } else { self.settle(&timer).await };
            match settled {
                Ok(commands) => {
                    sent += commands;
                    let checkpoint = self.follower.checkpoint();
                    self.follower.commit(&[Change::Remove(timer.timer_id)], checkpoint).await?;
                }
                Err(Stop::Broken(broken)) => fault = Some(broken),
                Err(halted @ Stop::Halted(_)) => return Err(halted),
            }
        }
        fault.map_or(Ok(sent), |fault| Err(fault.into()))
    }

    async fn settle(&self, timer: &Timer) -> Result<usize, Stop> {
        let halt = |what: String| Stop::Halted(Halt(format!("timer {}: {what}", timer.timer_id)));
        let cause: Cause<R::What> =
            serde_json::from_slice(&timer.payload).map_err(|error| halt(error.to_string()))?;
        let stream = StreamName::parse(&timer.subject)
            .ok_or_else(|| halt(format!("subject {}", timer.subject)))?;
        let tenant = self.store.tenant_slug(timer.tenant_id).await?;
        let tenant = tenant.ok_or_else(|| halt(format!("tenant {}", timer.tenant_id)))?;
        let wanted = Wanted {
            tenant,
            stream,
            order: R::order(cause.what),
            command: R::COMMAND,
            process: R::NAME,
            causing_event: cause.event,
            correlation: cause.correlation,
        };
        match (self.send)(wanted).await? {
            Sent::Settled => {
                counter!("salgslogg_process_commands_total", "process" => R::NAME).increment(1);
                Ok(1)
            }
            Sent::Stale => Err(ProcessFault::Restless.into()),
        }
    }
}

impl<R: Rules> Steps for Reaction<R> {
    const NAME: &'static str = R::NAME;

    fn store(&self) -> &EventStore {
        &self.store
    }

    fn pump(
        &mut self,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Pumped, ProcessFault>> + Send {
        Reaction::pump(self, now)
    }

    fn release(&mut self) -> impl Future<Output = Result<(), ProcessFault>> + Send {
        self.follower.release()
    }
}
