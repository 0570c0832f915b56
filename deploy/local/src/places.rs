//! Where things lie: `.local/` of a clone, the cache that clones share, and the folders a root
//! launcher uses when the unprivileged account of Postgres cannot enter the clone.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::geteuid;
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::{environment, random};

/// The state folder of one clone.
#[derive(Debug, Clone)]
pub struct Places {
    root: PathBuf,
}

impl Places {
    /// The places of the clone at `root`.
    ///
    /// # Errors
    /// When `root` does not exist.
    pub fn of(root: &Path) -> Result<Self> {
        let root = fs::canonicalize(root)
            .with_context(|| format!("there is no folder {}", root.display()))?;
        Ok(Self { root })
    }

    /// `.local/`.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root.join(".local")
    }

    /// A file or folder in `.local/`.
    #[must_use]
    pub fn at(&self, name: &str) -> PathBuf {
        self.local().join(name)
    }

    /// The log of one program of the stack.
    #[must_use]
    pub fn log(&self, program: &str) -> PathBuf {
        self.at("log").join(format!("{program}.log"))
    }

    /// The pid file of one program of the stack.
    #[must_use]
    pub fn pid_file(&self, program: &str) -> PathBuf {
        self.at("run").join(format!("{program}.pid"))
    }

    /// Ten hexadecimal digits that tell this clone from others on the same machine.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.root.as_os_str().as_encoded_bytes());
        random::hex(&digest[..5])
    }

    /// Creates the folders of a stack, closed to others.
    ///
    /// # Errors
    /// When the system refuses, e.g. for lack of permission.
    pub fn create(&self) -> Result<()> {
        for folder in [self.local(), self.at("log"), self.at("run"), self.at("keys")] {
            closed_folder(&folder)?;
        }
        Ok(())
    }

    /// The folder of the private cluster: `.local/postgres`, or the folder elsewhere that
    /// `.local/postgres` points to because `account` cannot enter this clone. A cluster that was
    /// made in the clone before the clone became unreachable moves along.
    ///
    /// # Errors
    /// When a folder cannot be created or moved.
    pub fn cluster(&self, account: Option<Account>) -> Result<PathBuf> {
        let here = self.at("postgres");
        if here.is_symlink() {
            let there = fs::read_link(&here).context("cannot read where .local/postgres points")?;
            if !there.exists() {
                closed_folder(&there)?;
            }
            return Ok(there);
        }
        match account {
            Some(account) if !account.enters(&self.local_made_passable(account)?) => {
                let there = elsewhere()?.join(format!("stack-{}", self.fingerprint()));
                if here.is_dir() {
                    relocate(&here, &there)?;
                } else {
                    closed_folder(&there)?;
                }
                symlink(&there, &here).context("cannot point .local/postgres to the cluster")?;
                Ok(there)
            }
            Some(_) | None => {
                closed_folder(&here)?;
                Ok(here)
            }
        }
    }

    /// `.local/` itself, which others may pass through (not list) when root runs the stack.
    fn local_made_passable(&self, account: Account) -> Result<PathBuf> {
        let local = self.local();
        if account.enters(&self.root) {
            fs::set_permissions(&local, fs::Permissions::from_mode(0o711))
                .context("cannot open .local to the account of Postgres")?;
        }
        Ok(local)
    }

    /// Deletes the state of this clone, the cluster elsewhere included.
    ///
    /// # Errors
    /// When something cannot be deleted.
    pub fn wipe(&self) -> Result<()> {
        let pointer = self.at("postgres");
        if pointer.is_symlink() {
            let there =
                fs::read_link(&pointer).context("cannot read where .local/postgres points")?;
            remove(&there)?;
        }
        remove(&self.local())
    }
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot delete {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Creates a folder only its owner can enter; an existing one stays as it is.
///
/// # Errors
/// When the system refuses.
pub fn closed_folder(folder: &Path) -> Result<()> {
    folder_with_mode(folder, 0o700)
}

fn folder_with_mode(folder: &Path, mode: u32) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))
}

/// Moves a cluster, also to another file system, keeping owners and permissions.
fn relocate(from: &Path, to: &Path) -> Result<()> {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    if !copied.is_ok_and(|status| status.success()) {
        bail!("cannot move the cluster from {} to {}", from.display(), to.display());
    }
    remove(from)
}

/// The folder that clones share: `$XDG_CACHE_HOME/salgslogg` or `~/.cache/salgslogg`; without a home
/// a folder of the user in the system's temporary folder.
///
/// # Errors
/// When it cannot be created.
pub fn cache() -> Result<PathBuf> {
    let unnamed = || std::env::temp_dir().join(format!("salgslogg-cache-{}", geteuid()));
    let cache = environment::cache_home().map_or_else(unnamed, |home| home.join("salgslogg"));
    folder_with_mode(&cache, 0o755)?;
    Ok(cache)
}

/// The folder for what an unprivileged account must reach while root's own folders are closed:
/// `/var/lib/salgslogg`, else a folder in `/var/tmp` or the temporary folder that is root's alone.
///
/// # Errors
/// When none of them can be created and trusted.
pub fn elsewhere() -> Result<PathBuf> {
    let user = geteuid();
    let candidates = [
        PathBuf::from("/var/lib/salgslogg"),
        PathBuf::from(format!("/var/tmp/salgslogg-{user}")),
        std::env::temp_dir().join(format!("salgslogg-{user}")),
    ];
    let trusted = |folder: &PathBuf| {
        folder_with_mode(folder, 0o755).is_ok()
            && fs::symlink_metadata(folder).is_ok_and(|found| {
                found.is_dir() && found.uid() == user.as_raw() && found.mode() & 0o022 == 0
            })
    };
    let found = candidates.into_iter().find(trusted);
    found.context(
        "Postgres needs a folder outside root's own, and neither /var/lib nor /var/tmp gave one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_users_cluster_lies_in_the_clone() {
        let clone = tempfile::tempdir().unwrap();
        let places = Places::of(clone.path()).unwrap();
        places.create().unwrap();
        assert_eq!(places.cluster(None).unwrap(), places.at("postgres"));
        assert_eq!(fs::metadata(places.local()).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn two_clones_never_share_a_fingerprint() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let print = |folder: &tempfile::TempDir| Places::of(folder.path()).unwrap().fingerprint();
        assert_ne!(print(&one), print(&two));
        assert_eq!(print(&one).len(), 10);
    }

    #[test]
    fn wiping_follows_the_pointer_to_the_cluster() {
        let (clone, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let places = Places::of(clone.path()).unwrap();
        places.create().unwrap();
        let there = far.path().join("cluster");
        fs::create_dir(&there).unwrap();
        symlink(&there, places.at("postgres")).unwrap();
        assert_eq!(places.cluster(None).unwrap(), there);
        places.wipe().unwrap();
        assert!(!there.exists() && !places.local().exists());
        places.wipe().unwrap();
    }
}
