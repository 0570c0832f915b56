//! The reader at the end of the log: joins the stream, follows it, leaves it for Postgres and comes
//! back. Owns the switch and the pauses between attempts.

use std::time::Duration;

use event_store::EventStore;
use event_store::listen::Wakeups;
use event_store::verify::intact;
use service_runtime::clock::{BackOff, Stopwatch};

use super::joined::Joined;
use super::nats::{Server, Unreachable};
use super::window::Window;
use super::{Batch, Departure, Halt, Origin, SourceError, Want};
use crate::config::Pace;
use crate::metrics;

/// The reader of the newest events.
#[derive(Debug)]
pub(super) struct Tail {
    store: EventStore,
    server: Server,
    wakeups: Wakeups,
    pace: Pace,
    joined: Option<Joined>,
    /// A page of the log must be read before the stream is tried (again).
    page_first: bool,
    pauses: BackOff,
    /// No attempt to join until this much time has gone by.
    not_before: Option<(Stopwatch, Duration)>,
}

impl Tail {
    pub(super) fn new(store: EventStore, server: Server, wakeups: Wakeups, pace: Pace) -> Self {
        let pauses = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));
        Self {
            store,
            server,
            wakeups,
            pace,
            joined: None,
            page_first: false,
            pauses,
            not_before: None,
        }
    }

    /// Events directly after `after`, which is the window's end or beyond it.
    pub(super) async fn advance(
        &mut self,
        window: &Window,
        after: i64,
        want: Want,
    ) -> Result<Batch, SourceError> {
        if window.end() != after {
            // whoever has seen what the log lost must not take the others' reader there
            check_head(&self.store, after).await?;
            if self.joined.is_some() {
                self.leave(Departure::Moved);
                self.page_first = false;
            }
            window.restart(after);
        }
        if self.joined.is_none() && self.may_join() {
            self.join(after).await?;
        }
        match self.joined.take() {
            Some(joined) => self.follow(joined, window, after, want).await,
            None => self.page(window, after, want).await,
        }
    }

    fn may_join(&self) -> bool {
        let rested = self.not_before.is_none_or(|(since, pause)| since.elapsed() >= pause);
        rested && !self.page_first
    }

    /// Tries to open the stream at `after + 1`. Whatever is wrong with stream or server is no error:
    /// the log serves meanwhile. Only two histories that cannot both be true are.
    async fn join(&mut self, after: i64) -> Result<(), SourceError> {
        let (ends, stream) = match self.server.look().await {
            Ok(found) => found,
            Err(reason) => {
                self.rest(&reason);
                return Ok(());
            }
        };
        let log = self.store.head().await?;
        if ends.last > log {
            return Err(Halt::StreamAhead { stream: ends.last, log }.into());
        }
        if after > log {
            return Err(Halt::ReadModelAhead { position: after, log }.into());
        }
        if log - after > self.pace.projection_lag_max {
            self.leave(Departure::Lag);
        } else if ends.first > after + 1 {
            self.leave(Departure::Retention);
        } else {
            match self.server.open(&stream, after + 1).await {
                Ok(messages) => {
                    tracing::info!(position = after + 1, "joined the stream");
                    self.joined = Some(Joined::new(messages));
                }
                Err(reason) => self.rest(&reason),
            }
        }
        Ok(())
    }

    fn rest(&mut self, reason: &Unreachable) {
        let pause = self.pauses.next_pause();
        tracing::debug!(%reason, ?pause, "no stream; reading the log");
        self.not_before = Some((Stopwatch::start(), pause));
    }

    fn leave(&mut self, reason: Departure) {
        tracing::info!(reason = reason.as_str(), "leaving the stream for the log");
        metrics::left_stream(reason);
        self.joined = None;
        self.page_first = true;
        if !matches!(reason, Departure::Lag | Departure::Retention | Departure::Moved) {
            self.not_before = Some((Stopwatch::start(), self.pauses.next_pause()));
        }
    }

    /// Starts over behind `after`, with a page of the log first.
    pub(super) fn distrust(&mut self, window: &Window, after: i64) {
        self.leave(Departure::OtherHistory);
        window.forget(after);
    }

    /// A page of the log; waits for a wake-up or a poll interval when there is nothing to read.
    async fn page(
        &mut self,
        window: &Window,
        after: i64,
        want: Want,
    ) -> Result<Batch, SourceError> {
        let mut events = intact(self.store.read_after(after, want.page).await?)?;
        if events.is_empty() {
            check_head(&self.store, after).await?;
            self.wakeups.next().await;
            events = intact(self.store.read_after(after, want.page).await?)?;
        }
        self.page_first = i64::try_from(events.len()) == Ok(want.page);
        if let Some(last) = events.last() {
            window.restart(last.position);
        }
        Ok(Batch::of(events, Origin::Log))
    }

    /// What the stream delivers, or a page of the log if it delivers nothing or nonsense.
    async fn follow(
        &mut self,
        mut joined: Joined,
        window: &Window,
        after: i64,
        want: Want,
    ) -> Result<Batch, SourceError> {
        let full = after.saturating_add(i64::try_from(want.live).unwrap_or(i64::MAX));
        let departure = match joined.lags(&self.store, after, &self.pace).await? {
            true => Some(Departure::Lag),
            false => joined.pull(&self.store, window, full, &self.pace).await?,
        };
        if joined.proven {
            self.pauses.reset();
        }
        match departure {
            Some(reason) => self.leave(reason),
            None => self.joined = Some(joined),
        }
        match window.after(after, want.live) {
            Some(events) => Ok(Batch::of(events, Origin::Stream)),
            None if departure.is_some() => self.page(window, after, want).await,
            None => self.silence(window, after, want).await,
        }
    }

    /// Nothing came. If the log went on meanwhile, its events are read there: a relay that stopped
    /// holds no read model up. Their copies in the stream are dropped as duplicates later.
    async fn silence(
        &mut self,
        window: &Window,
        after: i64,
        want: Want,
    ) -> Result<Batch, SourceError> {
        check_head(&self.store, after).await?;
        let events = intact(self.store.read_after(after, want.page).await?)?;
        if let Some(last) = events.last() {
            window.restart(last.position);
            if self.joined.as_mut().is_some_and(Joined::missed) {
                self.leave(Departure::Silent);
            }
        }
        Ok(Batch::of(events, Origin::Log))
    }
}

/// Refuses a read model that has seen more than the log holds.
async fn check_head(store: &EventStore, after: i64) -> Result<(), SourceError> {
    let log = store.head().await?;
    if after > log {
        return Err(Halt::ReadModelAhead { position: after, log }.into());
    }
    Ok(())
}
