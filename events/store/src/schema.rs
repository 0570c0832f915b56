//! The tables of the log: migrating them forward, and refusing to start on others.

use std::borrow::Cow;
use std::collections::BTreeMap;

#[cfg(any(test, feature = "testing"))]
use sha2::{Digest, Sha256};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{PgConnection, PgExecutor, PgPool};
use thiserror::Error;

/// One migration run at a time in a database.
const MIGRATION_LOCK: i64 = 17_750;
/// A migration that waits for a table keeps everybody else waiting behind it, so it gives up soon and is run again.
const PATIENT_FOR_A_LOCK: &str = "SET lock_timeout = '5s'";

/// The database does not have the tables this program was built for. Each sentence names both versions
/// and what to do.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// No migration of the log has run here.
    #[error("this database holds no event log; run `salgslogg migrate` on it first")]
    Absent,
    /// A migration is known here that the database lacks.
    #[error(
        "the event log is at migration {found} and this program needs {known}; run `salgslogg migrate` first"
    )]
    Behind {
        /// The migration up to which the database has all of them.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// The database has a migration that is not known here.
    #[error(
        "the event log is at migration {found} and this program knows {known}; start the release that \
         migrated it, or a newer one"
    )]
    Ahead {
        /// The newest migration of the database.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// A migration was edited after it ran.
    #[error("migration {0} of the event log is not the one this program was built with")]
    Differs(i64),
    /// The migrations failed; nothing of the failed one is kept.
    #[error("the event log cannot be migrated")]
    Migration(#[from] MigrateError),
    /// The database could not be reached or gave up.
    #[error("the event log's schema cannot be read")]
    Database(#[from] sqlx::Error),
}

/// Checksums of the migrations that ran, by version.
type Applied = BTreeMap<i64, Vec<u8>>;

fn migrator() -> Migrator {
    Migrator {
        // a table of its own: read models may live in the same database
        table_name: Cow::Borrowed("es._migration"),
        ..sqlx::migrate!("../../migrations/event_store")
    }
}

/// The newest migration of this program.
pub fn version() -> i64 {
    migrator().iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Which migrations this program knows, as 16 hexadecimal digits.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn fingerprint() -> String {
    let mut all = Sha256::new();
    migrator().iter().for_each(|migration| all.update(&migration.checksum));
    all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Brings the log's tables forward. Idempotent; needs the group roles (`roles::ensure_roles`) and a
/// login that is a superuser, or a member of es_owner with CREATE on the database.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), SchemaError> {
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *connection)
        .await?;
    let done = run(connection).await;
    sqlx::raw_sql("RESET ROLE; RESET lock_timeout").execute(&mut *connection).await?;
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(MIGRATION_LOCK).execute(connection).await?;
    done
}

async fn run(connection: &mut PgConnection) -> Result<(), SchemaError> {
    sqlx::raw_sql(PATIENT_FOR_A_LOCK).execute(&mut *connection).await?;
    for (schema, create) in [
        ("es", "CREATE SCHEMA IF NOT EXISTS es AUTHORIZATION es_owner"),
        ("es_ops", "CREATE SCHEMA IF NOT EXISTS es_ops AUTHORIZATION es_owner"),
    ] {
        // asked first: IF NOT EXISTS wants the CREATE privilege even when there is nothing to create
        let there: bool = sqlx::query_scalar("SELECT to_regnamespace($1) IS NOT NULL")
            .bind(schema)
            .fetch_one(&mut *connection)
            .await?;
        if !there {
            sqlx::raw_sql(create).execute(&mut *connection).await?;
        }
    }
    sqlx::raw_sql("SET ROLE es_owner").execute(&mut *connection).await?;
    match applied(&mut *connection).await.and_then(|applied| judge(&applied)) {
        Ok(()) | Err(SchemaError::Absent | SchemaError::Behind { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    migrator().run_direct(None, connection, false).await?;
    Ok(())
}

/// Refuses, in one sentence, a database whose tables are not exactly those this program was built for.
pub async fn check(pool: &PgPool) -> Result<(), SchemaError> {
    judge(&applied(pool).await?)
}

async fn applied(asked: impl PgExecutor<'_>) -> Result<Applied, SchemaError> {
    let rows: Result<Vec<(i64, Vec<u8>)>, sqlx::Error> = sqlx::query_as(
        "SELECT version, checksum FROM es._migration WHERE success ORDER BY version",
    )
    .fetch_all(asked)
    .await;
    match rows {
        Ok(rows) => Ok(rows.into_iter().collect()),
        Err(sqlx::Error::Database(refusal))
            if matches!(refusal.code().as_deref(), Some("42P01" | "3F000")) =>
        {
            Err(SchemaError::Absent)
        }
        Err(error) => Err(SchemaError::Database(error)),
    }
}

fn judge(applied: &Applied) -> Result<(), SchemaError> {
    let migrator = migrator();
    let known = version();
    // asked first: nothing this program could run would help
    if let Some(found) = applied.keys().rfind(|version| !migrator.version_exists(**version)) {
        return Err(SchemaError::Ahead { found: *found, known });
    }
    let mut found = 0;
    for migration in migrator.iter() {
        match applied.get(&migration.version) {
            None => return Err(SchemaError::Behind { found, known }),
            Some(checksum) if checksum.as_slice() != &*migration.checksum => {
                return Err(SchemaError::Differs(migration.version));
            }
            Some(_) => found = migration.version,
        }
    }
    Ok(())
}
