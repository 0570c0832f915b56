//! What the oracle says when the load has ended and everybody has caught up.

use std::io::{Write, stdout};
use std::time::Duration;

use event_store::EventStore;
use service_runtime::clock::Stopwatch;
use system_tests::log_ok::Evidence;

use crate::machine::{Stack, reached};

/// How long the followers may need.
const CATCH_UP_WITHIN: Duration = Duration::from_secs(300);

/// Judges log, stream and read models.
pub async fn judge(stack: &Stack) -> anyhow::Result<()> {
    let read_side = stack.superuser().await?;
    let head = reached::head(&read_side).await?;
    stack.until_followed(&read_side, head, CATCH_UP_WITHIN).await?;
    let watch = Stopwatch::start();
    let pool = event_store::connect(&stack.superuser_url(), 4)?;
    let store = EventStore::new(pool, 1);
    let found =
        Evidence { store: &store, nats: stack.nats(), read_side: &read_side }.log_ok().await?;
    writeln!(stdout(), "log ok after {} s: {found:?}", watch.elapsed().as_secs())?;
    Ok(())
}
