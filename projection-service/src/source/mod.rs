//! Where the lanes get their events: live from JetStream, from the log in Postgres whenever the
//! stream cannot be trusted or reached. One type hides the switch: positions are the same in both,
//! so switching is one integer. One reader per process; lanes share what it read.
//!
//! Promise: [`Source::read`] returns a run of events directly after the position asked for, without
//! a hole, each with its hash verified or from the log itself. It never skips and never invents.

mod ahead;
mod batch;
mod joined;
mod judge;
mod nats;
mod tail;
mod window;

use event_store::EventStore;
use event_store::listen::Wakeups;
use event_store::verify::intact;
use service_runtime::config::Secret;
use tokio::sync::Mutex;

use crate::config::Pace;
use crate::metrics;
pub use ahead::Ahead;
pub use batch::{Batch, Mark, Origin};
use tail::Tail;
use window::Window;

/// Why the reader left the stream for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// The next position is not in the stream.
    Hole,
    /// A message's stream sequence is not its position.
    SequenceDiffers,
    /// Headers are missing or unreadable, the tenant is unknown, or the hash differs.
    Unreadable,
    /// Too far behind the head: pages from Postgres are faster.
    Lag,
    /// The stream begins after the position needed.
    Retention,
    /// The stream repeats what was read long ago.
    Repeats,
    /// The log went on and the stream delivered nothing.
    Silent,
    /// The client library gave up.
    Ended,
    /// The lane that reads is further ahead than the reader.
    Moved,
    /// What was read from it is not what the log holds (any more).
    OtherHistory,
}

impl Departure {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Hole,
        Self::SequenceDiffers,
        Self::Unreadable,
        Self::Lag,
        Self::Retention,
        Self::Repeats,
        Self::Silent,
        Self::Ended,
        Self::Moved,
        Self::OtherHistory,
    ];

    /// The word in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hole => "hole",
            Self::SequenceDiffers => "sequence_differs",
            Self::Unreadable => "unreadable",
            Self::Lag => "lag",
            Self::Retention => "retention",
            Self::Repeats => "repeats",
            Self::Silent => "silent",
            Self::Ended => "ended",
            Self::Moved => "moved",
            Self::OtherHistory => "other_history",
        }
    }
}

/// Why nothing may be applied until a person has looked (case 32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The stream holds events the log does not: the log was restored, or failed over with loss.
    #[error("stream ahead of log: the stream ends at {stream}, the log at {log}")]
    StreamAhead {
        /// The stream's last sequence.
        stream: i64,
        /// The log's head.
        log: i64,
    },
    /// The read model has seen events the log does not hold.
    #[error("read model ahead of log: the read model stands at {position}, the log ends at {log}")]
    ReadModelAhead {
        /// The lane's checkpoint.
        position: i64,
        /// The log's head.
        log: i64,
    },
    /// Stream and log hold different events at one position.
    #[error("histories differ: stream and log hold different events at position {position}")]
    HistoriesDiffer {
        /// Where.
        position: i64,
    },
}

/// Why no events could be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A person has to decide; reading again gives the same answer until then.
    #[error(transparent)]
    Halt(#[from] Halt),
    /// The log in Postgres cannot be read now; try again.
    #[error("the log cannot be read: {0}")]
    Log(#[from] event_store::StoreError),
}

/// How many events a lane can take at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// From the stream.
    pub live: usize,
    /// From the log, in catch-up.
    pub page: i64,
}

/// The one reader of a process. Cheap to ask from several lanes at once.
#[derive(Debug)]
pub struct Source {
    store: EventStore,
    window: Window,
    tail: Mutex<Tail>,
}

impl Source {
    /// A reader of the log behind `store` and of its stream on the server at `nats_url`. Connects
    /// to NATS on first use, and does without it as long as it must.
    pub fn new(store: EventStore, nats_url: &Secret, wakeups: Wakeups, pace: Pace) -> Self {
        let tail =
            Tail::new(store.clone(), nats::Server::new(nats_url, store.log_id()), wakeups, pace);
        Self { store, window: Window::default(), tail: Mutex::new(tail) }
    }

    /// The log this source reads.
    pub fn store(&self) -> &EventStore {
        &self.store
    }

    /// Events directly after `after`, as many as are wanted and there. Waits a poll interval for the
    /// first one; an empty batch means there is none yet. Safe to cancel.
    pub async fn read(&self, after: i64, want: Want) -> Result<Batch, SourceError> {
        if after < self.window.end() {
            return self.behind(after, want).await;
        }
        let mut tail = self.tail.lock().await;
        if after < self.window.end() {
            return self.behind(after, want).await;
        }
        let batch = tail.advance(&self.window, after, want).await?;
        metrics::source(batch.origin);
        Ok(batch)
    }

    /// Forgets what was read from the stream and leaves it: its events are not the log's (case 32).
    pub async fn distrust(&self, after: i64) {
        let mut tail = self.tail.lock().await;
        tail.distrust(&self.window, after);
    }

    /// What others have read already, else a page of the log: a slow lane holds nobody up.
    async fn behind(&self, after: i64, want: Want) -> Result<Batch, SourceError> {
        if let Some(events) = self.window.after(after, want.live) {
            return Ok(Batch::of(events, Origin::Stream));
        }
        let events = intact(self.store.read_after(after, want.page).await?)?;
        Ok(Batch::of(events, Origin::Log))
    }
}
