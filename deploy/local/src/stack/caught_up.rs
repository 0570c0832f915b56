//! Waiting for the read models of a stack that has just started: after a restore, or a stop in the middle of
//! work, the log is longer than what they have seen, and tables printed at once would lack the rest.

use std::time::Duration;

use anyhow::Result;
use reqwest::Client;
use serde_json::Value;
use service_runtime::clock::{Stopwatch, back_off};

use crate::console;
use crate::stack::env_file::Surroundings;
use crate::stack::{Stack, http};

/// How long a start waits for them; a long log takes longer, and everything else works meanwhile.
const AT_MOST: Duration = Duration::from_secs(60);

impl Stack {
    /// Waits until the live read models have seen the whole log; says so when they need longer than a
    /// minute.
    ///
    /// # Errors
    /// When the stack does not run.
    pub async fn caught_up(&self) -> Result<()> {
        let surroundings = self.surroundings()?;
        let client = http::client()?;
        let waiting = wait(&client, &surroundings);
        if let Some(behind) = console::during("waiting for the read models", waiting).await {
            console::warn(format_args!(
                "the read models are {behind} events behind and catching up: salgslogg projection status"
            ));
        }
        Ok(())
    }
}

/// How many events are missing after the longest wait; nothing when none is, or when nobody tells.
async fn wait(client: &Client, surroundings: &Surroundings) -> Option<u64> {
    let url = format!("{}/v1/projections", surroundings.query_url);
    let watch = Stopwatch::start();
    loop {
        let asked = client.get(&url).bearer_auth(surroundings.token("TOKEN_ADMIN")).send().await;
        let answer = asked.ok()?.error_for_status().ok()?.bytes().await.ok()?;
        let missing = behind(&serde_json::from_slice(&answer).ok()?)?;
        if watch.elapsed() >= AT_MOST {
            return Some(missing);
        }
        back_off(Duration::from_millis(100)).await;
    }
}

/// The longest way of a live read model that does not stand still; nothing when all are at the end.
fn behind(answer: &Value) -> Option<u64> {
    let models = answer["projections"].as_array()?.iter();
    let going = models.filter(|model| model["state"] == "live" && model["halted"].is_null());
    going.filter_map(|model| model["lag"].as_u64()).max().filter(|lag| *lag > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_live_read_models_that_go_on_are_waited_for() {
        let model = |state: &str, halted: Value, lag: u64| json!({ "state": state, "halted": halted, "lag": lag });
        let answer = |models: &[Value]| json!({ "projections": models });
        let live = |lag| model("live", Value::Null, lag);
        assert_eq!(behind(&answer(&[live(0), live(0)])), None);
        assert_eq!(behind(&answer(&[live(3), live(3108)])), Some(3108));
        let halted = model("live", json!({ "position": 7 }), 40);
        assert_eq!(behind(&answer(&[live(0), halted, model("retired", Value::Null, 9)])), None);
        assert_eq!(behind(&json!({ "code": "internal" })), None, "nobody tells");
    }
}
