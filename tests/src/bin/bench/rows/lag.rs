//! From the answer of a command to the moment a reader can see it, at 200 commands a second through JetStream: asked
//! with `min_position`, as a client reads what it wrote.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use service_runtime::clock::Stopwatch;
use service_runtime::ids;
use tokio::sync::{Mutex, mpsc};

use super::Run;
use crate::baseline::insert;
use crate::figures::{Figure, Report};
use crate::load::closed::alone;
use crate::load::connection::Connection;
use crate::load::lifecycle::Lifecycle;
use crate::load::open::{self, Due};
use crate::load::times::Times;
use crate::machine::{Stack, With};

/// Commands a second.
const RATE: u32 = 200;
/// Connections of the load.
const CONNECTIONS: usize = 16;

/// The parts of `lag_200`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("lag_200") {
        return Ok(());
    }
    let stack = Stack::start(With::Followers).await?;
    let time = 2 * run.time();
    let (mut p50s, mut p99s, mut insert_p50s, mut insert_p99s) = (vec![], vec![], vec![], vec![]);
    for _ in 0..run.repeats() {
        let single = insert::open_loop(&stack, RATE, CONNECTIONS, time).await?;
        let lags = lags(&stack.lifecycle(), &stack.projection.address(), time).await?;
        p50s.push(lags.percentile_ms(50));
        p99s.push(lags.percentile_ms(99));
        insert_p50s.push(single.percentile_ms(50));
        insert_p99s.push(single.percentile_ms(99));
    }
    let figure = |part, baseline: &str, values: &[f64], baselines: &[f64]| Figure {
        name: "lag_200".into(),
        part,
        unit: "ms",
        baseline: baseline.into(),
        values: values.into(),
        baselines: baselines.into(),
        note: "answer to an answered question that sees it".into(),
    };
    report.add(&figure("p50", "insert_200_p50", &p50s, &insert_p50s))?;
    report.add(&figure("p99", "insert_200_p99", &p99s, &insert_p99s))?;
    report.add(&figure("p99 of insert", "insert_200_p99", &p99s, &insert_p99s))?;
    stack.stop().await;
    Ok(())
}

async fn lags(life: &Lifecycle, query: &str, time: Duration) -> anyhow::Result<Times> {
    let (life, query) = (life.clone(), query.to_owned());
    alone(async move {
        let due = Mutex::new(open::clockwork(RATE, time, 1_024));
        let loads = (0..CONNECTIONS).map(|_| one(&life, &query, &due));
        Ok(Times::new(try_join_all(loads).await?.concat(), time))
    })
    .await
}

async fn one(
    life: &Lifecycle,
    query: &str,
    due: &Mutex<mpsc::Receiver<Due>>,
) -> anyhow::Result<Vec<Duration>> {
    let mut writing = Connection::open(&life.address, &life.token).await?;
    let mut reading = Connection::open(query, &life.token).await?;
    let mut times = Vec::new();
    let (mut sale, mut step) = (ids::new_id(), 0);
    while due.lock().await.recv().await.is_some() {
        if step == life.len() {
            (sale, step) = (ids::new_id(), 0);
        }
        life.render(step, sale, &mut writing.request);
        let status = writing.send().await?;
        let watch = Stopwatch::start();
        ensure!(status == 200 || status == 201, "step {step}: {}", writing.last());
        let answer: serde_json::Value = serde_json::from_str(&writing.last())?;
        let position = answer["position"].as_i64().context("an answer has a position")?;
        let status = reading.get(&format!("/v1/sales/{sale}?min_position={position}")).await?;
        ensure!(status == 200, "position {position}: {}", reading.last());
        times.push(watch.elapsed());
        step += 1;
    }
    Ok(times)
}
