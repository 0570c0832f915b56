//! Pools of the read side. A generation is a schema; a pool's `search_path` is set when it connects and never changes
//! afterwards.

use std::str::FromStr;
use std::time::Duration;

use event_store::wary;
use read_models::Live;
use read_models::schema::generation_schema;
use service_runtime::config::Secret;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// How long to wait for a free connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Connections of a lane: its transaction, the renewal of its lease, its gauge.
const OF_A_LANE: u32 = 4;

/// The projector's connections to one generation: few, with long statements in catch-up. Connects on first use.
///
/// # Errors
/// When the address cannot be read.
pub fn projecting(url: &Secret, model: &str, generation: i32) -> Result<PgPool, sqlx::Error> {
    let path = [("search_path", generation_schema(model, generation))];
    Ok(limits(OF_A_LANE).connect_lazy_with(projector(url)?.options(path)))
}

/// Connections to `es_ops` alone. Connects on first use.
///
/// # Errors
/// When the address cannot be read.
pub fn directory(url: &Secret) -> Result<PgPool, sqlx::Error> {
    Ok(limits(2).connect_lazy_with(projector(url)?))
}

/// The questions' connections to the live generations: read only, short statements. Connects on first use.
///
/// # Errors
/// When the address cannot be read.
pub fn asking(url: &Secret, connections: u32) -> Result<Live, sqlx::Error> {
    let options = PgConnectOptions::from_str(url.reveal())?.application_name("salgslogg query");
    let options = options.options([
        ("jit", "off"),
        ("statement_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("default_transaction_read_only", "on"),
    ]);
    Ok(Live::new(options, limits(connections)))
}

fn projector(url: &Secret) -> Result<PgConnectOptions, sqlx::Error> {
    let options =
        PgConnectOptions::from_str(url.reveal())?.application_name("salgslogg projection");
    Ok(options.options([
        ("jit", "off"),
        ("statement_timeout", "60s"),
        // shorter than a lease: whoever falls asleep within a batch must not keep the part's row locked (case 35)
        ("idle_in_transaction_session_timeout", "10s"),
    ]))
}

fn limits(connections: u32) -> PgPoolOptions {
    wary(PgPoolOptions::new()).max_connections(connections).acquire_timeout(ACQUIRE)
}
