//! A database of its own for each test, on the private cluster that `./deploy/test` starts.
//!
//! Behind the cargo feature `testing`; nothing that runs in production may use it.

mod migrated;

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use tokio::sync::OnceCell;

use crate::{EventStore, connect, partitions, roles, schema};
use migrated::Beginning;

/// Superuser URL of the cluster; set by `./deploy/test`.
pub const CLUSTER_VARIABLE: &str = "SALGSLOGG_TEST_POSTGRES";

/// What a database without any tables is a copy of.
const EMPTY: &str = "template1";

/// The password of every login on a test cluster.
const PASSWORD: &str = "test";

static ROLES: OnceCell<()> = OnceCell::const_new();

/// A migrated, empty event log in a database that goes away with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    cluster: PgConnectOptions,
    owner: PgPool,
}

impl TestDatabase {
    /// Creates roles, logins, database, tables and the first partitions of log 1.
    ///
    /// # Panics
    /// When the cluster is not named or does not answer: a test cannot go on without it.
    pub async fn create() -> Self {
        let (size, ahead) = (partitions::EVENT_PARTITION_SIZE, partitions::EVENT_PARTITIONS_AHEAD);
        Self::create_partitioned(size, ahead).await
    }

    /// [`TestDatabase::create`] with event partitions of another size and number.
    ///
    /// # Panics
    /// As [`TestDatabase::create`].
    pub async fn create_partitioned(size: i64, ahead: i32) -> Self {
        Self::create_with(Beginning { called: "log", size, ahead, prepare: |_| async {} }).await
    }

    /// [`TestDatabase::create`] with what `prepare` makes there, which is done once for all tests that call it so and
    /// copied for each. Privileges on the database itself are not copied.
    ///
    /// # Panics
    /// As [`TestDatabase::create`].
    pub async fn prepared<F>(called: &str, prepare: impl FnOnce(PgConnection) -> F) -> Self
    where
        F: Future<Output = ()>,
    {
        let (size, ahead) = (partitions::EVENT_PARTITION_SIZE, partitions::EVENT_PARTITIONS_AHEAD);
        Self::create_with(Beginning { called, size, ahead, prepare }).await
    }

    async fn create_with<P, F>(beginning: Beginning<'_, P>) -> Self
    where
        P: FnOnce(PgConnection) -> F,
        F: Future<Output = ()>,
    {
        let cluster = cluster_at(&cluster_url());
        ROLES.get_or_init(|| ensure_roles(cluster.clone())).await;
        let from = migrated::migrated(&cluster, beginning).await;
        Self::create_at(cluster, &from).await
    }

    /// [`TestDatabase::create`] on a cluster of the test's own, which it may kill: `url` is its superuser's.
    ///
    /// # Panics
    /// As [`TestDatabase::create`].
    pub async fn create_on(url: &str) -> Self {
        let cluster = cluster_at(url);
        ensure_roles(cluster.clone()).await;
        let database = Self::create_at(cluster, EMPTY).await;
        let mut connection = database.superuser().await;
        schema::migrate(&mut connection).await.expect("the migrations of the log run");
        let store = EventStore::new(database.owner.clone(), 1);
        partitions::ensure(&store).await.expect("partitions can be created");
        database
    }

    /// The same database on another cluster, which holds a copy of it: a standby that was promoted.
    ///
    /// # Panics
    /// When the URL is not well formed.
    pub fn copied_to(&self, url: &str) -> Self {
        let cluster = PgConnectOptions::from_str(url).expect("the cluster's URL is well formed");
        let cluster = cluster.disable_statement_logging();
        let owner = PgPoolOptions::new()
            .max_connections(4)
            .connect_lazy_with(cluster.clone().database(&self.name));
        Self { name: self.name.clone(), cluster, owner }
    }

    /// Creates roles, logins and a database without any tables.
    ///
    /// # Panics
    /// As [`TestDatabase::create`].
    pub async fn create_empty() -> Self {
        let cluster = cluster_at(&cluster_url());
        ROLES.get_or_init(|| ensure_roles(cluster.clone())).await;
        Self::create_at(cluster, EMPTY).await
    }

    /// A copy of the database `from`.
    async fn create_at(cluster: PgConnectOptions, from: &str) -> Self {
        let mut connection = cluster.connect().await.expect("the test cluster answers");
        let name: String =
            sqlx::query_scalar("SELECT 'test_' || replace(gen_random_uuid()::text, '-', '')")
                .fetch_one(&mut connection)
                .await
                .expect("the cluster makes a name");
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {from}")))
            .execute(&mut connection)
            .await
            .expect("the superuser may create a database");
        let owner = PgPoolOptions::new()
            .max_connections(4)
            .connect_lazy_with(cluster.clone().database(&name));
        Self { name, cluster, owner }
    }

    /// A pool of the superuser on this database, for what no product role may do.
    pub fn owner(&self) -> &PgPool {
        &self.owner
    }

    /// A connection of the superuser of its own, for SET ROLE and migrations.
    ///
    /// # Panics
    /// When the cluster does not answer.
    pub async fn superuser(&self) -> PgConnection {
        let options = self.cluster.clone().database(&self.name);
        options.connect().await.expect("the test cluster answers")
    }

    /// Takes a protection out of a function of this database, of its newest form where there are several: `fragment` of
    /// its definition becomes `instead`. For negative controls only.
    ///
    /// # Panics
    /// When the function is not there, or does not hold the fragment exactly as written.
    pub async fn rewrite(&self, function: &str, fragment: &str, instead: &str) {
        let definition: String = sqlx::query_scalar(
            "SELECT pg_get_functiondef(oid) FROM pg_proc \
             WHERE pronamespace::regnamespace || '.' || proname = $1 ORDER BY oid DESC LIMIT 1",
        )
        .bind(function)
        .fetch_one(&self.owner)
        .await
        .expect("the function is there");
        assert!(definition.contains(fragment), "{function} does not hold: {fragment}");
        let rewritten = definition.replace(fragment, instead);
        let done = sqlx::raw_sql(AssertSqlSafe(rewritten)).execute(&self.owner).await;
        done.expect("the rewritten function can be created");
    }

    /// Takes a protection out of the functions that append: of each that holds the fragment.
    ///
    /// # Panics
    /// When none holds it.
    pub async fn rewrite_append(&self, fragment: &str, instead: &str) {
        let holding: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT 'es.' || proname FROM pg_proc \
             WHERE pronamespace = 'es'::regnamespace AND proname IN ('append_as_seen', 'append_batch') \
               AND strpos(pg_get_functiondef(oid), $1) > 0",
        )
        .bind(fragment)
        .fetch_all(&self.owner)
        .await
        .expect("the functions are there");
        assert!(!holding.is_empty(), "no function that appends holds: {fragment}");
        for function in holding {
            self.rewrite(&function, fragment, instead).await;
        }
    }

    /// URL of this database for a login: `salgslogg_command`, `_projector`, `_query`, `_operator`,
    /// `_auditor`.
    pub fn url_for(&self, login: &str) -> String {
        let options = self.cluster.clone().username(login).password(PASSWORD).database(&self.name);
        options.to_url_lossy().to_string()
    }

    /// URL of this database for its superuser.
    pub fn superuser_url(&self) -> String {
        self.cluster.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// A store with the rights of command-service and up to eight connections.
    ///
    /// # Panics
    /// When the URL of the cluster is unusable.
    pub fn store(&self) -> EventStore {
        let pool = connect(&self.url_for("salgslogg_command"), 8);
        EventStore::new(pool.expect("the URL is well formed"), 1)
    }
}

impl Drop for TestDatabase {
    /// Best effort, on a thread of its own, since dropping cannot wait inside a runtime.
    fn drop(&mut self) {
        let (cluster, name) = (self.cluster.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let Ok(mut connection) = cluster.connect().await else { return };
                let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let dropped = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await;
                if let Err(error) = dropped {
                    tracing::warn!(error = %error, "a test database stays behind");
                }
                connection.close().await.ok();
            });
        });
        dropping.join().ok();
    }
}

fn cluster_at(url: &str) -> PgConnectOptions {
    let options = PgConnectOptions::from_str(url).expect("the cluster's URL is well formed");
    options.disable_statement_logging()
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but this variable")]
fn cluster_url() -> String {
    std::env::var(CLUSTER_VARIABLE).unwrap_or_else(|_| {
        panic!("{CLUSTER_VARIABLE} names no Postgres cluster; ./deploy/test starts one and sets it")
    })
}

/// Roles belong to the cluster: all tests make them through its maintenance database, once a process.
async fn ensure_roles(cluster: PgConnectOptions) {
    let mut connection = cluster.connect().await.expect("the test cluster answers");
    roles::ensure_roles(&mut connection).await.expect("the superuser may create roles");
    for (purpose, groups) in roles::LOGINS {
        let login = format!("salgslogg_{purpose}");
        let made = roles::ensure_login(&mut connection, &login, PASSWORD, groups).await;
        made.expect("the superuser may create logins");
    }
}
