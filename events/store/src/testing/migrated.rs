//! Databases that hold an empty log, and what else many tests begin with, copied for each of them: running all migrations
//! takes many times as long as copying what they made.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::{EventStore, partitions, schema};

/// One test makes them, the others wait; of the cluster's maintenance database.
const MAKING_LOCK: i64 = 17_751;

/// Those that are there, as far as this process knows.
static THERE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// What tests begin with.
pub(super) struct Beginning<'a, P> {
    /// What the preparation makes, in a word.
    pub called: &'a str,
    /// Events of a partition of log 1.
    pub size: i64,
    /// Event partitions ahead.
    pub ahead: i32,
    /// What a superuser does once the log is there.
    pub prepare: P,
}

/// The name of the database that is as a test begins. Made when it is first asked for; it is called so only once it is
/// whole.
///
/// # Panics
/// When the cluster does not answer, or the migrations fail.
pub(super) async fn migrated<P, F>(
    cluster: &PgConnectOptions,
    beginning: Beginning<'_, P>,
) -> String
where
    P: FnOnce(PgConnection) -> F,
    F: Future<Output = ()>,
{
    let Beginning { called, size, ahead, .. } = beginning;
    let name = format!("{called}_{}_{size}_{ahead}", schema::fingerprint());
    if there().contains(&name) {
        return name;
    }
    let mut connection = cluster.connect().await.expect("the test cluster answers");
    let lock = sqlx::query("SELECT pg_advisory_lock($1)").bind(MAKING_LOCK);
    lock.execute(&mut connection).await.expect("the lock is free in the end");
    let known: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut connection)
            .await
            .expect("the cluster knows its databases");
    if !known {
        make(&mut connection, cluster, &name, beginning).await;
    }
    connection.close().await.expect("the lock goes with its connection");
    there().insert(name.clone());
    name
}

fn there() -> std::sync::MutexGuard<'static, BTreeSet<String>> {
    THERE.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn make<P, F>(
    connection: &mut PgConnection,
    cluster: &PgConnectOptions,
    name: &str,
    beginning: Beginning<'_, P>,
) where
    P: FnOnce(PgConnection) -> F,
    F: Future<Output = ()>,
{
    let Beginning { size, ahead, prepare, .. } = beginning;
    let making = format!("{name}_making");
    said(connection, format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
    said(connection, format!("CREATE DATABASE {making}")).await;
    let inside = cluster.clone().database(&making);
    let mut superuser = inside.connect().await.expect("the test cluster answers");
    schema::migrate(&mut superuser).await.expect("the migrations of the log run");
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(inside);
    let ensured = partitions::ensure_sized(&EventStore::new(pool.clone(), 1), size, ahead).await;
    ensured.expect("partitions can be created");
    prepare(superuser).await;
    // a database that somebody is in cannot be renamed, nor copied; who has just left is waited for
    pool.close().await;
    said(connection, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
}

async fn said(connection: &mut PgConnection, statement: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await;
    done.expect("the superuser may make databases");
}
