//! The workload: one new sale after another, each 1 register + 5 advances + 1 close, each its own command
//! with token, key, decision, receipt and hashes.

use std::time::Duration;

use anyhow::ensure;
use futures::future::try_join_all;
use serde_json::json;
use service_runtime::clock::Stopwatch;
use service_runtime::ids;

use crate::connection::Connection;
use crate::stack::Stack;

/// What one measurement gave.
#[derive(Debug)]
pub struct Measured {
    /// Answered commands per second, all connections together.
    pub commands_per_second: f64,
    /// 99 of 100 were answered within this, in milliseconds.
    pub p99_ms: f64,
}

/// Runs the workload on `connections` keep-alive connections.
#[expect(clippy::float_arithmetic, reason = "a rate and a percentile")]
pub async fn run(stack: &Stack, connections: usize, seconds: u64) -> anyhow::Result<Measured> {
    let watch = Stopwatch::start();
    let loads = (0..connections).map(|_| load(stack, watch, Duration::from_secs(seconds)));
    let mut times: Vec<Duration> = try_join_all(loads).await?.concat();
    let elapsed = watch.elapsed().as_secs_f64();
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    let answered = u32::try_from(times.len())?;
    Ok(Measured {
        commands_per_second: f64::from(answered) / elapsed,
        p99_ms: p99.as_secs_f64() * 1_000.0,
    })
}

/// Commands on one connection until the time is over; answers how long each took.
async fn load(stack: &Stack, watch: Stopwatch, time: Duration) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(&stack.address(), stack.token()).await?;
    let mut times = Vec::new();
    while watch.elapsed() < time {
        let sale = ids::new_id();
        for (step, (path, body)) in stack.lifecycle(sale).into_iter().enumerate() {
            let one = Stopwatch::start();
            let status = connection.post(&path, &format!("{sale}-{step}"), &body).await?;
            ensure!(status == 200 || status == 201, "{path}: {}", connection.last());
            times.push(one.elapsed());
        }
    }
    Ok(times)
}

/// Bodies of one sale's life, in order.
pub fn commands(
    sale: uuid::Uuid,
    sale_type: uuid::Uuid,
    stages: &[uuid::Uuid],
) -> Vec<(String, String)> {
    let description =
        "A sale as sellers describe it, with enough words to make a payload of ordinary size. "
            .repeat(3);
    let register = json!({"id": sale, "title": "Fjord ERP", "sale_type": sale_type, "description": description,
        "amount": {"amount": "500000.00", "currency": "NOK"}, "sale_date": "2026-06-10", "source": "web",
        "company": {"id": sale, "name": "Fjord AS"}});
    let mut all = vec![("/v1/sales".to_owned(), register.to_string())];
    for stage in stages.iter().skip(1).chain(stages.iter().rev().skip(1)).take(5) {
        all.push((format!("/v1/sales/{sale}/advance-stage"), json!({"stage": stage}).to_string()));
    }
    all.push((
        format!("/v1/sales/{sale}/mark-sold"),
        json!({"reason": "best-product"}).to_string(),
    ));
    all
}
