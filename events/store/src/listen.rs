//! Wake-ups: told by Postgres when there is something new, and by a short poll when the telling fails.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::{Interval, MissedTickBehavior};

use crate::EventStore;

/// How long a lost notification can delay a follower.
pub const POLL: Duration = Duration::from_millis(500);

/// A follower's alarm clock. A wake-up is a hint, never the content: read `position > last` and expect
/// nothing sometimes.
#[derive(Debug)]
pub struct Wakeups {
    store: EventStore,
    listener: Option<PgListener>,
    poll: Interval,
}

impl Wakeups {
    /// Starts listening at the first wait; uses one connection of the pool while it lasts.
    pub fn new(store: &EventStore) -> Self {
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { store: store.clone(), listener: None, poll }
    }

    /// Returns after an append to this log, and at the latest after [`POLL`]. Safe to cancel.
    pub async fn next(&mut self) {
        loop {
            tokio::select! {
                _ = self.poll.tick() => {
                    if self.listener.is_none() {
                        self.listener = listen(&self.store).await;
                    }
                    return;
                }
                told = heard(self.store.log_id(), &mut self.listener) => if told {
                    self.poll.reset();
                    return;
                },
            }
        }
    }
}

async fn listen(store: &EventStore) -> Option<PgListener> {
    let mut listener = PgListener::connect_with(store.pool()).await.ok()?;
    listener.listen("es").await.ok()?;
    Some(listener)
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
        Ok(None) => true,
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
