//! Creates a cluster with `initdb`, whole or not at all, and keeps the superuser's password beside it.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::account::Account;
use crate::keys::write_private;
use crate::places::closed_folder;
use crate::postgres::{Durability, SUPERUSER};
use crate::toolchain::PostgresTools;
use crate::{console, random};

/// From this version on Postgres brings a locale of its own for UTF-8.
const BUILTIN_LOCALE_SINCE: u32 = 17;

/// Makes sure there is a cluster in `folder/data`; answers the superuser's password.
///
/// # Errors
/// One sentence on why `initdb` failed.
pub async fn cluster(
    tools: &PostgresTools,
    folder: &Path,
    account: Option<Account>,
    durability: Durability,
) -> Result<String> {
    let (data, secret) = (folder.join("data"), folder.join("superuser.password"));
    if data.join("PG_VERSION").is_file() {
        let password = fs::read_to_string(&secret).with_context(|| {
            format!("cannot read the superuser's password in {}", secret.display())
        })?;
        return Ok(password.trim().to_owned());
    }
    closed_folder(folder)?;
    let password = random::password()?;
    write_private(&secret, password.as_bytes())?;
    let unfinished = folder.join("data.unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).context("cannot clear away an unfinished cluster")?;
    }
    if let Some(account) = account {
        account.own(folder)?;
        account.own(&secret)?;
    }
    initdb(tools, &unfinished, &secret, account, durability).await?;
    fs::rename(&unfinished, &data).context("cannot put the new cluster into its place")?;
    Ok(password)
}

async fn initdb(
    tools: &PostgresTools,
    data: &Path,
    secret: &Path,
    account: Option<Account>,
    durability: Durability,
) -> Result<()> {
    let mut initdb = Command::new(tools.bin.join("initdb"));
    initdb
        .args([
            "--username",
            SUPERUSER,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
        ])
        .arg("--pwfile")
        .arg(secret)
        .arg("-D")
        .arg(data)
        .current_dir("/")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    if tools.major >= BUILTIN_LOCALE_SINCE {
        initdb.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]);
    } else {
        initdb.arg("--locale=C");
    }
    if durability == Durability::Relaxed {
        initdb.arg("--no-sync");
    }
    if let Some(Account { uid, gid }) = account {
        initdb.uid(uid).gid(gid);
    }
    let told = console::during("creating the Postgres cluster", initdb.output())
        .await
        .with_context(|| format!("cannot start {}", tools.bin.join("initdb").display()))?;
    if !told.status.success() {
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        let reason = told.lines().find(|line| line.contains("error") || line.contains("FATAL"));
        bail!(
            "Postgres cannot create its cluster: {}",
            reason.or(told.lines().last()).unwrap_or("no reason given")
        );
    }
    Ok(())
}
