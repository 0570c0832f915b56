//! The driver every peer shares: clients that live one sale after another, and what their time became.

use std::future::Future;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sale::{STEPS, Step};

/// How often a command is tried again before the run fails.
pub const RETRIES_MAX: u64 = 100_000;

/// A store through its own interface.
pub trait Store: Clone + Send + Sync + 'static {
    /// One command: load, decide, append. Answers how often it had to be tried again.
    fn execute(
        &mut self,
        sale: Uuid,
        step: Step,
    ) -> impl Future<Output = anyhow::Result<u64>> + Send;
}

/// What one measurement gave.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Commands or events a second.
    pub rate: f64,
    /// Half of the commands took at most this, in milliseconds.
    #[serde(default)]
    pub p50_ms: f64,
    /// 99 of 100 commands took at most this, in milliseconds.
    #[serde(default)]
    pub p99_ms: f64,
    /// Conflicts that were tried again, per 100 commands.
    #[serde(default)]
    pub retries_percent: f64,
}

/// What one client saw.
#[derive(Debug, Default)]
pub struct Seen {
    times: Vec<Duration>,
    retries: u64,
}

/// One client until the time is over.
pub async fn client<S: Store>(
    mut store: S,
    start: Instant,
    time: Duration,
) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    'run: loop {
        let sale = Uuid::new_v4();
        for step in STEPS {
            let one = Instant::now();
            seen.retries += store.execute(sale, step).await?;
            seen.times.push(one.elapsed());
            if start.elapsed() >= time {
                break 'run;
            }
        }
    }
    Ok(seen)
}

/// Adds the clients up.
pub fn sum(seen: Vec<Seen>, elapsed: Duration) -> Measured {
    let retries: u64 = seen.iter().map(|one| one.retries).sum();
    let mut times: Vec<Duration> = seen.into_iter().flat_map(|one| one.times).collect();
    times.sort_unstable();
    let at = |part: usize| {
        times.get(times.len() * part / 100).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    };
    Measured {
        rate: times.len() as f64 / elapsed.as_secs_f64(),
        p50_ms: at(50),
        p99_ms: at(99),
        retries_percent: retries as f64 * 100.0 / times.len().max(1) as f64,
    }
}

/// Events a second.
pub fn rate(events: usize, start: Instant) -> Measured {
    Measured { rate: events as f64 / start.elapsed().as_secs_f64(), ..Measured::default() }
}
