//! Steps a lane for as long as the process lives, with a rest after trouble. Owns the pauses.

use std::sync::Arc;
use std::time::Duration;

use service_runtime::clock::{BackOff, back_off};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::lane::{Lane, LaneError, Step};
use crate::source::Source;

/// Rest of a process that does not own the lane, and of a lane that stands still.
const STANDBY: Duration = Duration::from_secs(2);

/// Steps `lane` until `stop`, finishes the step under way, then gives the lease up.
pub async fn work(lane: Arc<Mutex<Lane>>, source: Arc<Source>, stop: CancellationToken) {
    let mut troubles = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));
    // a step is finished, not dropped: a claim under way would outlive its owner
    while !stop.is_cancelled() {
        let outcome = lane.lock().await.step(&source).await;
        if let Some(pause) = rest(outcome, &mut troubles) {
            stop.run_until_cancelled(back_off(pause)).await;
        }
    }
    if let Err(error) = lane.lock().await.release().await {
        tracing::warn!(%error, "the lease could not be given up; it ends by itself");
    }
}

fn rest(outcome: Result<Step, LaneError>, troubles: &mut BackOff) -> Option<Duration> {
    match outcome {
        Ok(Step::Applied { .. } | Step::Idle) => {
            troubles.reset();
            None
        }
        Ok(Step::NotOurs | Step::Halted(_)) => Some(STANDBY),
        Ok(Step::Failed(reason)) => {
            tracing::debug!(reason, "a batch failed and is tried again, smaller");
            Some(troubles.next_pause())
        }
        Err(error) => {
            let pause = troubles.next_pause();
            tracing::warn!(%error, ?pause, "the projection cannot go on now");
            Some(pause)
        }
    }
}
