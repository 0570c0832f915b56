//! Remembers which process was started, so that a later launcher can find and end an orphan. A pid
//! alone is not trusted: the start time is stored beside it, because numbers are used again.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use service_runtime::clock::{Stopwatch, back_off};

/// A process and when it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The process number.
    pub pid: i32,
    /// When it began, in the system's own notation; only ever compared.
    pub started: String,
}

impl Identity {
    /// The identity of a living process; `None` when there is none of that number.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        started(pid).map(|started| Self { pid, started })
    }

    /// Whether exactly this process still lives.
    #[must_use]
    pub fn lives(&self) -> bool {
        started(self.pid).is_some_and(|started| started == self.started)
    }

    /// Sends `signals` one after the other, each with its time to take effect, until it has ended.
    /// `true` when it has.
    pub async fn end(&self, signals: &[(Signal, Duration)]) -> bool {
        for (signal, patience) in signals {
            if !self.lives() {
                return true;
            }
            let _ = kill(Pid::from_raw(self.pid), *signal);
            let watch = Stopwatch::start();
            while watch.elapsed() < *patience && self.lives() {
                back_off(Duration::from_millis(20)).await;
            }
        }
        !self.lives()
    }
}

/// When a process began: field 22 of `/proc/<pid>/stat`, elsewhere what `ps` says. A zombie has ended.
fn started(pid: i32) -> Option<String> {
    if Path::new("/proc/self/stat").exists() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        return (state != "Z" && state != "X").then(|| fields.nth(18).map(str::to_owned))?;
    }
    let ps = Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).output().ok()?;
    let line = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
    (!line.is_empty()).then_some(line)
}

/// Writes the identity of process `pid` to `path`.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, pid: i32) -> Result<()> {
    let identity = Identity::of(pid).unwrap_or(Identity { pid, started: String::new() });
    let text = serde_json::to_string(&identity).context("a pid file is JSON")?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The process a file tells of, if exactly that one still lives.
#[must_use]
pub fn living(path: &Path) -> Option<Identity> {
    let text = fs::read_to_string(path).ok()?;
    let identity: Identity = serde_json::from_str(&text).ok()?;
    identity.lives().then_some(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reused_number_is_not_taken_for_the_process_of_old() {
        let ours = Identity::of(std::process::id().try_into().unwrap()).unwrap();
        assert!(ours.lives());
        assert!(!Identity { started: "0".into(), ..ours }.lives());
    }

    #[test]
    fn a_file_tells_of_a_living_process_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        assert_eq!(living(&path), None);
        write(&path, std::process::id().try_into().unwrap()).unwrap();
        assert!(living(&path).is_some());
        fs::write(&path, "{\"pid\":1,\"started\":\"never\"}").unwrap();
        assert_eq!(living(&path), None);
    }
}
