//! The wall clock, for the lifetime of a token, and the pauses before asking again. Nothing else may
//! ask the time or wait.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Now, by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the one place where the command line asks the time")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Waits before asking the stack again.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the command line waits: polls and back-off, never a business time"
)]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
