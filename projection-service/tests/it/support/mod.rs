//! What the tests share: a log with a stream, and a tally that shows any event lost or repeated.

pub mod bulk;
pub mod choosy;
pub mod facts;
pub mod nats_server;
pub mod publisher;
pub mod pump;
pub mod reader;
pub mod stage;
pub mod tally;
pub mod without;

use std::time::Duration;

pub use reader::Reader;
pub use stage::Stage;

/// What `./deploy/test` tells the tests about this machine.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; ./deploy/test sets it"))
}

/// Asks until the answer is yes; a test fails after half a minute of no.
pub async fn eventually(what: &str, mut yes: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if yes().await {
            return;
        }
        service_runtime::clock::back_off(Duration::from_millis(10)).await;
    }
    panic!("it never happened that {what}");
}
