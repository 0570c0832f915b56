//! A process manager as a task. Must not know how a step is done.

use std::time::Duration;

use chrono::{DateTime, Utc};
use event_store::{EventStore, Wakeups};
use metrics::gauge;
use service_runtime::clock::{BackOff, Clock, back_off};
use tokio_util::sync::CancellationToken;

use super::ending::{ProcessFault, Pumped};

/// Without the lease, it is asked for this often.
const STANDBY: Duration = Duration::from_secs(3);

/// What cannot be read is looked at again this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Under load, steps are at least this far apart: a reopen date is no matter of milliseconds, nor is a reminder.
const BREATH: Duration = Duration::from_millis(200);

/// A process manager, step by step.
pub trait Steps: Send {
    /// Its name in metrics and messages.
    const NAME: &'static str;

    /// The log it follows.
    fn store(&self) -> &EventStore;

    /// One step, at an instant of business time.
    fn pump(
        &mut self,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Pumped, ProcessFault>> + Send;

    /// Gives the lease back, so that another replica can go on at once.
    fn release(&mut self) -> impl Future<Output = Result<(), ProcessFault>> + Send;
}

/// Works until `cancel` fires, then gives the lease back. Timers fall due by `clock`, which is looked at with each
/// wake-up, at least every half second.
pub async fn run<M: Steps>(mut manager: M, clock: Clock, cancel: CancellationToken) {
    let mut wakeups = Wakeups::new(manager.store());
    let mut pauses = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));
    let mut halted = false;
    // a step is never dropped half way: a claim that was cancelled here could still be taken there,
    // after the lease was given back
    while !cancel.is_cancelled() {
        let pumped = manager.pump(clock.now()).await;
        let stopped = matches!(pumped, Ok(Pumped::Halted(_)));
        gauge!("salgslogg_process_halted", "process" => M::NAME).set(f64::from(u8::from(stopped)));
        let rest = async {
            match pumped {
                Ok(Pumped::UpTo { .. }) => {
                    pauses.reset();
                    wakeups.next().await;
                    back_off(breath(M::NAME)).await;
                }
                Ok(Pumped::Standby) => back_off(STANDBY).await,
                Ok(Pumped::Halted(halt)) => {
                    if !halted {
                        tracing::error!(process = M::NAME, reason = %halt, "a process manager stands still");
                    }
                    back_off(LOOK_AGAIN).await;
                }
                Err(fault) => {
                    tracing::warn!(process = M::NAME, error = %fault, "a process manager was interrupted");
                    pauses.pause().await;
                }
            }
        };
        cancel.run_until_cancelled(rest).await;
        halted = stopped;
    }
    if let Err(fault) = manager.release().await {
        tracing::warn!(process = M::NAME, error = %fault, "the lease of a process manager could not be given back");
    }
}

/// Up to half as long again, as the name has it: process managers that step at the same time hold up commands.
fn breath(name: &str) -> Duration {
    let spread = name.bytes().map(u32::from).sum::<u32>() % 50;
    BREATH + BREATH * spread / 100
}
