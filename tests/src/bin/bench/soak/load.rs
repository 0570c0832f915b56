//! Commands at a fixed rate. A command whose answer is lost in a restart is sent again under its key until it is
//! answered, as a client would.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use service_runtime::clock::back_off;
use service_runtime::ids;
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

use crate::load::connection::Connection;
use crate::load::lifecycle::Lifecycle;
use crate::load::open::{self, Due};

/// Connections of the load.
const CONNECTIONS: usize = 16;
/// Pause before a command is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What happened so far. Counted by the load and the readers, read by the samples.
#[derive(Debug, Default)]
pub struct Tally {
    /// Commands answered with success.
    pub commands: AtomicU64,
    /// Sum of their times, microseconds.
    pub command_micros: AtomicU64,
    /// Commands sent again because the answer was lost or the service was away.
    pub again: AtomicU64,
    /// Commands refused by a rule, which none should be.
    pub refused: AtomicU64,
    /// Questions answered.
    pub questions: AtomicU64,
    /// Sum of their times, microseconds.
    pub question_micros: AtomicU64,
    /// Questions that got no answer or another status than 200.
    pub questions_failed: AtomicU64,
    /// Restarts of a service.
    pub restarts: AtomicU64,
    /// Rebuilds that were promoted.
    pub rebuilds: AtomicU64,
}

/// Counts one up.
pub fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Reads a counter.
pub fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Adds a time, in microseconds.
pub fn add(counter: &AtomicU64, time: Duration) {
    counter.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Sends commands until the clockwork ends.
pub async fn run(life: &Lifecycle, rate: u32, time: Duration, tally: &Tally) {
    let waiting = usize::try_from(rate).unwrap_or(usize::MAX);
    let due = Mutex::new(open::clockwork(rate, time, waiting));
    join_all((0..CONNECTIONS).map(|_| sender(life, &due, tally))).await;
}

async fn sender(life: &Lifecycle, due: &Mutex<mpsc::Receiver<Due>>, tally: &Tally) {
    let mut connection = None;
    let (mut sale, mut step) = (ids::new_id(), 0);
    loop {
        let Some(since) = due.lock().await.recv().await else { return };
        if step == life.len() {
            (sale, step) = (ids::new_id(), 0);
        }
        loop {
            match send(&mut connection, life, step, sale).await {
                Some(200 | 201) => break,
                Some(429 | 500..) | None => {
                    one(&tally.again);
                    back_off(AGAIN_AFTER).await;
                }
                Some(_) => {
                    one(&tally.refused);
                    break;
                }
            }
        }
        step += 1;
        one(&tally.commands);
        add(&tally.command_micros, since.elapsed());
    }
}

/// Sends one command; none = no answer, and the connection is given up.
async fn send(
    kept: &mut Option<Connection>,
    life: &Lifecycle,
    step: usize,
    sale: Uuid,
) -> Option<u16> {
    let mut connection = match kept.take() {
        Some(connection) => connection,
        None => Connection::open(&life.address, &life.token).await.ok()?,
    };
    life.render(step, sale, &mut connection.request);
    let status = connection.send().await.ok()?;
    *kept = Some(connection);
    Some(status)
}
