//! The relay as a task: steps, waits for a reason for the next one, and ends when told to. Must not
//! know how a step is done.

use std::time::Duration;

use event_store::Wakeups;
use service_runtime::clock::{BackOff, back_off};
use tokio_util::sync::CancellationToken;

use super::{Pumped, Relay};

/// A relay that does not hold the lease asks for it this often.
const STANDBY: Duration = Duration::from_secs(3);

/// A halt is looked at again this often: the condition may have gone.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The last step at shutdown, and the return of the lease, may take this long.
const FAREWELL: Duration = Duration::from_secs(5);

impl Relay {
    /// Relays until `cancel` fires, then publishes what is still there and gives the lease back.
    pub async fn run(mut self, cancel: CancellationToken) {
        let mut wakeups = Wakeups::new(&self.store);
        let mut pauses = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));
        // a step is never dropped half way: a claim that was cancelled here could still be taken there,
        // after the lease was given back
        while !cancel.is_cancelled() {
            let pumped = self.step().await;
            if !matches!(pumped, Pumped::Interrupted(_)) {
                pauses.reset();
            }
            let rest = async {
                match pumped {
                    Pumped::UpTo(_) => wakeups.next().await,
                    Pumped::Standby => back_off(STANDBY).await,
                    Pumped::Halted(_) => back_off(LOOK_AGAIN).await,
                    Pumped::Interrupted(_) => pauses.pause().await,
                }
            };
            cancel.run_until_cancelled(rest).await;
        }
        let farewell = async {
            self.pump().await;
            self.release().await
        };
        match tokio::time::timeout(FAREWELL, farewell).await {
            Ok(Ok(())) => tracing::debug!("the relay gave its lease back"),
            Ok(Err(fault)) => {
                tracing::warn!(error = %fault, "the relay could not give its lease back")
            }
            Err(_) => {
                tracing::warn!("the relay ended without publishing the rest; the next one will")
            }
        }
    }
}
