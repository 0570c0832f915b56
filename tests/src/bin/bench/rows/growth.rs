//! Append, stream load, pipeline and verification at ten times the events. The log is generated; what is compared is
//! the time of one step at each length with that at a tenth of it.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};
use events::{Aggregate, StreamName, TenantSlug};
use service_runtime::clock::Stopwatch;
use system_tests::generated;

use super::Run;
use crate::figures::{Figure, Report, median};
use crate::load::closed;
use crate::load::connection::Connection;
use crate::machine::{Stack, TENANT, With, reached};

/// Lengths of the log.
const EVENTS: [i64; 3] = [100_000, 1_000_000, 10_000_000];
/// Events of a generated sale.
const EVENTS_PER_SALE: i64 = 10;
/// How long the followers may need.
const WITHIN: Duration = Duration::from_secs(3_600);
/// Streams loaded.
const LOADS: i64 = 2_000;
/// Pipelines asked for.
const QUESTIONS: usize = 10;

/// What is measured at each length; the unit of each is microseconds of one step.
const PARTS: [&str; 4] = ["append", "stream load", "pipeline", "verify"];

/// The parts of `growth`: the worse of the two steps.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("growth") {
        return Ok(());
    }
    let mut rows: Vec<[f64; 4]> = Vec::new();
    for events in EVENTS {
        rows.push(at(events, run).await?);
    }
    for (index, part) in PARTS.into_iter().enumerate() {
        let times: Vec<f64> = rows.iter().map(|row| row[index]).collect();
        let steps = times.windows(2).max_by(|a, b| grown(a).total_cmp(&grown(b)));
        let [before, after] = steps.unwrap_or_default() else { continue };
        let each = times.iter().map(|time| format!("{time:.1}")).collect::<Vec<_>>().join(" → ");
        report.add(&Figure {
            name: "growth".into(),
            part,
            unit: "µs",
            baseline: "a_tenth_of_the_events".into(),
            values: vec![*after],
            baselines: vec![*before],
            note: format!("at 100 000, 1 and 10 million: {each}"),
        })?;
    }
    Ok(())
}

#[expect(clippy::float_arithmetic, reason = "a ratio")]
fn grown(step: &[f64]) -> f64 {
    step[1] / step[0]
}

/// Microseconds of each part over a log of so many events.
#[expect(clippy::float_arithmetic, reason = "microseconds of one step")]
async fn at(events: i64, run: &Run) -> anyhow::Result<[f64; 4]> {
    let mut stack = Stack::generated(With::LogOnly, events).await?;
    let pool = stack.superuser().await?;
    let verify = verify(&stack).await? / f64::from(u32::try_from(reached::head(&pool).await?)?);
    let mut loads = Vec::new();
    let store = stack.store()?;
    let tenant = TenantSlug::from_str(TENANT).ok().context("invariant: a valid slug")?;
    let sales = events / EVENTS_PER_SALE;
    for number in 0..LOADS {
        let sale = generated::sale_id((number * 7_919) % (sales - 10));
        let watch = Stopwatch::start();
        let stream = StreamName::new(Aggregate::Sale, sale.to_string());
        let found = store.load(&tenant, stream.stream_id(&tenant), 0).await?;
        ensure!(!found.is_empty(), "sale {sale} has no events");
        loads.push(watch.elapsed().as_secs_f64() * 1e6);
    }
    let mut appends = Vec::new();
    for _ in 0..run.repeats() {
        appends.push(1e6 / closed::run(&stack.lifecycle(), 32, run.time()).await?.rate());
    }
    stack.projection.start().await?;
    stack.until_followed(&pool, reached::head(&pool).await?, WITHIN).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&pool).await?;
    let pipeline = pipeline(&stack).await?;
    stack.stop().await;
    Ok([median(&appends), median(&loads), pipeline, verify])
}

#[expect(clippy::float_arithmetic, reason = "microseconds")]
async fn verify(stack: &Stack) -> anyhow::Result<f64> {
    let watch = Stopwatch::start();
    event_store::verify::verify(&stack.store()?).await?;
    Ok(watch.elapsed().as_secs_f64() * 1e6)
}

#[expect(clippy::float_arithmetic, reason = "microseconds")]
async fn pipeline(stack: &Stack) -> anyhow::Result<f64> {
    let mut connection = Connection::open(&stack.projection.address(), stack.token()).await?;
    let mut times = Vec::new();
    for _ in 0..QUESTIONS {
        let watch = Stopwatch::start();
        let status = connection.get("/v1/pipeline?group_by=stage&currency=EUR").await?;
        ensure!(status == 200, "pipeline: {}", connection.last());
        times.push(watch.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(&times))
}
