//! A peer without a name: load the stream, insert the next event with its expected version, one transaction a command,
//! in process, without HTTP, token, receipt or hash. Faster at 32 clients than every published store that was measured
//! (0.38 of pgbench; the best peer 0.31), so a ratio over this one promises no less over a peer.

use std::time::Duration;

use anyhow::ensure;
use futures::future::try_join_all;
use service_runtime::clock::Stopwatch;
use service_runtime::ids;
use sqlx::{Connection, PgConnection};

use crate::load::closed::alone;
use crate::load::times::Times;
use crate::machine::Stack;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS naive_event (position bigserial, stream uuid, version bigint, \
    type text, body bytea, PRIMARY KEY (stream, version))";

/// Commands of a life, as many as in the workload.
const LIFE: i64 = 7;

/// Closed loop over `clients` connections.
pub async fn commands(stack: &Stack, clients: usize, time: Duration) -> anyhow::Result<Times> {
    stack.execute(TABLE).await?;
    let url = stack.superuser_url();
    alone(async move {
        let mut ready = Vec::new();
        for _ in 0..clients {
            ready.push(PgConnection::connect(&url).await?);
        }
        let watch = Stopwatch::start();
        let loads = ready.into_iter().map(|connection| one(connection, watch, time));
        Ok(Times::new(try_join_all(loads).await?.concat(), watch.elapsed()))
    })
    .await
}

async fn one(
    mut connection: PgConnection,
    watch: Stopwatch,
    time: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    let body = vec![b'x'; 400];
    while watch.elapsed() < time {
        let stream = ids::new_id();
        for version in 1..=LIFE {
            let one = Stopwatch::start();
            let loaded: Vec<(i64, String, Vec<u8>)> = sqlx::query_as(
                "SELECT version, type, body FROM naive_event WHERE stream = $1 ORDER BY version",
            )
            .bind(stream)
            .fetch_all(&mut connection)
            .await?;
            ensure!(loaded.len() + 1 == usize::try_from(version)?, "a version is missing");
            sqlx::query("INSERT INTO naive_event (stream, version, type, body) VALUES ($1, $2, 'advanced', $3)")
                .bind(stream)
                .bind(version)
                .bind(&body)
                .execute(&mut connection)
                .await?;
            times.push(one.elapsed());
        }
    }
    Ok(times)
}
