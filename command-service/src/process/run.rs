//! The process manager as a task. Must not know how a step is done.

use std::time::Duration;

use event_store::Wakeups;
use metrics::gauge;
use service_runtime::clock::{BackOff, Clock, back_off};
use tokio_util::sync::CancellationToken;

use super::stalled_sale_reopen::{Pumped, StalledSaleReopen};

/// Without the lease, it is asked for this often.
const STANDBY: Duration = Duration::from_secs(3);

/// What cannot be read is looked at again this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Under load, steps are this far apart: a reopen date is no matter of milliseconds.
const BREATH: Duration = Duration::from_millis(100);

impl StalledSaleReopen {
    /// Works until `cancel` fires, then gives the lease back. Timers fall due by `clock`, which is
    /// looked at with each wake-up, at least every half second.
    pub async fn run(mut self, clock: Clock, cancel: CancellationToken) {
        let mut wakeups = Wakeups::new(&self.store);
        let mut pauses = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));
        let mut halted = false;
        // a step is never dropped half way: a claim that was cancelled here could still be taken there,
        // after the lease was given back
        while !cancel.is_cancelled() {
            let pumped = self.pump(clock.now()).await;
            let stopped = matches!(pumped, Ok(Pumped::Halted(_)));
            gauge!("salgslogg_process_halted", "process" => "stalled-sale-reopen")
                .set(f64::from(u8::from(stopped)));
            let rest = async {
                match pumped {
                    Ok(Pumped::UpTo { .. }) => {
                        pauses.reset();
                        wakeups.next().await;
                        back_off(BREATH).await;
                    }
                    Ok(Pumped::Standby) => back_off(STANDBY).await,
                    Ok(Pumped::Halted(halt)) => {
                        if !halted {
                            tracing::error!(reason = %halt, "stalled sales are not reopened");
                        }
                        back_off(LOOK_AGAIN).await;
                    }
                    Err(fault) => {
                        tracing::warn!(error = %fault, "reopening stalled sales was interrupted");
                        pauses.pause().await;
                    }
                }
            };
            cancel.run_until_cancelled(rest).await;
            halted = stopped;
        }
        if let Err(fault) = self.release().await {
            tracing::warn!(error = %fault, "the lease of a process manager could not be given back");
        }
    }
}
