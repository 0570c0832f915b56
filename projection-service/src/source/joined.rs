//! A place in the stream, and taking messages from it into the window until a batch is full. Must
//! not decide what happens after leaving (that is `tail`).

use std::time::Duration;

use async_nats::jetstream::consumer::pull::Ordered;
use event_store::EventStore;
use futures::StreamExt;
use service_runtime::clock::Stopwatch;

use super::judge::{Verdict, judge, prove};
use super::window::Window;
use super::{Departure, SourceError};
use crate::config::Pace;

/// Known messages in a row after which a recreated consumer is taken to have started from the beginning.
const REPEATS_MAX: u32 = 1_000;
/// Reads in a row that found events in the log and none in the stream.
const SILENCES_MAX: u32 = 3;
/// How often the lag is measured while the stream flows.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A place in the stream: its next message should follow the window.
pub(super) struct Joined {
    messages: Ordered,
    /// The first message was compared with the log.
    pub(super) proven: bool,
    silences: u32,
    looked: Stopwatch,
}

impl std::fmt::Debug for Joined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined").field("proven", &self.proven).finish_non_exhaustive()
    }
}

impl Joined {
    pub(super) fn new(messages: Ordered) -> Self {
        Self { messages, proven: false, silences: 0, looked: Stopwatch::start() }
    }

    /// Whether the log is too far ahead for the stream; asks it once a second.
    pub(super) async fn lags(
        &mut self,
        store: &EventStore,
        after: i64,
        pace: &Pace,
    ) -> Result<bool, SourceError> {
        if self.looked.elapsed() < LOOK_EVERY {
            return Ok(false);
        }
        self.looked = Stopwatch::start();
        Ok(store.head().await? - after > pace.projection_lag_max)
    }

    /// Notes that the log went on while the stream was silent; true when that happened too often.
    pub(super) fn missed(&mut self) -> bool {
        self.silences += 1;
        self.silences >= SILENCES_MAX
    }

    /// Moves messages into the window until it reaches `full`, the linger time is over, or nothing
    /// came for a poll interval. What is in the window stays there; a cancelled pull ends the place.
    pub(super) async fn pull(
        &mut self,
        store: &EventStore,
        window: &Window,
        full: i64,
        pace: &Pace,
    ) -> Result<Option<Departure>, SourceError> {
        let (mut since, mut patience) = (Stopwatch::start(), pace.poll());
        let (mut first, mut repeats) = (true, 0);
        while window.end() < full {
            let left = patience.saturating_sub(since.elapsed());
            let message = match tokio::time::timeout(left, self.messages.next()).await {
                Err(_) => break,
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(_)) | None) => return Ok(Some(Departure::Ended)),
            };
            let (event, more) = match judge(store, &message, window.end()).await? {
                Verdict::Next { event, more } => (event, more),
                Verdict::Leave(reason) => return Ok(Some(reason)),
                Verdict::Duplicate if repeats >= REPEATS_MAX => {
                    return Ok(Some(Departure::Repeats));
                }
                Verdict::Duplicate => {
                    repeats += 1;
                    continue;
                }
            };
            if !self.proven {
                prove(store, &event).await?;
                self.proven = true;
            }
            if first {
                (since, first) = (Stopwatch::start(), false);
            }
            // nothing more on the server: take what has arrived already, and wait for nothing
            patience = if more { pace.linger() } else { Duration::ZERO };
            self.silences = 0;
            window.push(*event);
        }
        Ok(None)
    }
}
