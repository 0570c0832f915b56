//! Wake-ups: told by Postgres when there is something new, and by a short poll when the telling fails.

use std::time::Duration;

use sqlx::Executor;
use sqlx::postgres::{PgListener, PgPoolOptions};
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
    listener: Option<PgListener>,
    poll: Interval,
    /// Polls since the listener was last heard.
    quiet: u32,
}

impl Wakeups {
    /// Starts listening at the first wait; on a connection of its own.
    pub fn new(store: &EventStore) -> Self {
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { store: store.clone(), listener: None, poll, quiet: 0 }
    }

    /// Returns after an append to this log, and at the latest after [`POLL`], or when a wire that fell silent has been
    /// given up. Safe to cancel.
    pub async fn next(&mut self) {
        loop {
            tokio::select! {
                _ = self.poll.tick() => {
                    self.look_after().await;
                    return;
                }
                told = heard(self.store.log_id(), &mut self.listener) => if told {
                    self.quiet = 0;
                    self.poll.reset();
                    return;
                },
            }
        }
    }

    /// Listens where nobody does, and asks a listener that has been quiet for long whether it is still there: a wire that
    /// swallows bytes never says that it is broken (C1).
    async fn look_after(&mut self) {
        self.quiet += 1;
        let Some(listener) = &mut self.listener else {
            self.listener = patiently(listen(&self.store)).await.ok();
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

/// True when this log was named; waits for ever without a listener, since the poll still ticks.
async fn heard(log_id: i16, listener: &mut Option<PgListener>) -> bool {
    let Some(open) = listener else { return std::future::pending().await };
    match open.try_recv().await {
        Ok(Some(first)) => {
            let mut told = names(first.payload(), log_id);
            while let Some(next) = open.next_buffered() {
                told |= names(next.payload(), log_id);
            }
            told
        }
        // the connection was lost: something may have been missed
        Ok(None) => {
            *listener = None;
            true
        }
        Err(error) => {
            tracing::warn!(error = %error, "cannot listen for appends, polling instead");
            *listener = None;
            false
        }
    }
}

fn names(payload: &str, log_id: i16) -> bool {
    payload.split_once(':').is_some_and(|(log, _)| log.parse() == Ok(log_id))
}
