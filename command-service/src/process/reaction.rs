//! A process manager that sends one command for one event, or one to each of several streams, at once or at a time: watched
//! events set and remove timers, a timer that falls due sends its command. What it is about is told by [`Rules`]. Must not decide: the command's own
//! aggregate says whether it still applies, so nothing is looked at twice. The command is for the stream of the event, or
//! for another one that the rule names.

use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Order;
use event_store::timers::Timer;
use event_store::{EventStore, StoreError};
use events::{DecodeError, Recorded, StreamName};
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ending::{ProcessFault, Pumped, Stop};
use super::follow::{Change, Fired, Follower};
use super::run::Steps;
use super::send::{SendOrder, Sent, Wanted};
use super::timer::{remembered, stream_of, tenant_of};

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
    /// This, at once and on another stream; one command an event.
    There(StreamName, W),
    /// This, at once, on each of these streams.
    Each(Vec<(StreamName, W)>),
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
    /// Whether nothing it watches matters once it is late: then what is old is not looked into.
    const NEWS_ONLY: bool = false;
    /// Whether it follows however late it is, and of whatever was brought in with a business time of its own: clearing up
    /// reminds nobody of anything.
    const ALWAYS: bool = false;
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
    /// Whether the event asks more than one stream.
    #[serde(default)]
    among_others: bool,
}

/// The process manager; see the module.
pub struct Reaction<R> {
    store: EventStore,
    send: SendOrder,
    follower: Follower,
    rules: PhantomData<fn() -> R>,
}

impl<R: Rules> Reaction<R> {
    /// A process manager that has not looked at anything yet.
    pub fn new(store: EventStore, send: SendOrder) -> Self {
        let follower = Follower::new(R::NAME, store.clone());
        Self { store, send, follower, rules: PhantomData }
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
        if !self.follower.claim().await? {
            return Ok(Pumped::Standby);
        }
        self.learn(now).await?;
        let sent = self.fire(now).await?;
        Ok(self.follower.up_to(sent))
    }

    /// Reads the log up to its head and keeps the timers as the events say. What lies in an archive is too old to
    /// remind anybody of.
    async fn learn(&mut self, now: DateTime<Utc>) -> Result<(), Stop> {
        loop {
            let (rows, looked) = match self.follower.read(R::WATCHED).await {
                Err(StoreError::Archived { last, .. }) if self.follower.skip_to(last) => continue,
                read => read?,
            };
            let mut changes = Vec::new();
            let fresh = if rows.is_empty() { None } else { Some(self.store.clock().await? - LATE) };
            for row in &rows {
                changes.extend(self.change(row, fresh, now).await?);
            }
            if !self.follower.saw(&changes, looked).await? {
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
    ) -> Result<Vec<Change>, Stop> {
        let over = || vec![Change::Remove(row.stream_id)];
        if row.effective_at.is_some() && !R::ALWAYS {
            return Ok(over());
        }
        let late = fresh.is_some_and(|fresh| row.recorded_at < fresh) && !R::ALWAYS;
        if R::NEWS_ONLY && late {
            return Ok(Vec::new());
        }
        let at_once = DateTime::UNIX_EPOCH;
        let (timer_id, due_at, elsewhere, what) = match R::follows(row, &self.store).await? {
            Follows::Nothing => return Ok(Vec::new()),
            Follows::Over => return Ok(over()),
            Follows::Now { .. } | Follows::There(..) | Follows::Each(_) if late => {
                return Ok(Vec::new());
            }
            Follows::Now { what, each: true } => (row.event_id, at_once, None, what),
            Follows::Now { what, each: false } => (row.stream_id, at_once, None, what),
            Follows::There(stream, what) => (row.event_id, at_once, Some(stream), what),
            Follows::At(due_at, _) if now - due_at > LATE => return Ok(over()),
            Follows::At(due_at, what) => (row.stream_id, due_at, None, what),
            Follows::Each(asked) => return each(row, asked),
        };
        let metadata = row.metadata()?;
        let correlation = metadata.correlation;
        let cause = Cause { event: row.event_id, correlation, what, among_others: false };
        Ok(vec![Change::Set(Timer {
            timer_id,
            due_at,
            tenant_id: row.tenant_id,
            subject: elsewhere.map_or(metadata.stream, |stream| stream.to_string()),
            payload: serde_json::to_vec(&cause).expect("plain values encode"),
        })])
    }

    /// Sends what is due; what is too late is let go of.
    async fn fire(&mut self, now: DateTime<Utc>) -> Result<usize, Stop> {
        let mut fired = Fired::default();
        for timer in self.follower.due(now).await? {
            let at_once = timer.due_at == DateTime::UNIX_EPOCH;
            let late = !at_once && now - timer.due_at > LATE;
            let outcome = if late { Ok(0) } else { self.settle(&timer).await };
            self.follower.settled(&timer, outcome, &mut fired).await?;
        }
        fired.all()
    }

    async fn settle(&self, timer: &Timer) -> Result<usize, Stop> {
        let cause: Cause<R::What> = remembered(timer)?;
        let wanted = Wanted {
            tenant: tenant_of(timer, &self.store).await?,
            stream: stream_of(timer)?,
            order: R::order(cause.what),
            command: R::COMMAND,
            if_version: None,
            process: R::NAME,
            causing_event: cause.event,
            correlation: cause.correlation,
            among_others: cause.among_others,
        };
        match wanted.sent_by(&self.send).await? {
            Sent::Settled => Ok(1),
            Sent::Stale => Err(ProcessFault::Restless.into()),
        }
    }
}

/// A timer for each stream that an event asks; event and stream together name it.
fn each<W: Serialize>(row: &Recorded, asked: Vec<(StreamName, W)>) -> Result<Vec<Change>, Stop> {
    let correlation = row.metadata()?.correlation;
    let timers = asked.into_iter().map(|(stream, what)| {
        let cause = Cause { event: row.event_id, correlation, what, among_others: true };
        let named = row.event_id.as_u128() ^ stream.stream_id(&row.tenant).as_u128();
        Change::Set(Timer {
            timer_id: Uuid::from_u128(named),
            due_at: DateTime::UNIX_EPOCH,
            tenant_id: row.tenant_id,
            subject: stream.to_string(),
            payload: serde_json::to_vec(&cause).expect("plain values encode"),
        })
    });
    Ok(timers.collect())
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
