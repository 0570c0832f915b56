//! A Postgres of a test's own, which it may kill, slow down and fill up: durable settings, the version of the shared
//! one. Must not know what lies in it.

use std::path::Path;

use event_store::testing::{CLUSTER_VARIABLE, TestDatabase};
use local_stack::account;
use local_stack::postgres::{Cluster, Options};
use local_stack::toolchain::{self, Wanted};
use sqlx::{Connection, PgConnection};

use crate::world::variable;

/// A folder that the account of Postgres can enter, also where root runs the tests.
///
/// # Panics
/// When it cannot be made.
pub fn open_folder() -> tempfile::TempDir {
    let place = if account::root() { "/var/tmp" } else { "/tmp" };
    let folder = tempfile::tempdir_in(place).expect("a temporary folder");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("our own folder");
    folder
}

/// Starts one in `folder`, of the same major version as the one all tests share.
///
/// # Panics
/// When it does not start.
pub async fn start(folder: &Path) -> Cluster {
    start_told(&folder.join("postgres"), Vec::new()).await
}

/// Starts the one whose folder `place` is, with more settings; a copy made by `pg_basebackup` beside the superuser's
/// password of its original is one, too.
///
/// # Panics
/// When it does not start.
pub async fn start_told(place: &Path, told: Vec<(&'static str, String)>) -> Cluster {
    let mut shared = PgConnection::connect(&variable(CLUSTER_VARIABLE)).await.expect("it answers");
    let major: i32 =
        sqlx::query_scalar("SELECT current_setting('server_version_num')::integer / 10000")
            .fetch_one(&mut shared)
            .await
            .expect("a server knows its version");
    let major = Wanted::Major(u32::try_from(major).expect("invariant: versions are positive"));
    let account = account::for_cluster(place).expect("an account for Postgres");
    let tools = toolchain::postgres(major, account).await.expect("the version is there");
    let mut options = Options { max_connections: 60, ..Options::durable() };
    options.settings.extend(told);
    Cluster::start(&tools, place, options).await.expect("Postgres starts")
}

/// A migrated log with read models in it.
///
/// # Panics
/// When it cannot be made.
pub async fn database(cluster: &Cluster) -> TestDatabase {
    let database = TestDatabase::create_on(&cluster.url("postgres")).await;
    let mut owner = database.superuser().await;
    read_models::schema::migrate(&mut owner).await.expect("the read side migrates");
    database
}
