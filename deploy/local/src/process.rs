//! Child processes: started so that they die with the launcher, ended in order, never left behind.
//!
//! Each child gets a process group of its own: Ctrl-C reaches the launcher alone, which then stops
//! its children in order. On Linux with `setpriv` each child also asks the kernel for a signal when
//! its parent dies. That signal hangs on the *thread* that started the child, so all children are
//! started by one thread that lives as long as this process.

use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use service_runtime::clock::{Stopwatch, back_off};

use crate::account::Account;
use crate::last_words::last_words;
use crate::{environment, log_file};

/// A program to start.
#[derive(Debug, Clone)]
pub struct Program {
    /// What people call it.
    pub name: String,
    /// The executable.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables added to the launcher's own environment.
    pub variables: Vec<(String, String)>,
    /// The file both its outputs are appended to.
    pub log: PathBuf,
    /// As whom it runs; `None` = as the launcher.
    pub account: Option<Account>,
    /// What it is sent when the launcher dies.
    pub when_orphaned: Signal,
}

/// A started child. Dropped, it is killed and waited for.
#[derive(Debug)]
pub struct Running {
    /// What people call it.
    pub name: String,
    log: PathBuf,
    child: Child,
    ended: Option<ExitStatus>,
}

type Order = (Command, mpsc::Sender<std::io::Result<Child>>);

/// Starts `command` from the one thread that lives as long as the process.
fn start_from_lasting_thread(command: Command) -> Result<Child> {
    static STARTER: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (orders, inbox) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in inbox {
                drop(answer.send(command.spawn()));
            }
        });
        orders
    });
    let (answer, child) = mpsc::channel();
    let gone = || anyhow!("the thread that starts programs has ended");
    starter.send((command, answer)).map_err(|_| gone())?;
    Ok(child.recv().map_err(|_| gone())??)
}

/// `setpriv`, if this machine has one that can bind a child's life to its parent's.
fn setpriv() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let path = environment::program("setpriv")?;
        let manual = Command::new(&path).arg("--help").output().ok()?;
        String::from_utf8_lossy(&manual.stdout).contains("--pdeathsig").then_some(path)
    };
    FOUND.get_or_init(find).as_deref()
}

fn command(program: &Program) -> Command {
    let mut command = match setpriv() {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            if let Some(Account { uid, gid }) = program.account {
                command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}"));
                command.arg("--clear-groups");
            }
            command.arg("--pdeathsig").arg(program.when_orphaned.as_str());
            command.arg("--").arg(&program.path);
            command
        }
        None => {
            let mut command = Command::new(&program.path);
            if let Some(Account { uid, gid }) = program.account {
                command.uid(uid).gid(gid);
            }
            command
        }
    };
    command.args(&program.arguments).env("RUST_BACKTRACE", "0");
    for name in environment::LAUNCHER_ONLY {
        command.env_remove(name);
    }
    command.envs(program.variables.iter().map(|(name, value)| (name, value)));
    command
}

impl Running {
    /// Starts `program`.
    ///
    /// # Errors
    /// When its log cannot be written or the system cannot start it.
    pub fn start(program: &Program) -> Result<Self> {
        let mut command = command(program);
        let log = log_file::open(&program.log)?;
        let errors = log.try_clone().context("a log can be written twice")?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0).current_dir("/");
        let child = start_from_lasting_thread(command).with_context(|| {
            format!("cannot start {} ({})", program.name, program.path.display())
        })?;
        Ok(Self { name: program.name.clone(), log: program.log.clone(), child, ended: None })
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.child.id().try_into().expect("invariant: a process number is a positive i32")
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Waits until it ends by itself. Safe to cancel.
    pub async fn wait(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            back_off(Duration::from_millis(25)).await;
        }
    }

    /// Sends a signal; nothing happens when it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let _ = kill(Pid::from_raw(self.pid()), signal);
        }
    }

    /// Sends `signals` one after the other, each with its time to take effect, until it has ended.
    pub async fn end(&mut self, signals: &[(Signal, Duration)]) {
        for (signal, patience) in signals {
            self.signal(*signal);
            let watch = Stopwatch::start();
            while self.ended().is_none() && watch.elapsed() < *patience {
                back_off(Duration::from_millis(10)).await;
            }
        }
    }

    /// One clause on how it ended, with the last telling line of its log.
    #[must_use]
    pub fn obituary(&self) -> String {
        let how = match self.ended {
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("ended with status {code}"),
                (None, Some(signal)) => format!("was ended by signal {signal}"),
                (None, None) => "ended".to_owned(),
            },
            None => "does not answer".to_owned(),
        };
        // Who was killed from outside had no time for last words.
        let killed =
            self.ended.is_some_and(|status| status.signal() == Some(Signal::SIGKILL as i32));
        match last_words(&self.log).filter(|_| !killed) {
            Some(line) => format!("{} {how}: {line}", self.name),
            None => format!("{} {how}", self.name),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.signal(Signal::SIGKILL);
            drop(self.child.wait());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(folder: &Path) -> Program {
        Program {
            name: "sleeper".into(),
            path: "/bin/sh".into(),
            arguments: ["-c", "echo ERROR no luck; echo bye; exec sleep 60"]
                .map(OsString::from)
                .into(),
            variables: Vec::new(),
            log: folder.join("log"),
            account: None,
            when_orphaned: Signal::SIGTERM,
        }
    }

    #[tokio::test]
    async fn a_child_is_ended_and_its_last_words_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Running::start(&sleeper(folder.path())).unwrap();
        while last_words(&folder.path().join("log")).is_none_or(|line| !line.contains("no luck")) {
            back_off(Duration::from_millis(5)).await;
        }
        assert!(child.ended().is_none());
        child.end(&[(Signal::SIGTERM, Duration::from_secs(10))]).await;
        assert_eq!(child.obituary(), "sleeper was ended by signal 15: ERROR no luck");
    }

    #[tokio::test]
    async fn a_missing_program_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut missing = sleeper(folder.path());
        missing.path = "/nowhere/program".into();
        let told = match Running::start(&missing) {
            Err(error) => format!("{error:#}"),
            Ok(mut child) => {
                child.wait().await;
                child.obituary()
            }
        };
        assert!(told.contains("/nowhere/program"), "{told}");
    }
}
