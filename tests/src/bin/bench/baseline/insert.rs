//! One durable insert, and one look-up by primary key, through the driver the services use.

use std::time::Duration;

use futures::future::try_join_all;
use service_runtime::clock::Stopwatch;
use service_runtime::ids;
use sqlx::{Connection, PgConnection};
use tokio::sync::Mutex;

use super::pgbench;
use crate::load::closed::alone;
use crate::load::open;
use crate::load::times::Times;
use crate::machine::Stack;

/// Open loop: single-row inserts at a fixed rate over `connections`.
pub async fn open_loop(
    stack: &Stack,
    rate: u32,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Times> {
    stack.execute(pgbench::TABLE).await?;
    let url = stack.superuser_url();
    alone(async move {
        let mut ready = Vec::new();
        for _ in 0..connections {
            let mut connection = PgConnection::connect(&url).await?;
            insert(&mut connection).await?;
            ready.push(connection);
        }
        let due = Mutex::new(open::clockwork(rate, time, connections * 64));
        let loads = ready.into_iter().map(|mut connection| {
            let due = &due;
            async move {
                let mut times = Vec::new();
                loop {
                    let Some(since) = due.lock().await.recv().await else { break };
                    insert(&mut connection).await?;
                    times.push(since.elapsed());
                }
                anyhow::Ok(times)
            }
        });
        Ok(Times::new(try_join_all(loads).await?.concat(), time))
    })
    .await
}

async fn insert(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO bench_row (stream, version, body) VALUES ($1, 1, $2)")
        .bind(ids::new_id())
        .bind("x".repeat(400))
        .execute(connection)
        .await
        .map(drop)
}

/// Closed loop: one version of a sale by its primary key, over `connections`.
pub async fn look_ups(stack: &Stack, connections: usize, time: Duration) -> anyhow::Result<Times> {
    let url = stack.superuser_url();
    alone(async move {
        let mut one = PgConnection::connect(&url).await?;
        let keys: Vec<uuid::Uuid> = sqlx::query_scalar(
            "SELECT stream_id FROM es.stream WHERE aggregate = 'sale' LIMIT 5000",
        )
        .fetch_all(&mut one)
        .await?;
        let mut ready = Vec::new();
        for _ in 0..connections {
            ready.push(PgConnection::connect(&url).await?);
        }
        let watch = Stopwatch::start();
        let loads = ready.into_iter().map(|mut connection| {
            let keys = &keys;
            async move {
                let mut times = Vec::new();
                for key in keys.iter().cycle() {
                    if watch.elapsed() >= time {
                        break;
                    }
                    let one = Stopwatch::start();
                    sqlx::query(
                        "SELECT * FROM rm_sale_1.sale_version WHERE stream_id = $1 AND version = 1",
                    )
                    .bind(key)
                    .fetch_optional(&mut connection)
                    .await?;
                    times.push(one.elapsed());
                }
                anyhow::Ok(times)
            }
        });
        Ok(Times::new(try_join_all(loads).await?.concat(), watch.elapsed()))
    })
    .await
}
