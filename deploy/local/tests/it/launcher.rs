//! The launcher as a person uses it: up, killed, up again, down. It starts the services as cargo last
//! built them: `./deploy/test` builds them first.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use local_stack::pidfile::{self, Identity};
use local_stack::stack::http;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use service_runtime::clock::{Stopwatch, back_off};
use tokio::sync::Mutex;

use crate::open_folder;

/// One stack at a time prefers the usual ports: a test whose stack must come back on its own ports holds
/// this, and so does every other that starts one.
pub(crate) static PORTS: Mutex<()> = Mutex::const_new(());

/// A clone with a stack; wiped at the end, however the test ends.
pub(crate) struct Clone {
    pub(crate) root: PathBuf,
    _folder: tempfile::TempDir,
}

impl Clone {
    pub(crate) fn new() -> Self {
        let folder = open_folder();
        let root = folder.path().join("clone");
        std::fs::create_dir(&root).unwrap();
        Self { root, _folder: folder }
    }

    pub(crate) fn launch(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_local-stack"));
        command.args(&arguments[..1]).arg("--root").arg(&self.root).args(&arguments[1..]);
        command.env_remove("SALGSLOGG_DATABASE_URL").env_remove("SALGSLOGG_NATS_URL");
        // Files, not pipes: what is started behind must not keep this test waiting.
        let (out, err) = (self.root.join("out"), self.root.join("err"));
        command.stdout(std::fs::File::create(&out).unwrap());
        command.stderr(std::fs::File::create(&err).unwrap());
        let status = command.status().unwrap();
        Output { status, stdout: std::fs::read(out).unwrap(), stderr: std::fs::read(err).unwrap() }
    }

    pub(crate) fn must(&self, arguments: &[&str]) -> String {
        let told = self.launch(arguments);
        let errors = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success(), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&told.stdout).into_owned()
    }

    pub(crate) fn local(&self, name: &str) -> PathBuf {
        self.root.join(".local").join(name)
    }

    /// `.local/env`.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(self.local("env")).unwrap();
        let pairs = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())).collect()
    }

    /// Lines of the log as the auditor reads them.
    async fn events(&self) -> usize {
        let found = self.variables();
        let url = format!("{}/v1/events?after=0&limit=1000", found["QUERY_URL"]);
        let client = http::client().unwrap();
        let answer = client.get(url).bearer_auth(&found["TOKEN_AUDITOR"]).send().await.unwrap();
        answer.error_for_status().unwrap().text().await.unwrap().lines().count()
    }

    pub(crate) fn process(&self, pid_file: &str) -> Identity {
        pidfile::living(&self.local(pid_file)).unwrap()
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        self.launch(&["down", "--wipe"]);
    }
}

pub(crate) fn kill9(process: &Identity) {
    kill(Pid::from_raw(process.pid), Signal::SIGKILL).unwrap();
}

/// Waits until `question` answers yes.
pub(crate) async fn eventually(what: &str, question: impl AsyncFn() -> bool) {
    let watch = Stopwatch::start();
    while !question().await {
        assert!(watch.elapsed() < Duration::from_secs(60), "{what} did not come about");
        back_off(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_killed_launcher_and_killed_children_lose_no_event() {
    let _ports = PORTS.lock().await;
    let clone = Clone::new();
    let shown = clone.must(&["up", "--detach"]);
    for table in [
        "pipeline of the demo",
        "Ola's diary",
        "forecast by quarter",
        "all open",
        "stalled",
        "Targets of the year",
        "6 000 000.00",
        "Kari's board",
        "Sanne de Vries",
    ] {
        assert!(shown.contains(table), "{table}: {shown}");
    }
    let (before, events) = (clone.variables(), clone.events().await);
    assert!(events > 40, "the demo is in the log");

    let told = clone.launch(&["up", "--detach"]);
    assert!(!told.status.success());
    assert_eq!(
        String::from_utf8_lossy(&told.stderr),
        "salgslogg: the stack of this clone runs already; ./deploy/down stops it\n"
    );

    for pid_file in ["nats/pid", "run/command-service.pid", "run/projection-service.pid"] {
        let killed = clone.process(pid_file);
        kill9(&killed);
        eventually(pid_file, async || {
            pidfile::living(&clone.local(pid_file)).is_some_and(|found| found != killed)
        })
        .await;
    }
    let launcher = clone.process("run/launcher.pid");
    kill9(&launcher);
    eventually("the end of the launcher", async || !launcher.lives()).await;
    clone.must(&["up", "--detach", "--no-demo"]);
    assert_eq!(clone.events().await, events);
    let after = clone.variables();
    for kept in ["COMMAND_URL", "QUERY_URL", "NATS_URL", "DATABASE_URL"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }

    let found = [clone.process("run/launcher.pid"), clone.process("nats/pid")];
    clone.must(&["down"]);
    assert!(found.iter().all(|process| !process.lives()), "nothing runs after down");
    clone.must(&["down", "--wipe"]);
    assert!(!clone.local("").exists());
}

#[tokio::test]
async fn two_clones_run_at_once_and_do_not_meet() {
    let _ports = PORTS.lock().await;
    let (one, other) = (Clone::new(), Clone::new());
    let up = ["up", "--detach", "--no-demo"];
    std::thread::scope(|scope| {
        scope.spawn(|| one.must(&up));
        scope.spawn(|| other.must(&up));
    });
    let (here, there) = (one.variables(), other.variables());
    for name in ["COMMAND_URL", "QUERY_URL", "NATS_URL", "DATABASE_URL"] {
        assert_ne!(here[name], there[name], "{name}");
    }
    assert_eq!(one.events().await + other.events().await, 0);
    one.must(&["down", "--wipe"]);
    assert_eq!(other.events().await, 0, "the other one goes on");
}
