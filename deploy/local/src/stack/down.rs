//! `down`: stops the stack of a clone, whoever started it, and deletes its state if asked to.

use std::path::Path;

use anyhow::Result;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::console::{during, say};
use crate::pidfile;
use crate::places::Places;
use crate::stack::{service, up};
use crate::toolchain;

/// Stops the launcher of the clone at `root` and what a killed launcher left; `wipe` deletes `.local/`
/// and the cluster it points to.
///
/// # Errors
/// When something cannot be stopped or deleted.
pub async fn run(root: &Path, wipe: bool) -> Result<()> {
    let places = Places::of(root)?;
    if !places.local().is_dir() {
        say("there is no stack in this clone");
        return Ok(());
    }
    places.create()?;
    let launcher = pidfile::living(&places.pid_file("launcher"));
    if let Some(launcher) = &launcher {
        let _ = kill(Pid::from_raw(launcher.pid), Signal::SIGTERM);
    }
    let _lock = up::wait_for_lock(&places).await?;
    service::end_orphans(&places).await?;
    crate::nats::Server::end_left_over(&places.at("nats")).await?;
    if toolchain::cluster_major(&places.at("postgres")).is_some() {
        crate::postgres::end_left_over(&places.at("postgres")).await?;
    }
    let stopped =
        if launcher.is_some() { "the stack is stopped" } else { "the stack does not run" };
    if wipe {
        during("deleting the state", async { places.wipe() }).await?;
        say(format_args!("{stopped}, its state is deleted"));
    } else {
        say(stopped);
    }
    Ok(())
}
