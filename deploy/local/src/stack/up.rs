//! `up`: starts the stack, loads and shows the demo, stays until it is told to stop.

use std::fs::{self, File, TryLockError};
use std::future::Future;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nix::sys::statvfs::statvfs;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::console::{say, warn};
use crate::places::Places;
use crate::stack::{Stack, detach};
use crate::{console, pidfile};

/// A stack needs this much space to start, MiB.
const SPACE_MIN_MIB: u64 = 300;

/// What is wanted of `up`.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    /// Load the demo tenant and show it.
    pub demo: bool,
    /// Let go of the terminal once everything is ready.
    pub behind: bool,
}

/// The three ways of telling a launcher to stop.
struct Stops {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Stops {
    fn new() -> Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be received");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }

    /// Runs `work` unless told to stop before it is done.
    async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.next() => None,
        }
    }
}

/// Runs the stack of the clone at `root` until told to stop.
///
/// # Errors
/// One sentence on what is missing or went wrong; everything is stopped by then.
pub async fn run(root: &Path, wishes: Wishes) -> Result<()> {
    let places = Places::of(root)?;
    places.create()?;
    let _lock = lock(&places)?;
    enough_space(&places)?;
    drop(fs::remove_file(places.at("run/ready")));
    pidfile::write(&places.pid_file("launcher"), std::process::id().try_into()?)?;
    let mut stops = Stops::new()?;
    let mut stack = Stack::of(places.clone())?;
    let outcome = match stops.unless_stopped(begin(&mut stack, wishes)).await {
        Some(Ok(())) => stay(&mut stack, &mut stops, &places, wishes).await,
        Some(Err(error)) => Err(error),
        None => Ok(()),
    };
    if outcome.is_ok() {
        say("\nstopping the stack");
    }
    if stops.unless_stopped(stack.stop()).await.is_none() {
        warn("told twice: stopping at once");
    }
    drop(stack);
    drop(fs::remove_file(places.at("run/ready")));
    drop(fs::remove_file(places.pid_file("launcher")));
    if outcome.is_ok() {
        say("stopped");
    }
    outcome
}

async fn begin(stack: &mut Stack, wishes: Wishes) -> Result<()> {
    stack.start().await?;
    stack.caught_up().await?;
    if wishes.demo {
        stack.load_demo().await?;
        stack.show_demo().await?;
    }
    Ok(())
}

async fn stay(stack: &mut Stack, stops: &mut Stops, places: &Places, wishes: Wishes) -> Result<()> {
    let found = stack.surroundings()?;
    say(format_args!(
        "\ncommands {}   queries {}\naddresses and tokens: . {}",
        found.command_url,
        found.query_url,
        places.at("env").display()
    ));
    if wishes.behind {
        say("the stack runs behind; ./deploy/down stops it");
        detach::let_go(places)?;
    } else {
        say("Ctrl-C stops everything");
    }
    pidfile::write(&places.at("run/ready"), std::process::id().try_into()?)?;
    stops.unless_stopped(stack.watch()).await.unwrap_or(Ok(()))
}

/// Takes the clone's lock, which the system frees even when this process is killed.
///
/// # Errors
/// When another launcher of this clone holds it.
pub fn lock(places: &Places) -> Result<File> {
    let path = places.at("lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("the stack of this clone runs already; ./deploy/down stops it")
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

fn enough_space(places: &Places) -> Result<()> {
    let Ok(found) = statvfs(&places.local()) else { return Ok(()) };
    let free_mib = found.blocks_available().saturating_mul(found.fragment_size()) / (1024 * 1024);
    if free_mib < SPACE_MIN_MIB {
        bail!(
            "the disk of {} has {free_mib} MiB free, and a stack needs {SPACE_MIN_MIB}",
            places.local().display()
        );
    }
    Ok(())
}

/// Says that a stack is being stopped elsewhere, and waits for its lock.
///
/// # Errors
/// When the lock cannot be asked.
pub async fn wait_for_lock(places: &Places) -> Result<File> {
    let waiting = async {
        loop {
            if let Ok(file) = lock(places) {
                return file;
            }
            service_runtime::clock::back_off(std::time::Duration::from_millis(50)).await;
        }
    };
    Ok(console::during("waiting for the stack to stop", waiting).await)
}
