//! Dropping a generation that nobody needs: marked first, so lanes leave it; dropped when nobody holds it.

use std::time::Duration;

use service_runtime::clock::{Stopwatch, back_off};
use sqlx::{Acquire, AssertSqlSafe, PgConnection};

use super::RebuildError;
use crate::schema::generation_schema;

/// How long a retired generation is kept at least: longer than any question may take, so none that began before the
/// switch finds its tables gone.
pub const GRACE: Duration = Duration::from_secs(60);

/// How long to wait for lanes to leave: longer than a lease.
const PATIENCE: Duration = Duration::from_secs(30);

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Drops a generation that is not live; the same as [`mark_for_drop`] and [`finish_drop`].
///
/// # Errors
/// As both.
pub async fn drop_generation(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
) -> Result<(), RebuildError> {
    mark_for_drop(connection, name, generation, GRACE).await?;
    finish_drop(connection, name, generation).await
}

/// Marks a generation, so that its lanes end. It cannot be promoted any more.
///
/// # Errors
/// [`RebuildError::IsLive`]; [`RebuildError::StillRead`] within `grace` after it was live;
/// [`RebuildError::UnknownGeneration`].
pub async fn mark_for_drop(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
    grace: Duration,
) -> Result<(), RebuildError> {
    // judged in the statement that marks it, so no promotion comes between; the rest only says why not
    let marked = sqlx::query(
        "UPDATE es_ops.projection SET state = 'dropping'
          WHERE name = $1 AND generation = $2 AND state <> 'live'
            AND (state <> 'retired' OR retired_at + $3 <= clock_timestamp())",
    )
    .bind(name)
    .bind(generation)
    .bind(grace)
    .execute(&mut *connection)
    .await?;
    if marked.rows_affected() == 1 {
        return Ok(());
    }
    let found: Option<(String, i64)> = sqlx::query_as(
        "SELECT state, ceil(greatest(extract(epoch FROM retired_at + $3 - clock_timestamp()), 1))::bigint
           FROM es_ops.projection WHERE name = $1 AND generation = $2",
    )
    .bind(name)
    .bind(generation)
    .bind(grace)
    .fetch_optional(connection)
    .await?;
    let name = name.to_owned();
    Err(match found {
        None => RebuildError::UnknownGeneration { name, generation },
        Some((state, _)) if state == "live" => RebuildError::IsLive { name, generation },
        Some((_, seconds)) => RebuildError::StillRead { name, generation, seconds },
    })
}

/// Waits until no lane holds a marked generation, then drops its tables and forgets it.
///
/// # Errors
/// [`RebuildError::InUse`] when that takes longer than half a minute; doing it again goes on.
pub async fn finish_drop(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
) -> Result<(), RebuildError> {
    let waiting = Stopwatch::start();
    loop {
        let held: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM es_ops.projection_part
                             WHERE name = $1 AND generation = $2 AND lease_until > clock_timestamp())",
        )
        .bind(name)
        .bind(generation)
        .fetch_one(&mut *connection)
        .await?;
        if !held && gone(connection, name, generation).await? {
            return Ok(());
        }
        if waiting.elapsed() >= PATIENCE {
            return Err(RebuildError::InUse { name: name.to_owned(), generation });
        }
        back_off(LOOK_EVERY).await;
    }
}

/// One attempt; false when somebody reads the tables. It gives up soon, since whoever comes later waits behind it.
/// Drops only what is marked: another operator may have been first, and the next generation may have its number.
async fn gone(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
) -> Result<bool, RebuildError> {
    let mut tx = connection.begin().await?;
    sqlx::query("SET LOCAL lock_timeout = '1s'").execute(&mut *tx).await?;
    let dropped = match marked(&mut tx, name, generation).await {
        Ok(true) => {
            // tables first: a lane that still writes waits there, not at the row of its checkpoint
            let schema = generation_schema(name, generation);
            let text = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *tx).await.map(drop)
        }
        Ok(false) => {
            tx.rollback().await?;
            return Ok(true);
        }
        Err(error) => Err(error),
    };
    match dropped {
        Ok(()) => {}
        Err(error) if refused_lock(&error) => {
            tx.rollback().await?;
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    }
    sqlx::query(
        "DELETE FROM es_ops.projection WHERE name = $1 AND generation = $2 AND state = 'dropping'",
    )
    .bind(name)
    .bind(generation)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Whether the generation is still marked; nobody else drops it until the transaction ends.
async fn marked(tx: &mut PgConnection, name: &str, generation: i32) -> Result<bool, sqlx::Error> {
    let found: Option<i32> = sqlx::query_scalar(
        "SELECT generation FROM es_ops.projection
          WHERE name = $1 AND generation = $2 AND state = 'dropping' FOR NO KEY UPDATE",
    )
    .bind(name)
    .bind(generation)
    .fetch_optional(tx)
    .await?;
    Ok(found.is_some())
}

fn refused_lock(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|refusal| refusal.code());
    code.is_some_and(|code| code == "55P03" || code == "40P01")
}
