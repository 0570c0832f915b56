//! The servers tests need, around one command: a shared Postgres, nats-server, Python with the
//! packages of `requirements.txt`. They stop when the command ends.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::sys::statvfs::statvfs;
use sha2::{Digest, Sha256};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::console::{self, say};
use crate::postgres::{Cluster, Options};
use crate::toolchain::wheels::Wheels;
use crate::toolchain::{self, Wanted};
use crate::{account, environment, places, random};

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// Which Postgres the tests run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The oldest installed one that is supported, else the pinned one.
    Oldest,
    /// The pinned one.
    Pinned,
}

/// The versions of Postgres there are to test on: the oldest installed one, or the pinned one where none is
/// installed; then the pinned one where the first is of another major version.
///
/// # Errors
/// When the list of pinned programs is damaged.
pub fn legs() -> Result<Vec<String>> {
    let pinned = Wheels::pinned()?.postgres;
    let pinned_version = pinned.version.clone();
    // any account will do: nothing is started
    let installed = toolchain::installed::postgres(None).into_iter().next();
    Ok(match installed {
        Some(tools) if tools.major != pinned.major()? => vec![tools.version, pinned_version],
        Some(tools) => vec![tools.version],
        None => vec![pinned_version],
    })
}

/// Runs `command` with `SALGSLOGG_TEST_POSTGRES`, `SALGSLOGG_TEST_NATS_SERVER`, `SALGSLOGG_TEST_PYTHON`
/// and `SALGSLOGG_TEST_PROMTOOL` set; its exit status is the answer. Where promtool cannot be had, its
/// variable says why instead, and the tests that need it fail with that sentence.
///
/// # Errors
/// When a server cannot be found, fetched or started, or the command cannot be run.
pub async fn around(command: &[String], leg: Leg) -> Result<ExitCode> {
    let [program, arguments @ ..] = command else { bail!("no command to run was given") };
    let nats = toolchain::nats_server().await?;
    let python = python().await?;
    let promtool = toolchain::promtool::promtool().await;
    let promtool =
        promtool.map_or_else(|error| console::sentence(&error).into(), PathBuf::into_os_string);
    let folder = scratch()?;
    let account = account::for_cluster(folder.path())?;
    let tools = match leg {
        Leg::Oldest => toolchain::postgres(Wanted::Oldest, account).await?,
        Leg::Pinned => toolchain::fetched_postgres(account).await?,
    };
    let mut cluster =
        Cluster::start(&tools, &folder.path().join("postgres"), Options::for_tests()).await?;
    say(format_args!("tests run on Postgres {} ({})", cluster.version(), nats.display()));
    let mut child = Command::new(program)
        .args(arguments)
        .env("SALGSLOGG_TEST_POSTGRES", cluster.url("postgres"))
        .env("SALGSLOGG_TEST_NATS_SERVER", &nats)
        .env("SALGSLOGG_TEST_PYTHON", &python)
        .env("SALGSLOGG_TEST_PROMTOOL", &promtool)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    let mut terminated = signal(SignalKind::terminate()).context("signals cannot be received")?;
    let mut interrupted = signal(SignalKind::interrupt()).context("signals cannot be received")?;
    let status = tokio::select! {
        status = child.wait() => Some(status.context("the command is lost")?),
        _ = terminated.recv() => None,
        _ = interrupted.recv() => None,
    };
    drop(child);
    cluster.stop().await;
    let code = status.and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// Where files in memory lie.
const MEMORY: &str = "/dev/shm";

/// How much there has to be free: many times what the databases of the tests come to at once.
const ROOM: u64 = 6 << 30;

/// Memory, where it has plenty of room. Tests make a thousand databases of several hundred files each, and a third of the
/// processors' time went into finding places for these on a disk. Servers are set as everywhere, and whoever kills them
/// finds what they had written: only a machine that loses its power would tell the difference.
fn in_memory() -> Option<PathBuf> {
    let is_memory = statfs(MEMORY).is_ok_and(|found| found.filesystem_type() == TMPFS_MAGIC);
    let room = statvfs(MEMORY).map_or(0, |found| found.blocks_available() * found.fragment_size());
    (is_memory && room >= ROOM).then(|| PathBuf::from(MEMORY))
}

/// A temporary folder that root's unprivileged account can enter.
fn scratch() -> Result<tempfile::TempDir> {
    let parent = match in_memory() {
        Some(memory) => memory,
        None if account::root() => places::elsewhere()?,
        None => std::env::temp_dir(),
    };
    let folder = tempfile::Builder::new().prefix("salgslogg-tests-").tempdir_in(parent);
    let folder = folder.context("no temporary folder can be made")?;
    let mode = if account::root() { 0o755 } else { 0o700 };
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode))
        .context("the temporary folder cannot be opened")?;
    Ok(folder)
}

/// A Python with the pinned packages, made once per content of `requirements.txt`.
async fn python() -> Result<PathBuf> {
    let system = environment::program("python3")
        .context("python3 is missing: the tests run Python programs against the stack")?;
    let told =
        Command::new(&system).arg("--version").output().await.context("python3 does not start")?;
    let mut digest = Sha256::new();
    digest.update(REQUIREMENTS);
    digest.update(&told.stdout);
    digest.update(system.as_os_str().as_encoded_bytes());
    let name = format!("python-{}", random::hex(&digest.finalize()[..6]));
    let folder = places::cache()?.join(name);
    let python = folder.join("bin/python");
    let shelf = folder.with_extension("lock");
    let lock =
        fs::File::create(&shelf).with_context(|| format!("cannot write {}", shelf.display()))?;
    lock.lock().context("the cache cannot be locked")?;
    if !folder.join("complete").is_file() {
        console::during("installing the Python packages of the tests", install(&system, &folder))
            .await?;
        fs::write(folder.join("complete"), "").context("cannot write to the cache")?;
    }
    Ok(python)
}

async fn install(system: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot clear away an unfinished Python environment")?;
    }
    let mut make = Command::new(system);
    finish(
        make.args(["-m", "venv", "--without-pip"]).arg(folder),
        "python3 cannot make an environment",
    )
    .await?;
    let python = folder.join("bin/python");
    let question = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let told = Command::new(&python).args(["-c", question]).output().await;
    let told = told.context("the new Python environment does not start")?;
    let target = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    let list = folder.join("requirements.txt");
    fs::write(&list, REQUIREMENTS).context("cannot write to the cache")?;
    let mut pip = Command::new(system);
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
        .args(["--only-binary=:all:", "--root-user-action=ignore", "--target", &target, "-r"])
        .arg(list);
    finish(&mut pip, "pip cannot install the Python packages of the tests").await
}

async fn finish(command: &mut Command, complaint: &str) -> Result<()> {
    let told = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let told = told.context(complaint.to_owned())?;
    if !told.status.success() {
        let text = String::from_utf8_lossy(&told.stderr).into_owned();
        let line = text.lines().rev().find(|line| !line.trim().is_empty());
        bail!("{complaint}: {}", line.unwrap_or("no reason given").trim());
    }
    Ok(())
}
