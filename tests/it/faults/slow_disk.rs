//! strace on every process of a private Postgres: calls that fail or take long, as a bad disk makes them. Must be told
//! to stop before the cluster is judged.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use local_stack::postgres::Cluster;
use system_tests::eventually::eventually;

use super::seed::tell;

/// A tracer at work; dropped, it lets go of Postgres.
pub struct Tracer(Child);

impl Tracer {
    /// Whether this machine has strace and lets it look at other processes; said aloud where not.
    pub fn is_possible() -> bool {
        let quiet =
            |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let possible = quiet(Command::new("strace").args(["-e", "trace=none", "true"]));
        let possible = possible.is_ok_and(|status| status.success());
        if !possible {
            tell("SKIPPED: strace is not installed, or may not trace");
        }
        possible
    }

    /// Begins to injure `injection` into all processes of the cluster, those to come included, and waits until it does.
    pub async fn inject(cluster: &Cluster, injection: &str, folder: &Path) -> Self {
        let notes = folder.join("strace");
        let mut command = Command::new("strace");
        command.arg("-f").arg("-o").arg(&notes);
        command.args(["-e", "trace=fdatasync", "-e", &format!("inject=fdatasync:{injection}")]);
        let postmaster = cluster.pid().unwrap();
        for pid in std::iter::once(postmaster).chain(children(postmaster)) {
            command.arg("-p").arg(pid.to_string());
        }
        let tracer = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        eventually("strace is attached", Duration::from_secs(10), async || {
            std::fs::read_to_string(format!("/proc/{postmaster}/status"))
                .is_ok_and(|status| !status.contains("TracerPid:\t0\n"))
        })
        .await;
        tracer
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.0.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).ok();
        self.0.wait().ok();
    }
}

fn children(parent: i32) -> Vec<i32> {
    let list = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    list.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}
