//! What happens to the stack meanwhile: restarts of each service, told or killed, and a read model rebuilt, promoted
//! and its old generation dropped.

use std::io::{Write, stdout};
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::Value;
use service_runtime::clock::Stopwatch;
use tokio::sync::Mutex;

use super::load::{Tally, one};
use super::wait;
use crate::machine::Stack;

/// Time between two disturbances.
const EVERY: Duration = Duration::from_secs(100);
/// A retired generation is read by nobody after a minute.
const GRACE: Duration = Duration::from_secs(75);
/// Nothing happens so shortly before the end.
const QUIET_END: Duration = Duration::from_secs(60);

/// One disturbance.
#[derive(Debug, Clone, Copy)]
enum Disturbance {
    Command(Signal),
    Projection(Signal),
    Rebuild(&'static str),
}

/// What happens, in turn.
const ROUND: [Disturbance; 6] = [
    Disturbance::Rebuild("sale"),
    Disturbance::Command(Signal::SIGTERM),
    Disturbance::Projection(Signal::SIGKILL),
    Disturbance::Rebuild("activity"),
    Disturbance::Command(Signal::SIGKILL),
    Disturbance::Projection(Signal::SIGTERM),
];

/// Disturbs until `time` is nearly over.
pub async fn run(stack: &Mutex<Stack>, tally: &Tally, time: Duration) -> anyhow::Result<()> {
    let watch = Stopwatch::start();
    for (disturbance, number) in ROUND.into_iter().cycle().zip(1..) {
        let at = EVERY * number;
        if at + QUIET_END + GRACE >= time {
            return Ok(());
        }
        wait(watch, at).await;
        match disturbance {
            Disturbance::Command(signal) => {
                let command = &mut stack.lock().await.command;
                command.end(signal).await;
                command.start().await?;
                one(&tally.restarts);
            }
            Disturbance::Projection(signal) => {
                let projection = &mut stack.lock().await.projection;
                projection.end(signal).await;
                projection.start().await?;
                one(&tally.restarts);
            }
            Disturbance::Rebuild(model) => rebuild(stack, tally, model).await?,
        }
        writeln!(stdout(), "{:>5} s  {disturbance:?}", watch.elapsed().as_secs())?;
    }
    Ok(())
}

/// Builds, promotes, waits out the grace and drops the old generation.
async fn rebuild(stack: &Mutex<Stack>, tally: &Tally, model: &str) -> anyhow::Result<()> {
    salgslogg(stack, &["projection", "rebuild", model]).await?;
    let mut promoted = salgslogg(stack, &["projection", "promote", model]).await;
    for _ in 0..5 {
        if promoted.is_ok() {
            break;
        }
        service_runtime::clock::back_off(Duration::from_secs(3)).await;
        promoted = salgslogg(stack, &["projection", "promote", model]).await;
    }
    let switched = promoted?;
    one(&tally.rebuilds);
    if let Some(before) = switched["from"].as_i64() {
        service_runtime::clock::back_off(GRACE).await;
        salgslogg(stack, &["projection", "drop", model, &before.to_string(), "--yes"]).await?;
    }
    Ok(())
}

/// One call of the command line; its JSON.
async fn salgslogg(stack: &Mutex<Stack>, arguments: &[&str]) -> anyhow::Result<Value> {
    let mut command = stack.lock().await.salgslogg()?;
    let told = command.arg("--json").args(arguments).output().await?;
    let said = String::from_utf8_lossy(&told.stderr);
    anyhow::ensure!(told.status.success(), "salgslogg {}: {said}", arguments.join(" "));
    Ok(serde_json::from_slice(&told.stdout)?)
}
