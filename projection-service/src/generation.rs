//! Which generation of a read model is live, and the pools that see nothing but it. A generation is a
//! schema; a pool's `search_path` is set when it connects and never changes afterwards.

use std::str::FromStr;
use std::time::Duration;

use read_models::schema::generation_schema;
use service_runtime::config::Secret;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// How long to wait for a free connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Who uses a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The projector: few connections, long statements in catch-up.
    Project,
    /// Questions: read only, short statements, at most so many connections.
    Ask {
        /// Connections.
        connections: u32,
    },
}

/// The live generation of a read model; `None` before the read side was migrated.
///
/// # Errors
/// When the database cannot be asked.
pub async fn live(pool: &PgPool, model: &str) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT generation FROM es_ops.projection WHERE name = $1 AND state = 'live'",
    )
    .bind(model)
    .fetch_optional(pool)
    .await
}

/// A pool on one generation of `model`. Connects on first use.
///
/// # Errors
/// When the address cannot be read.
pub fn pool(
    url: &Secret,
    model: &str,
    generation: i32,
    purpose: Purpose,
) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url.reveal())?
        .options([("search_path", generation_schema(model, generation))])
        .options([("jit", "off")]);
    let (options, connections) = match purpose {
        Purpose::Project => (
            options.application_name("salgslogg projection").options([
                ("statement_timeout", "60s"),
                ("idle_in_transaction_session_timeout", "60s"),
            ]),
            4,
        ),
        Purpose::Ask { connections } => (
            options.application_name("salgslogg query").options([
                ("statement_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "10s"),
                ("default_transaction_read_only", "on"),
            ]),
            connections,
        ),
    };
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .connect_lazy_with(options))
}
