//! One measurement in a process of its own: `peers cell PEER commands CLIENTS SECONDS POOL` or
//! `peers cell PEER projection SALES`. Prints one line of JSON.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::load::{Measured, Store, client, sum};
use crate::{cqrs, decisions, http, message_db, prima};

/// Connections of a projection.
const PROJECTING: u32 = 4;

/// Measures what the words ask for.
pub async fn measure(url: &str, words: &[String]) -> anyhow::Result<Measured> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [peer, "commands", clients, seconds, pool] => {
            let pool = connect(url, pool.parse()?).await?;
            commands(peer, pool, clients.parse()?, seconds.parse()?).await
        }
        [peer, "projection", sales] => {
            let sales = sales.parse()?;
            let pool = connect(url, PROJECTING).await?;
            projection(peer, &pool, sales).await
        }
        other => bail!("no such measurement: {other:?}"),
    }
}

/// The folder of the npm packages.
pub fn node() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node")
}

async fn connect(url: &str, pool: u32) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.options([("search_path", "message_store,public")]);
    let pool = PgPoolOptions::new().min_connections(pool).max_connections(pool);
    // a check before each use would cost every peer a round trip
    pool.test_before_acquire(false).connect_with(options).await.context("Postgres")
}

async fn commands(
    peer: &str,
    pool: PgPool,
    clients: usize,
    seconds: u64,
) -> anyhow::Result<Measured> {
    match peer {
        "cqrs-es" => clients_on(cqrs::Cqrs::new(pool).await?, clients, seconds).await,
        "esrs" => clients_on(prima::Prima::new(pool).await?, clients, seconds).await,
        "disintegrate" => {
            clients_on(decisions::Disintegrate::new(pool).await?, clients, seconds).await
        }
        "message-db" => {
            message_db::install(&pool, &package()).await?;
            clients_on(message_db::MessageDb::new(pool), clients, seconds).await
        }
        "salgslogg" => {
            let place = std::env::var("PEERS_HTTP").context("PEERS_HTTP tells where we listen")?;
            let place: http::Place = serde_json::from_str(&place)?;
            clients_on(http::Http::new(place), clients, seconds).await
        }
        other => bail!("no such peer: {other}"),
    }
}

/// Fills the peer's log where it is empty and projects it.
async fn projection(peer: &str, pool: &PgPool, sales: usize) -> anyhow::Result<Measured> {
    let (peer, way) = peer.split_once('/').unwrap_or((peer, ""));
    match (peer, way) {
        ("cqrs-es", way) => {
            cqrs::fill(pool, sales).await?;
            match way {
                "generic" => cqrs::replay_generic(pool, sales).await,
                _ => cqrs::replay_upsert(pool, sales).await,
            }
        }
        ("esrs", way) => {
            prima::fill(pool, sales).await?;
            let piece = if way == "all" { prima::Piece::All } else { prima::Piece::Aggregate };
            prima::rebuild(pool, sales, piece).await
        }
        ("disintegrate", _) => {
            decisions::fill(pool, sales).await?;
            decisions::listen(pool, sales).await
        }
        ("message-db", way) => {
            message_db::install(pool, &package()).await?;
            message_db::fill(pool, sales).await?;
            match way {
                "select" => message_db::paged_select(pool).await,
                "100" => message_db::follow(pool, sales, 100).await,
                _ => message_db::follow(pool, sales, 1_000).await,
            }
        }
        (other, _) => bail!("no such peer: {other}"),
    }
}

fn package() -> PathBuf {
    node().join("node_modules/@eventide/message-db")
}

/// So many clients at once.
async fn clients_on<S: Store>(store: S, clients: usize, seconds: u64) -> anyhow::Result<Measured> {
    let start = Instant::now();
    let time = Duration::from_secs(seconds);
    let tasks: Vec<_> =
        (0..clients).map(|_| tokio::spawn(client(store.clone(), start, time))).collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await??);
    }
    Ok(sum(seen, start.elapsed()))
}
