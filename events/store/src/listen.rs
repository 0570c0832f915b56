//! Wake-ups: told by Postgres when there is something new, and by a short poll when the telling fails.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use sqlx::Executor;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::{Interval, MissedTickBehavior};

use crate::EventStore;
use crate::error::patiently;

/// How long a lost notification can delay a follower.
pub const POLL: Duration = Duration::from_millis(500);

/// After so many polls without a word the listener is asked whether it still hears (10 s).
const QUIET_POLLS: u32 = 20;

/// A follower's alarm clock. A wake-up is a hint, never the content: read `position > last` and expect
/// nothing sometimes.
#[derive(Debug)]
pub struct Wakeups {
    store: EventStore,
    told: watch::Receiver<u64>,
    poll: Interval,
}

impl Wakeups {
    /// An alarm clock of a store. All of one store listen on one connection, from the first wait on.
    pub fn new(store: &EventStore) -> Self {
        Self { store: store.clone(), told: store.wire.told.subscribe(), poll: every_poll() }
    }

    /// Returns after an append to this log, also one while nobody waited here, at the latest after [`POLL`], or when a wire
    /// that fell silent has been given up. Many appends may be one wake-up. Safe to cancel.
    pub async fn next(&mut self) {
        let Self { store, told, poll } = self;
        loop {
            tokio::select! {
                biased;
                // whoever gets here first hears for everybody
                heard = store.wire.hear(store.log_id()) => match heard {
                    Heard::Word => {
                        told.mark_unchanged();
                        poll.reset();
                        return;
                    }
                    Heard::Nothing => {}
                    Heard::Quiet(mut listening) => {
                        listening.look_after(store).await;
                        poll.reset();
                        return;
                    }
                },
                Ok(()) = told.changed() => {
                    poll.reset();
                    return;
                }
                _ = poll.tick() => return,
            }
        }
    }
}

fn every_poll() -> Interval {
    let mut poll = tokio::time::interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    poll
}

/// What the followers of a store share: Postgres wakes a process for each connection that listens, with every append.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    /// In the hands of whoever hears for all.
    listening: Arc<Mutex<Listening>>,
    /// Counts the words that were heard.
    told: watch::Sender<u64>,
}

/// What hearing came to.
enum Heard {
    /// The log has grown, and everybody knows.
    Word,
    /// Another log has.
    Nothing,
    /// Nothing for a while: whoever was to hear it looks after the listener, and is not to be cut off in that by a poll.
    Quiet(OwnedMutexGuard<Listening>),
}

impl Wire {
    async fn hear(&self, log_id: i16) -> Heard {
        let mut listening = Arc::clone(&self.listening).lock_owned().await;
        let Listening { listener, poll, quiet } = &mut *listening;
        let poll = poll.get_or_insert_with(every_poll);
        tokio::select! {
            biased;
            told = heard(log_id, listener) => {
                if !told {
                    return Heard::Nothing;
                }
                *quiet = 0;
                poll.reset();
                self.told.send_modify(|words| *words = words.wrapping_add(1));
                Heard::Word
            }
            _ = poll.tick() => Heard::Quiet(listening),
        }
    }
}

/// The connection that is told.
#[derive(Debug, Default)]
struct Listening {
    listener: Option<PgListener>,
    poll: Option<Interval>,
    /// Polls since the listener was last heard.
    quiet: u32,
}

impl Listening {
    /// Listens where nobody does, and asks a listener that has been quiet for long whether it is still there: a wire that
    /// swallows bytes never says that it is broken (C1).
    async fn look_after(&mut self, store: &EventStore) {
        self.quiet += 1;
        let Some(listener) = &mut self.listener else {
            self.listener = patiently(listen(store)).await.ok();
            self.quiet = 0;
            return;
        };
        if self.quiet >= QUIET_POLLS {
            self.quiet = 0;
            if let Err(error) = patiently(listener.execute("SELECT 1")).await {
                tracing::warn!(%error, "the listener does not answer any more, listening anew");
                self.listener = None;
            }
        }
    }
}

/// On a connection outside of the pool, so that one which never answers takes nobody's place.
async fn listen(store: &EventStore) -> Result<PgListener, sqlx::Error> {
    let options = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let alone = options.connect_lazy_with(store.pool().connect_options().as_ref().clone());
    let mut listener = PgListener::connect_with(&alone).await?;
    // a poll would cut it off on a busy machine, again and again
    listener.eager_reconnect(false);
    listener.listen("es").await?;
    Ok(listener)
}

/// True when this log was named; waits for ever without a listener, since the poll still ticks. All that has come is taken at
/// once: what is left in the wire fills it, and Postgres cannot forget what it could not send.
async fn heard(log_id: i16, listener: &mut Option<PgListener>) -> bool {
    let Some(open) = listener else { return std::future::pending().await };
    let mut next = open.try_recv().await;
    let mut told = false;
    loop {
        match next {
            Ok(Some(word)) => told |= names(word.payload(), log_id),
            // the connection was lost: something may have been missed
            Ok(None) => {
                *listener = None;
                return true;
            }
            Err(error) => {
                tracing::warn!(error = %error, "cannot listen for appends, polling instead");
                *listener = None;
                return told;
            }
        }
        match open.try_recv().now_or_never() {
            Some(more) => next = more,
            None => return told,
        }
    }
}

fn names(payload: &str, log_id: i16) -> bool {
    payload.split_once(':').is_some_and(|(log, _)| log.parse() == Ok(log_id))
}
