//! What the launcher reads from its environment. The only file of this crate that does.

use std::path::PathBuf;

/// Variables meant for the launcher, never passed on to the services it starts.
pub const LAUNCHER_ONLY: [&str; 6] = [
    "SALGSLOGG_DATABASE_URL",
    "SALGSLOGG_CI_TARGET",
    "SALGSLOGG_TEST_POSTGRES",
    "SALGSLOGG_TEST_NATS_SERVER",
    "SALGSLOGG_TEST_PYTHON",
    "SALGSLOGG_TEST_PROMTOOL",
];

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the launcher reads its environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// An existing Postgres to use instead of a private one (`SALGSLOGG_DATABASE_URL`).
#[must_use]
pub fn database_url() -> Option<String> {
    variable("SALGSLOGG_DATABASE_URL")
}

/// An existing NATS server to use instead of a private one (`SALGSLOGG_NATS_URL`).
#[must_use]
pub fn nats_url() -> Option<String> {
    variable("SALGSLOGG_NATS_URL")
}

/// A nats-server binary somebody has fetched already (`SALGSLOGG_TEST_NATS_SERVER`).
#[must_use]
pub fn nats_server() -> Option<PathBuf> {
    variable("SALGSLOGG_TEST_NATS_SERVER").map(PathBuf::from)
}

/// The folder for things several clones share: `$XDG_CACHE_HOME` or `~/.cache`.
#[must_use]
pub fn cache_home() -> Option<PathBuf> {
    let named = variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".cache")))
}

/// The folders programs are looked up in.
#[must_use]
pub fn search_path() -> Vec<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect()
}

/// The first program called `name` on the search path.
#[must_use]
pub fn program(name: &str) -> Option<PathBuf> {
    search_path().into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}
