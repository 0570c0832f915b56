//! Waiting for what can be observed, with a deadline. Must never be a pause of fixed length.

use std::time::Duration;

use service_runtime::clock::{Stopwatch, back_off};

/// Asks until the answer is yes.
///
/// # Panics
/// When it is still no after `patience`.
pub async fn eventually(what: &str, patience: Duration, mut yes: impl AsyncFnMut() -> bool) {
    let watch = Stopwatch::start();
    while !yes().await {
        assert!(watch.elapsed() < patience, "it did not happen within {patience:?} that {what}");
        back_off(Duration::from_millis(20)).await;
    }
}
