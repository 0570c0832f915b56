//! promtool, which checks metrics and alert rules in the tests. Uses an installed one, else takes it out
//! of Debian's or Ubuntu's own package, verified by apt; nothing is installed. Must not stop tests that do
//! not need it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{console, environment, places};

/// Packages that carry it: a package of its own in newer releases, beside the server in older ones.
const PACKAGES: [&str; 2] = ["promtool", "prometheus"];

/// What to do where it cannot be fetched.
const ADVICE: &str = "promtool is missing: install it (package promtool or prometheus, or `brew install prometheus`)";

/// promtool: from the search path, from the cache, or fetched through apt.
///
/// # Errors
/// One sentence on what to install.
pub async fn promtool() -> Result<PathBuf> {
    if let Some(installed) = environment::program("promtool") {
        return Ok(installed);
    }
    let folder = places::cache()?.join("tools").join("promtool-apt");
    let kept = folder.join("promtool");
    if kept.is_file() {
        return Ok(kept);
    }
    let apt = environment::program("apt-get").context(ADVICE)?;
    let parent = folder.parent().context("invariant: a tool lies in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let desk = tempfile::tempdir_in(parent).context("cannot create a folder for the download")?;
    console::during("fetching promtool", fetch(&apt, desk.path())).await.context(ADVICE)?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::rename(desk.path().join("usr/bin/promtool"), &kept).context("cannot keep promtool")?;
    Ok(kept)
}

/// Downloads a package into `desk` and unpacks it there. The lists of the machine are used where they know
/// the package, else fresh ones in a folder of our own, which takes no rights.
async fn fetch(apt: &Path, desk: &Path) -> Result<()> {
    let mut own = Vec::new();
    let mut told = download(apt, desk, &own).await?;
    if package_in(desk).is_none() {
        for (setting, folder) in
            [("Dir::State::Lists", "lists"), ("Dir::Cache::Archives", "archives")]
        {
            let folder = desk.join(folder);
            fs::create_dir_all(folder.join("partial")).context("no folder for apt can be made")?;
            own.push(format!("{setting}={}", folder.display()));
        }
        own.push("Dir::Cache::pkgcache=".to_owned());
        own.push("Dir::Cache::srcpkgcache=".to_owned());
        told = run(apt, &own, &["update"], desk).await?;
        if told.status.success() {
            told = download(apt, desk, &own).await?;
        }
    }
    let Some(package) = package_in(desk) else {
        bail!("apt cannot fetch it: {}", last_line(&told));
    };
    let unpack = Command::new("dpkg-deb").arg("-x").arg(package).arg(desk).output().await;
    let told = unpack.context("dpkg-deb does not start")?;
    if !told.status.success() || !desk.join("usr/bin/promtool").is_file() {
        bail!("its package cannot be unpacked: {}", last_line(&told));
    }
    Ok(())
}

/// The first package that can be had.
async fn download(apt: &Path, desk: &Path, settings: &[String]) -> Result<Output> {
    let mut told = run(apt, settings, &["download", PACKAGES[0]], desk).await?;
    if !told.status.success() {
        told = run(apt, settings, &["download", PACKAGES[1]], desk).await?;
    }
    Ok(told)
}

async fn run(apt: &Path, settings: &[String], order: &[&str], desk: &Path) -> Result<Output> {
    let mut command = Command::new(apt);
    // as root, apt would lend itself an account that cannot enter this folder
    command.args(["-q", "-o", "APT::Sandbox::User=root"]);
    for setting in settings {
        command.args(["-o", setting]);
    }
    command.args(order).current_dir(desk).stdin(Stdio::null()).kill_on_drop(true);
    command.output().await.context("apt-get does not start")
}

fn package_in(desk: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(desk).ok()?.flatten().map(|entry| entry.path());
    files.into_iter().find(|path| path.extension().is_some_and(|end| end == "deb"))
}

fn last_line(told: &Output) -> String {
    let text = String::from_utf8_lossy(&told.stderr).into_owned();
    let line = text.lines().rev().find(|line| line.starts_with("E:")).or(text.lines().last());
    line.unwrap_or("it gave no reason").trim().to_owned()
}
