//! As whom Postgres runs. It refuses to run as root, so a root launcher lends it an account that may
//! do little; everybody else runs it as himself.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use anyhow::{Context, Result, bail};
use nix::unistd::{User, geteuid};

/// Accounts a root launcher tries, in this order.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// An unprivileged account that exists on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// User number.
    pub uid: u32,
    /// Group number.
    pub gid: u32,
}

impl Account {
    /// Whether this account can enter `folder`, judged by the permission bits of every folder above.
    #[must_use]
    pub fn enters(self, folder: &Path) -> bool {
        let Ok(folder) = fs::canonicalize(folder) else { return false };
        folder.ancestors().all(|step| {
            fs::metadata(step).is_ok_and(|found| {
                let shift = match (found.uid() == self.uid, found.gid() == self.gid) {
                    (true, _) => 6,
                    (false, true) => 3,
                    (false, false) => 0,
                };
                found.permissions().mode() >> shift & 1 == 1
            })
        })
    }

    /// Gives `path` to this account.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn own(self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("cannot give {} to the account of Postgres", path.display()))
    }
}

/// Whether this process runs as root.
#[must_use]
pub fn root() -> bool {
    geteuid().is_root()
}

/// The account for a cluster in `folder`: none for an ordinary user; for root the owner of an
/// existing cluster, else an unprivileged account of the machine.
///
/// # Errors
/// When an ordinary user meets a cluster of somebody else, or the machine has no fitting account.
pub fn for_cluster(folder: &Path) -> Result<Option<Account>> {
    let owner = fs::metadata(folder.join("data")).ok().map(|data| (data.uid(), data.gid()));
    match (root(), owner) {
        (false, Some((uid, _))) if uid != geteuid().as_raw() => bail!(
            "{} belongs to another user, so run this as that user (or as root), \
             or delete it with ./deploy/down --wipe as its owner",
            folder.display()
        ),
        (false, _) => Ok(None),
        (true, Some((uid, gid))) if uid != 0 => Ok(Some(Account { uid, gid })),
        (true, _) => {
            let found = UNPRIVILEGED.iter().find_map(|name| User::from_name(name).ok().flatten());
            let user = found.context(
                "Postgres does not run as root and this machine has neither a user postgres nor nobody",
            )?;
            Ok(Some(Account { uid: user.uid.as_raw(), gid: user.gid.as_raw() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_below_a_closed_one_cannot_be_entered() {
        let folder = tempfile::tempdir().unwrap();
        let closed = folder.path().join("closed");
        let inner = closed.join("inner");
        fs::create_dir_all(&inner).unwrap();
        let stranger = Account { uid: 65_533, gid: 65_533 };
        for (mode, expected) in [(0o700, false), (0o755, true), (0o744, false), (0o711, true)] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
            fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(stranger.enters(&inner), expected, "mode {mode:o}");
        }
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(!stranger.enters(&closed.join("missing")));
    }
}
