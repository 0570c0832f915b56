//! `up --detach`: a launcher in a session of its own, and a first process that returns when it is ready.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, dup2_stderr, dup2_stdout, setsid};
use service_runtime::clock::back_off;
use tokio::signal::ctrl_c;

use crate::places::Places;
use crate::{log_file, pidfile};

/// Starts a launcher behind and waits until its stack is ready; its words go to this terminal until
/// then, to `.local/log/launcher.log` afterwards.
///
/// # Errors
/// When it cannot be started, or Ctrl-C stops it before it is ready.
pub async fn start(root: &Path, demo: bool) -> Result<ExitCode> {
    let places = Places::of(root)?;
    let this = std::env::current_exe().context("the launcher does not know where it lies")?;
    let mut launcher = Command::new(this);
    launcher.arg("up").arg("--root").arg(root).arg("--behind").stdin(Stdio::null());
    if !demo {
        launcher.arg("--no-demo");
    }
    let mut launcher = launcher.spawn().context("the launcher cannot be started behind")?;
    let pid = i32::try_from(launcher.id()).context("invariant: a process number is an i32")?;
    let mut told = false;
    loop {
        if let Some(status) = launcher.try_wait().context("the launcher behind is lost")? {
            if told {
                bail!("stopped before the stack was ready");
            }
            let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
            return Ok(ExitCode::from(code));
        }
        if pidfile::living(&places.at("run/ready")).is_some_and(|ready| ready.pid == pid) {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = back_off(Duration::from_millis(50)) => {}
            _ = ctrl_c(), if !told => {
                told = true;
                let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            }
        }
    }
}

/// Gives the launcher behind a session of its own, so that a closing terminal does not reach it.
///
/// # Errors
/// When it leads a process group already.
pub fn new_session() -> Result<()> {
    setsid().map(drop).context("the launcher cannot leave its terminal")
}

/// Lets go of the terminal: from now on both outputs go to the launcher's log.
///
/// # Errors
/// When the log cannot be written.
pub fn let_go(places: &Places) -> Result<()> {
    let log = log_file::open(&places.log("launcher"))?;
    dup2_stdout(&log).and_then(|()| dup2_stderr(&log)).context("the launcher keeps its terminal")
}
