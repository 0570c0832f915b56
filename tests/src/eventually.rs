//! Waiting for what can be observed, with a deadline. Must never be a pause of fixed length.

use std::time::Duration;

use service_runtime::clock::{Stopwatch, back_off};

/// Asks until the answer is yes.
///
/// # Panics
/// When it is still no after `patience`.
pub async fn eventually(what: &str, patience: Duration, mut yes: impl AsyncFnMut() -> bool) {
    let told = async || if yes().await { Ok(()) } else { Err(String::new()) };
    eventually_told(what, patience, told).await;
}

/// As [`eventually`], where a no comes with what was seen instead.
///
/// # Panics
/// When it is still no after `patience`; tells the last reason.
pub async fn eventually_told(
    what: &str,
    patience: Duration,
    mut asked: impl AsyncFnMut() -> Result<(), String>,
) {
    let watch = Stopwatch::start();
    while let Err(seen) = asked().await {
        assert!(
            watch.elapsed() < patience,
            "it did not happen within {patience:?} that {what} {seen}"
        );
        back_off(Duration::from_millis(20)).await;
    }
}
