//! The launcher's parts on real servers.

#![expect(clippy::unwrap_used, reason = "in a test a failed step is a failed test")]

mod cluster;
mod demo_load;
mod launcher;
mod nats_rights;
mod places;

use std::path::PathBuf;

use local_stack::account;
use local_stack::postgres::{Cluster, Options};
use local_stack::toolchain::{self, Wanted};

/// A folder that also root's unprivileged account for Postgres can enter.
pub fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(if account::root() { "/var/tmp" } else { "/tmp" }).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    folder
}

/// A cluster in `folder`.
pub async fn cluster_in(folder: PathBuf) -> Cluster {
    let account = account::for_cluster(&folder).unwrap();
    let tools = toolchain::postgres(Wanted::Oldest, account).await.unwrap();
    let options = Options { max_connections: 20, ..Options::durable() };
    Cluster::start(&tools, &folder, options).await.unwrap()
}
