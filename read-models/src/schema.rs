//! Makes and checks the schema of the read side: `es_ops` rows of the projections and generation 1 of every
//! read model. Forward only; must not touch the schema of the log.

use service_runtime::fault_point;
use sha2::{Digest, Sha256};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Acquire, PgConnection, PgExecutor, PgPool};
use thiserror::Error;

use crate::ReadModel;

/// Why the schema could not be made or is not accepted.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// A migration failed, or an applied one was edited.
    #[error("cannot migrate the read side")]
    Migrate(#[from] MigrateError),
    /// A statement failed.
    #[error("cannot make the schema of a read model")]
    Database(#[from] sqlx::Error),
    /// The database lacks migrations of this program.
    #[error(
        "the read models are at migration {found} and this program needs {known}; run `salgslogg migrate` first"
    )]
    Behind {
        /// Newest applied migration, 0 when none has run.
        found: i64,
        /// Newest migration of this program.
        known: i64,
    },
    /// The database has migrations this program does not know.
    #[error(
        "the read models are at migration {found} and this program knows {known}; start the release that migrated \
         them, or a newer one"
    )]
    Ahead {
        /// Newest applied migration.
        found: i64,
        /// Newest migration of this program.
        known: i64,
    },
    /// The live generation was made by another version of the model.
    #[error(
        "generation {live} of read model {model} has another shape than this program's; run `salgslogg projection \
         rebuild {model}`, then `salgslogg projection promote {model}`"
    )]
    OtherShape {
        /// The read model.
        model: &'static str,
        /// Its live generation.
        live: i32,
    },
    /// No generation answers questions, or its schema is gone.
    #[error("read model {0} has no live generation; run `salgslogg migrate`")]
    NoGeneration(&'static str),
}

/// The migrations, with a table of applied ones beside, not inside, the log's.
fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../migrations/read_models");
    migrator.dangerous_set_table_name("es_ops.read_model_migration");
    migrator
}

/// The newest migration of this program.
#[must_use]
pub fn version() -> i64 {
    migrator().iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The newest migration that ran, 0 when none has.
async fn newest_applied(asked: impl PgExecutor<'_>) -> Result<i64, SchemaError> {
    let newest = "SELECT COALESCE(max(version), 0) FROM es_ops.read_model_migration WHERE success";
    match sqlx::query_scalar(newest).fetch_one(asked).await {
        Err(sqlx::Error::Database(refusal))
            if matches!(refusal.code().as_deref(), Some("42P01" | "3F000")) =>
        {
            Ok(0)
        }
        other => Ok(other?),
    }
}

fn not_newer(found: i64) -> Result<(), SchemaError> {
    let known = version();
    if found > known { Err(SchemaError::Ahead { found, known }) } else { Ok(()) }
}

/// The schema that holds a generation.
#[must_use]
pub fn generation_schema(model: &str, generation: i32) -> String {
    format!("rm_{model}_{generation}")
}

/// What identifies the shape of a model: its version and the hash of its tables.
#[must_use]
pub fn code_hash(model: &dyn ReadModel) -> String {
    let digest = Sha256::digest(model.tables().as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hex}", model.version())
}

/// Brings the read side up to date: migrations, then a generation of every model that has none or whose live one
/// is gone, such as after a restore of the log alone; a new generation begins at position 0. Idempotent.
/// The connection must be a member of `es_owner` and, the first time, able to grant it CREATE on the database.
///
/// # Errors
/// A failed or edited migration; nothing of a failed step remains.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), SchemaError> {
    sqlx::query(
        "DO $$ BEGIN
           IF NOT has_database_privilege('es_owner', current_database(), 'CREATE') THEN
             EXECUTE format('GRANT CREATE ON DATABASE %I TO es_owner', current_database());
           END IF;
         END $$",
    )
    .execute(&mut *connection)
    .await?;
    // whoever waits for a table keeps the others waiting behind, so a migration gives up soon and is run again
    sqlx::raw_sql("SET ROLE es_owner; SET lock_timeout = '5s'").execute(&mut *connection).await?;
    let migrating = migrate_as_owner(connection);
    let migrated = fault_point::during("migrate.midway", migrating).await;
    sqlx::raw_sql("RESET ROLE; RESET lock_timeout").execute(&mut *connection).await?;
    migrated
}

async fn migrate_as_owner(connection: &mut PgConnection) -> Result<(), SchemaError> {
    sqlx::query("CREATE SCHEMA IF NOT EXISTS es_ops").execute(&mut *connection).await?;
    not_newer(newest_applied(&mut *connection).await?)?;
    migrator().run(&mut *connection).await?;
    sqlx::query("GRANT SELECT ON es_ops.read_model_migration TO es_read, es_project, es_query")
        .execute(&mut *connection)
        .await?;
    for model in crate::all() {
        forget_lost_generations(connection, model.as_ref()).await?;
        let next: Option<i32> = sqlx::query_scalar(
            "SELECT COALESCE(max(generation), 0) + 1 FROM es_ops.projection WHERE name = $1
             HAVING NOT COALESCE(bool_or(state = 'live'), false)",
        )
        .bind(model.name())
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(next) = next {
            let mut tx = connection.begin().await?;
            begin_generation(&mut tx, model.as_ref(), next, "live").await?;
            answers_from_where_others_are(&mut tx, model.as_ref(), next).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// An answer is given at the lowest checkpoint, so a read model that is new to an old log would take every answer back
/// to its beginning: notes where the others are, and questions wait until it is there too ([`crate::NotLive::New`]).
async fn answers_from_where_others_are(
    connection: &mut PgConnection,
    model: &dyn ReadModel,
    generation: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO es_ops.rebuild (name, generation, log_id, target, parts, laid_aside)
         SELECT $1, $2, c.log_id, max(c.position), 1, '{}'
           FROM es_ops.projection_part AS c JOIN es_ops.projection AS p USING (name, generation)
          WHERE p.state = 'live' AND p.name <> $1 GROUP BY c.log_id",
    )
    .bind(model.name())
    .bind(generation)
    .execute(connection)
    .await
    .map(drop)
}

/// Forgets generations whose schema no longer exists, with their checkpoints: these speak of rows that are gone.
async fn forget_lost_generations(
    connection: &mut PgConnection,
    model: &dyn ReadModel,
) -> Result<(), sqlx::Error> {
    let rows: Vec<i32> =
        sqlx::query_scalar("SELECT generation FROM es_ops.projection WHERE name = $1")
            .bind(model.name())
            .fetch_all(&mut *connection)
            .await?;
    for generation in rows {
        sqlx::query(
            "DELETE FROM es_ops.projection
              WHERE name = $1 AND generation = $2 AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = $3)",
        )
        .bind(model.name())
        .bind(generation)
        .bind(generation_schema(model.name(), generation))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Makes the empty tables of a generation in `state` (`live` or `building`); the caller is `es_owner`.
///
/// # Errors
/// The generation exists, or a statement failed; nothing remains then.
pub async fn begin_generation(
    connection: &mut PgConnection,
    model: &dyn ReadModel,
    generation: i32,
    state: &str,
) -> Result<(), SchemaError> {
    let mut tx = connection.begin().await?;
    sqlx::query(
        "SELECT set_config('search_path', es_ops.begin_generation($1, $2, $3, $4, $5), true)",
    )
    .bind(model.name())
    .bind(generation)
    .bind(state)
    .bind(code_hash(model))
    .bind(model.on_poison().as_str())
    .execute(&mut *tx)
    .await?;
    sqlx::raw_sql(model.tables()).execute(&mut *tx).await?;
    sqlx::query("SELECT es_ops.open_to_operator($1), es_ops.index_of_owner($1), es_ops.index_of_position($1)")
        .bind(generation_schema(model.name(), generation))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Refuses a schema this program does not know; services call it before they serve.
///
/// # Errors
/// [`SchemaError::Behind`], [`SchemaError::Ahead`], [`SchemaError::OtherShape`] or [`SchemaError::NoGeneration`], or the
/// database cannot be asked.
pub async fn check(pool: &PgPool) -> Result<(), SchemaError> {
    let known = version();
    let found = newest_applied(pool).await?;
    if found < known {
        return Err(SchemaError::Behind { found, known });
    }
    not_newer(found)?;
    for model in crate::all() {
        let live: Option<(i32, String)> = sqlx::query_as(
            "SELECT generation, code_hash FROM es_ops.projection WHERE name = $1 AND state = 'live'",
        )
        .bind(model.name())
        .fetch_optional(pool)
        .await?;
        if let Some((live, hash)) = &live
            && *hash != code_hash(model.as_ref())
        {
            return Err(SchemaError::OtherShape { model: model.name(), live: *live });
        }
        let schema = live.map(|(generation, _)| generation_schema(model.name(), generation));
        let there: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
                .bind(schema)
                .fetch_one(pool)
                .await?;
        if !there {
            return Err(SchemaError::NoGeneration(model.name()));
        }
    }
    Ok(())
}
