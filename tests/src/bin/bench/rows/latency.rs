//! Open loop at 500 commands a second beside single durable inserts at the same rate through the same driver.

use std::time::Duration;

use anyhow::ensure;
use futures::future::try_join_all;
use service_runtime::ids;
use tokio::sync::Mutex;

use super::Run;
use crate::baseline::insert;
use crate::figures::{Figure, Report};
use crate::load::closed::alone;
use crate::load::connection::Connection;
use crate::load::lifecycle::Lifecycle;
use crate::load::open;
use crate::load::times::Times;
use crate::machine::{Stack, With};

/// Commands a second.
const RATE: u32 = 500;
/// Connections, enough that none is waited for.
const CONNECTIONS: usize = 16;

/// Both parts of `http_latency_500`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("http_latency_500") {
        return Ok(());
    }
    let stack = Stack::start(With::LogOnly).await?;
    let time = 2 * run.time();
    let mut found: [(Vec<f64>, Vec<f64>); 2] = Default::default();
    for _ in 0..run.repeats() {
        let single = insert::open_loop(&stack, RATE, CONNECTIONS, time).await?;
        let commands = commands(&stack.lifecycle(), RATE, CONNECTIONS, time).await?;
        for (percentile, (values, baselines)) in [50, 99].into_iter().zip(&mut found) {
            values.push(commands.percentile_ms(percentile));
            baselines.push(single.percentile_ms(percentile));
        }
    }
    for (part, (values, baselines)) in ["p50", "p99"].into_iter().zip(found) {
        report.add(&Figure {
            name: "http_latency_500".into(),
            part,
            unit: "ms",
            baseline: format!("insert_500_{part}"),
            values,
            baselines,
            note: String::new(),
        })?;
    }
    stack.stop().await;
    Ok(())
}

/// Commands at a fixed rate; their times count from the moment they fell due.
pub async fn commands(
    life: &Lifecycle,
    rate: u32,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Times> {
    let life = life.clone();
    alone(async move {
        let mut ready = Vec::new();
        for _ in 0..connections {
            ready.push(Connection::open(&life.address, &life.token).await?);
        }
        let due = Mutex::new(open::clockwork(rate, time, connections * 64));
        let loads = ready.into_iter().map(|connection| one(&life, &due, connection));
        Ok(Times::new(try_join_all(loads).await?.concat(), time))
    })
    .await
}

async fn one(
    life: &Lifecycle,
    due: &Mutex<tokio::sync::mpsc::Receiver<open::Due>>,
    mut connection: Connection,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    let (mut sale, mut step) = (ids::new_id(), 0);
    loop {
        let Some(since) = due.lock().await.recv().await else { return Ok(times) };
        if step == life.len() {
            (sale, step) = (ids::new_id(), 0);
        }
        life.render(step, sale, &mut connection.request);
        let status = connection.send().await?;
        ensure!(status == 200 || status == 201, "step {step}: {}", connection.last());
        times.push(since.elapsed());
        step += 1;
    }
}
