//! Closed loop: each connection sends its next command when the last one is answered. On one thread of its own.

use std::time::Duration;

use anyhow::ensure;
use futures::future::try_join_all;
use service_runtime::clock::Stopwatch;
use service_runtime::ids;

use super::connection::Connection;
use super::lifecycle::Lifecycle;
use super::times::Times;

/// Runs lives of sales on `connections` keep-alive connections for `time`.
pub async fn run(life: &Lifecycle, connections: usize, time: Duration) -> anyhow::Result<Times> {
    let life = life.clone();
    alone(async move {
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            open.push(Connection::open(&life.address, &life.token).await?);
        }
        let watch = Stopwatch::start();
        let loads = open.into_iter().map(|connection| one(&life, connection, watch, time));
        let times = try_join_all(loads).await?.concat();
        Ok(Times::new(times, watch.elapsed()))
    })
    .await
}

/// Runs `work` on a thread with a runtime of its own, so that the load is one thread and no more.
pub async fn alone<T, W>(work: W) -> anyhow::Result<T>
where
    T: Send + 'static,
    W: Future<Output = anyhow::Result<T>> + Send + 'static,
{
    let thread = tokio::task::spawn_blocking(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
    });
    thread.await?
}

async fn one(
    life: &Lifecycle,
    mut connection: Connection,
    watch: Stopwatch,
    time: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(4_096);
    while watch.elapsed() < time {
        let sale = ids::new_id();
        for step in 0..life.len() {
            life.render(step, sale, &mut connection.request);
            let one = Stopwatch::start();
            let status = connection.send().await?;
            ensure!(status == 200 || status == 201, "step {step}: {}", connection.last());
            times.push(one.elapsed());
        }
    }
    Ok(times)
}
