//! The demo on a whole stack: a launcher that is killed while it loads goes on with the next start, on the
//! day it began, and a stack with a history of its own is left alone.

use std::process::{Command, Stdio};

use local_stack::stack::http;
use serde_json::Value;

use crate::launcher::{Clone, PORTS, eventually, kill9};

impl Clone {
    /// An answer of the read side to the manager.
    async fn ask(&self, path: &str) -> Option<Value> {
        let found = self.variables();
        let url = format!("{}{path}", found["QUERY_URL"]);
        let asked = http::client().unwrap().get(url).bearer_auth(&found["TOKEN_MANAGER"]);
        asked.send().await.ok()?.error_for_status().ok()?.json().await.ok()
    }

    /// How far the log is.
    async fn position(&self) -> u64 {
        let answer = self.ask("/v1/projections").await;
        answer.and_then(|answer| answer["position"].as_u64()).unwrap_or_default()
    }

    fn remembered(&self) -> Value {
        let text = std::fs::read(self.local("state.json")).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()["demo"].take()
    }
}

#[tokio::test]
async fn a_launcher_killed_while_it_loads_goes_on_with_the_next_start() {
    let _ports = PORTS.lock().await;
    let clone = Clone::new();
    let mut launcher = Command::new(env!("CARGO_BIN_EXE_local-stack"));
    launcher.args(["up", "--root"]).arg(&clone.root).stdout(Stdio::null()).stderr(Stdio::null());
    launcher.env_remove("SALGSLOGG_DATABASE_URL").env_remove("SALGSLOGG_NATS_URL");
    let mut launcher = launcher.spawn().unwrap();
    eventually("a started load", async || {
        clone.local("env").is_file() && clone.position().await > 100
    })
    .await;
    kill9(&clone.process("run/launcher.pid"));
    launcher.wait().unwrap();
    let killed = clone.remembered();
    assert_eq!(killed["complete"], false, "it was killed too late to prove anything");

    let shown = clone.must(&["up", "--detach"]);
    assert!(shown.contains("commands in") && shown.contains("stalled"), "{shown}");
    let done = clone.remembered();
    assert_eq!(done["complete"], true);
    assert_eq!(done["began"], killed["began"], "the demo is told from the day it was begun on");
    let pipeline = clone.ask("/v1/pipeline?limit=1").await.unwrap();
    let count = |status: &str| pipeline["totals"][status]["count"].as_u64().unwrap();
    assert_eq!(["open", "stalled", "won", "lost"].map(count).iter().sum::<u64>(), 300);

    let whole = clone.position().await;
    clone.must(&["down"]);
    clone.must(&["up", "--detach"]);
    assert_eq!(clone.position().await, whole, "a demo that is there is not loaded again");
}

#[tokio::test]
async fn a_stack_with_a_history_of_its_own_is_left_alone() {
    let _ports = PORTS.lock().await;
    let clone = Clone::new();
    clone.must(&["up", "--detach", "--no-demo"]);
    let found = clone.variables();
    let url = format!("{}/v1/tenants/demo/set-time-zone", found["COMMAND_URL"]);
    let body = serde_json::json!({ "time_zone": "Europe/Oslo" });
    let client = http::client().unwrap();
    let said = client.post(url).bearer_auth(&found["TOKEN_ADMIN"]).json(&body).send().await;
    said.unwrap().error_for_status().unwrap();
    clone.must(&["down"]);
    let shown = clone.must(&["up", "--detach"]);
    assert!(shown.contains("the demo is not loaded"), "{shown}");
    assert_eq!(clone.position().await, 2, "the tenant and its zone");
}
