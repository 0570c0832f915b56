//! Processes of a cluster that outlived their launcher, and the pid file a killed postmaster left.
//!
//! Every process of a cluster has the data folder as its working folder, and the postmaster's number
//! is the first line of `postmaster.pid`. A number that belongs to a stranger by now is no reason to
//! refuse a start, so such a file is removed; while any process of the cluster lives, it is not.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::console;
use crate::pidfile::Identity;

/// Ends whatever still runs in `data`, cleanly if possible, and removes a stale pid file.
///
/// # Errors
/// When a process cannot be ended, e.g. because it belongs to another user.
pub async fn end_all(data: &Path) -> Result<()> {
    if let Some(postmaster) = postmaster(data) {
        let patience = [
            (Signal::SIGINT, Duration::from_secs(60)),
            (Signal::SIGQUIT, Duration::from_secs(5)),
            (Signal::SIGKILL, Duration::from_secs(5)),
        ];
        let what = "stopping a Postgres that outlived its launcher";
        if !console::during(what, postmaster.end(&patience)).await {
            bail!(
                "an older Postgres (process {}) still runs in {}",
                postmaster.pid,
                data.display()
            );
        }
    }
    kill_all(data).await;
    if !processes_in(data).is_empty() {
        bail!("processes of an older Postgres still run in {}", data.display());
    }
    let file = data.join("postmaster.pid");
    if file.exists() {
        drop(fs::remove_file(file));
    }
    Ok(())
}

/// Stops every process that works in `data` where it is, so that none acts on the death of another.
pub fn freeze_all(data: &Path) {
    for process in processes_in(data) {
        let _ = kill(Pid::from_raw(process.pid), Signal::SIGSTOP);
    }
}

/// kill -9 of every process that works in `data`.
pub async fn kill_all(data: &Path) {
    for process in processes_in(data) {
        process.end(&[(Signal::SIGKILL, Duration::from_secs(5))]).await;
    }
}

/// The living postmaster of `data`: its pid file's process, if that one is a Postgres working there.
fn postmaster(data: &Path) -> Option<Identity> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    let identity = Identity::of(pid)?;
    let known = Path::new("/proc/self/cwd").exists();
    (!known || works_in(pid, data)).then_some(identity)
}

fn works_in(pid: i32, data: &Path) -> bool {
    let folder = fs::read_link(format!("/proc/{pid}/cwd")).ok();
    folder.is_some() && folder == fs::canonicalize(data).ok()
}

/// Every Postgres process that works in `data`. Empty where the system has no `/proc`.
fn processes_in(data: &Path) -> Vec<Identity> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let ours = pids.filter(|pid| works_in(*pid, data) && is_postgres(*pid));
    ours.filter_map(Identity::of).collect()
}

fn is_postgres(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("postgres"))
}
