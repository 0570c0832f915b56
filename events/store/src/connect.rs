//! Opens a pool with the settings the log expects.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};

use crate::error::{StoreError, patiently};

/// A connection idle for longer is tried before use; under load nobody pays the round trip.
pub const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// Opens a pool on the log: statements end after 5 s, a forgotten transaction after 10 s, and every
/// query uses an index, since each of them has one and a plan may have been made on an empty table. Plans are kept: to find
/// the same one again over all partitions takes ten times as long as to look by a key.
///
/// Connects lazily: a database that is still starting is waited for (5 s) by the first query.
pub fn connect(url: &str, connections: u32) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?.application_name("salgslogg").options([
        ("statement_timeout", "5s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("enable_seqscan", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("jit", "off"),
    ]);
    Ok(wary(PgPoolOptions::new())
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED_IDLE {
                    answered(connection).await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options))
}

/// A pool that no silent wire can rob of its places (C1): a connection that comes back is tried with a deadline. The pool
/// itself tries it without one, and a place that waits for an answer which never comes is lost to everybody.
pub fn wary(pool: PgPoolOptions) -> PgPoolOptions {
    pool.after_release(|connection, _| {
        Box::pin(async move {
            answered(connection).await?;
            Ok(true)
        })
    })
}

/// Tries a connection; one that stays silent is broken. Whoever gave up while it began a transaction left it in one that
/// nobody knows of: what the next one appends there would be answered and never committed.
async fn answered(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let tried = sqlx::raw_sql("BEGIN; ROLLBACK").execute(connection);
    patiently(tried).await.map(drop)
}
