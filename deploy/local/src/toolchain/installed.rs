//! Finds Postgres on this machine: on the search path, through `pg_config`, in the usual folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::account::Account;
use crate::environment;
use crate::toolchain::{OLDEST_POSTGRES, PostgresTools};

/// Folders distributions install into; `*` stands for the version.
const USUAL: [(&str, &str); 7] = [
    ("/usr/lib/postgresql", "bin"),
    ("/usr", "bin"),
    ("/usr/local", "bin"),
    ("/opt", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/Library/PostgreSQL", "bin"),
];

/// Every installed Postgres that is new enough and that `account` can run, oldest first.
#[must_use]
pub fn postgres(account: Option<Account>) -> Vec<PostgresTools> {
    let runs = |tools: &PostgresTools| account.is_none_or(|account| account.enters(&tools.bin));
    let mut found: Vec<PostgresTools> = candidates()
        .iter()
        .filter_map(|bin| tools_in(bin))
        .filter(|tools| tools.major >= OLDEST_POSTGRES && runs(tools))
        .collect();
    found.sort_by_key(|tools| tools.major);
    found
}

/// The tools in one folder, if `initdb` and a `postgres` that tells its version are there.
#[must_use]
pub fn tools_in(bin: &Path) -> Option<PostgresTools> {
    if !bin.join("initdb").is_file() {
        return None;
    }
    let told = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let (major, version) = version_of(&String::from_utf8_lossy(&told.stdout))?;
    Some(PostgresTools { bin: bin.to_owned(), major, version })
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)`; a development version such as `18beta1` counts as 18.
fn version_of(told: &str) -> Option<(u32, String)> {
    let version = told.split_whitespace().nth(2)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, version.to_owned()))
}

fn candidates() -> Vec<PathBuf> {
    let mut bins = environment::search_path();
    if let Some(pg_config) = environment::program("pg_config")
        && let Ok(told) = Command::new(pg_config).arg("--bindir").output()
    {
        bins.push(PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    }
    for (parent, bin) in USUAL {
        let Ok(entries) = fs::read_dir(parent) else { continue };
        let versions = entries.flatten().map(|entry| entry.path());
        let plausible = versions.filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            parent == "/usr/lib/postgresql" || parent == "/Library/PostgreSQL" || {
                name.starts_with("pgsql") || name.starts_with("postgresql")
            }
        });
        bins.extend(plausible.map(|path| path.join(bin)));
    }
    let mut seen = Vec::new();
    for bin in bins.iter().filter_map(|bin| fs::canonicalize(bin).ok()) {
        if !seen.contains(&bin) {
            seen.push(bin);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_every_packager_writes_them() {
        let told = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(version_of(told), Some((15, "15.18".into())));
        assert_eq!(version_of("postgres (PostgreSQL) 18.6\n"), Some((18, "18.6".into())));
        assert_eq!(version_of("postgres (PostgreSQL) 19beta2\n"), Some((19, "19beta2".into())));
        assert_eq!(version_of("nothing of the kind"), None);
    }

    #[test]
    fn a_folder_without_initdb_holds_no_postgres() {
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(tools_in(empty.path()), None);
    }
}
