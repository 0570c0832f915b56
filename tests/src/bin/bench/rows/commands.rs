//! Commands a second through HTTP, closed loop, beside pgbench's bare insert with as many clients.

use std::time::Duration;

use super::Run;
use crate::baseline::{naive, pgbench};
use crate::figures::{Figure, Report, median};
use crate::load::closed;
use crate::load::times::Times;
use crate::machine::cost::Cost;
use crate::machine::{Stack, With, reached};

/// Connections measured.
const CONNECTIONS: [usize; 4] = [1, 8, 32, 128];
/// How long the followers may need at the end.
const CATCH_UP_WITHIN: Duration = Duration::from_secs(120);

/// Nothing follows.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    let names = ["http_commands_1", "http_commands_8", "http_commands_32", "http_commands_128"];
    let peer = run.wants("http_over_best_peer_32");
    let tail = run.wants("http_p99_128");
    if !peer && !tail && !names.iter().any(|name| run.wants(name)) {
        return Ok(());
    }
    let stack = Stack::start(With::LogOnly).await?;
    for (connections, name) in CONNECTIONS.into_iter().zip(names) {
        let (with_peer, with_tail) = (peer && connections == 32, tail && connections == 128);
        if !run.wants(name) && !with_peer && !with_tail {
            continue;
        }
        let mut found = Found::default();
        for _ in 0..run.repeats() {
            found.baselines.push(pgbench::single_inserts(&stack, connections, run.time()).await?);
            if with_tail {
                let p99 = pgbench::p99_of(&stack, connections, run.time()).await?;
                found.baseline_p99s.push(p99);
            }
            if with_peer {
                found.peers.push(naive::commands(&stack, connections, run.time()).await?.rate());
            }
            found.measure(&stack, connections, run.time()).await?;
        }
        if run.wants(name) {
            report.add(&found.rate(name, connections))?;
        }
        if with_peer {
            report.add(&Figure {
                name: "http_over_best_peer_32".into(),
                unit: "commands/s",
                baseline: "load_and_insert_32".into(),
                values: found.rates.clone(),
                baselines: found.peers.clone(),
                note: "in process, faster than every peer that was measured".into(),
                ..Figure::default()
            })?;
        }
        if with_tail {
            report.add(&Figure {
                name: "http_p99_128".into(),
                unit: "ms",
                baseline: "pgbench_p99_128".into(),
                values: found.p99s.clone(),
                baselines: found.baseline_p99s.clone(),
                ..Figure::default()
            })?;
        }
    }
    stack.stop().await;
    Ok(())
}

/// Relay and all read models follow.
pub async fn following(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("http_commands_128_following") {
        return Ok(());
    }
    let stack = Stack::start(With::Followers).await?;
    let pool = stack.superuser().await?;
    let mut found = Found::default();
    let mut waits = Vec::new();
    for _ in 0..run.repeats() {
        found.baselines.push(pgbench::single_inserts(&stack, 128, run.time()).await?);
        found.measure(&stack, 128, run.time()).await?;
        let head = reached::head(&pool).await?;
        let behind = head - reached::position(&pool).await?;
        let waited = stack.until_followed(&pool, head, CATCH_UP_WITHIN).await?;
        waits.push(format!("{behind} events, {} ms", waited.as_millis()));
    }
    let mut figure = found.rate("http_commands_128_following", 128);
    figure.note = format!("{}; behind at the end: {}", figure.note, waits.join(", "));
    report.add(&figure)?;
    stack.stop().await;
    Ok(())
}

/// What the repeats gave.
#[derive(Debug, Default)]
struct Found {
    baselines: Vec<f64>,
    baseline_p99s: Vec<f64>,
    peers: Vec<f64>,
    rates: Vec<f64>,
    p99s: Vec<f64>,
    costs: Vec<String>,
}

impl Found {
    async fn measure(
        &mut self,
        stack: &Stack,
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<()> {
        let before = spent(stack);
        let times = closed::run(&stack.lifecycle(), connections, time).await?;
        let after = spent(stack);
        self.rates.push(times.rate());
        self.p99s.push(times.percentile_ms(99));
        self.costs.push(cost(before, after, &times));
        Ok(())
    }

    fn rate(&self, name: &str, connections: usize) -> Figure {
        Figure {
            name: name.into(),
            unit: "commands/s",
            baseline: format!("pgbench_insert_{connections}"),
            values: self.rates.clone(),
            baselines: self.baselines.clone(),
            note: format!(
                "p99 {:.1} ms; cpu/command {}",
                median(&self.p99s),
                self.costs.last().map_or("", String::as_str)
            ),
            ..Figure::default()
        }
    }
}

/// Processor time so far: command-service, Postgres, load, the followers.
fn spent(stack: &Stack) -> [Duration; 4] {
    let followers = stack.projection.cost().processor + stack.nats_cost().processor;
    [
        stack.command.cost().processor,
        stack.postgres_cost().processor,
        Cost::own().processor,
        followers,
    ]
}

fn cost(before: [Duration; 4], after: [Duration; 4], times: &Times) -> String {
    let names = ["commands", "postgres", "load", "followers"];
    let each = names.iter().zip(before).zip(after).map(|((name, before), after)| {
        let spent = after.saturating_sub(before).as_micros();
        format!("{name} {} µs", spent / u128::try_from(times.len().max(1)).unwrap_or(1))
    });
    each.collect::<Vec<_>>().join(", ")
}
