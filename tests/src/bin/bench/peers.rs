//! `./deploy/bench --peers`: the program of `tests/peers/` beside a stack that nothing follows.
//!
//! The program is a workspace of its own and knows nothing of ours: it is told in variables where Postgres, its
//! pgbench and command-service are. It measures us with the driver it measures everybody else with.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::process::Command;

use crate::machine::{Stack, With};

/// Runs the comparison; its tables or its JSON lines go where ours would.
pub async fn run(program: &Path, json: bool, quick: bool) -> anyhow::Result<()> {
    let stack = Stack::start(With::LogOnly).await?;
    let (sale_type, stages) = stack.refers_to();
    let place = json!({"address": stack.command.address(), "token": stack.token(),
        "sale_type": sale_type, "stages": stages});
    let mut command = Command::new(program);
    command.arg("run").args(json.then_some("--json")).args(quick.then_some("--quick"));
    let status = command
        .env("PEERS_DATABASE_URL", stack.superuser_url())
        .env("PEERS_PGBENCH", stack.pgbench())
        .env("PEERS_HTTP", place.to_string())
        .kill_on_drop(true)
        .status()
        .await
        .with_context(|| format!("{} cannot be run", program.display()))?;
    stack.stop().await;
    ensure!(status.success(), "the comparison ended with {status}");
    Ok(())
}
