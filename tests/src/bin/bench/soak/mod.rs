//! The soak: a whole stack under a steady load for an hour, with readers, rebuilds and restarts, and what it uses from
//! sample to sample. What grows and should not is seen in the trend: the last third beside the first.

mod disturb;
mod judge;
mod load;
mod readers;
mod sample;
mod trend;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, join, select};
use service_runtime::clock::{Stopwatch, back_off};
use tokio::sync::Mutex;

use crate::load::closed;
use crate::machine::{Stack, With};

pub use load::Tally;

/// How long the maximum is measured when no rate is given.
const MAXIMUM_FOR: Duration = Duration::from_secs(20);
/// Connections then.
const MAXIMUM_CONNECTIONS: usize = 32;
/// Time between two samples.
const EVERY: Duration = Duration::from_secs(15);

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How long.
    pub time: Duration,
    /// Commands a second; none = half of the maximum.
    pub rate: Option<u32>,
    /// The file of the samples.
    pub csv: PathBuf,
}

/// Runs it; the exit status says whether the oracle was content.
pub async fn run(wanted: &Wanted) -> anyhow::Result<()> {
    let stack = Stack::start(With::Followers).await?;
    let rate = match wanted.rate {
        Some(rate) => rate,
        None => half_of_maximum(&stack).await?,
    };
    writeln!(
        stdout(),
        "{rate} commands/s for {} min, samples in {}",
        wanted.time.as_secs() / 60,
        wanted.csv.display()
    )?;
    let tally = Arc::new(Tally::default());
    let (life, query) = (stack.lifecycle(), stack.projection.address());
    let token = stack.token().to_owned();
    let loading = tokio::task::spawn_blocking({
        let (tally, time) = (Arc::clone(&tally), wanted.time);
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let reading = readers::run(&query, &token, &tally);
            let load = load::run(&life, rate, time, &tally);
            runtime.block_on(async {
                tokio::pin!(reading, load);
                match select(reading, load).await {
                    Either::Left(_) | Either::Right(_) => anyhow::Ok(()),
                }
            })
        }
    });
    let shared = Arc::new(Mutex::new(stack));
    let sampling = sample::run(&shared, &tally, wanted, EVERY);
    let disturbing = disturb::run(&shared, &tally, wanted.time);
    let (samples, disturbed) = join(sampling, disturbing).await;
    let samples = samples?;
    disturbed?;
    loading.await??;
    trend::print(&samples, &tally, rate)?;
    let stack =
        Arc::into_inner(shared).expect("invariant: sampling and disturbing are over").into_inner();
    let judged = judge::judge(&stack).await;
    stack.stop().await;
    judged
}

/// Half of what a closed loop reaches.
async fn half_of_maximum(stack: &Stack) -> anyhow::Result<u32> {
    let times = closed::run(&stack.lifecycle(), MAXIMUM_CONNECTIONS, MAXIMUM_FOR).await?;
    let whole = u32::try_from(times.len())? / u32::try_from(MAXIMUM_FOR.as_secs())?;
    writeln!(stdout(), "the maximum over {MAXIMUM_CONNECTIONS} connections: {whole} commands/s")?;
    Ok((whole / 2).max(1))
}

/// Waits for a part of the soak, or until it is over.
async fn wait(watch: Stopwatch, until: Duration) {
    back_off(until.saturating_sub(watch.elapsed())).await;
}
