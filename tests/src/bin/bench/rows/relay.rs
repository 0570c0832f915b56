//! A backlog into an empty stream, beside raw pipelined publishes of messages of the same size into the same server.

use std::time::Duration;

use service_runtime::clock::{Stopwatch, back_off};

use super::Run;
use crate::baseline::publish;
use crate::figures::{Figure, Report};
use crate::load::times::rate;
use crate::machine::{Stack, With, reached};

/// The longest drain that is waited for.
const WITHIN: Duration = Duration::from_secs(900);
/// Name of the log's stream.
const STREAM: &str = "SALES_1";

/// `relay_drain`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("relay_drain") {
        return Ok(());
    }
    let mut stack = Stack::generated_at_rest(With::Followers, run.events()).await?;
    let log = stack.superuser().await?;
    let bytes: i64 = sqlx::query_scalar(
        "SELECT avg(length(payload) + length(meta))::bigint FROM (SELECT payload, meta FROM es.event LIMIT 5000) AS e",
    )
    .fetch_one(&log)
    .await?;
    let head = reached::head(&log).await?;
    let (mut values, mut baselines) = (Vec::new(), Vec::new());
    let count = if run.quick { 20_000 } else { 100_000 };
    for _ in 0..run.repeats() {
        baselines.push(publish::pipelined(&stack, count, usize::try_from(bytes)?).await?);
        let watch = Stopwatch::start();
        stack.command.start().await?;
        until(&stack, u64::try_from(head)?).await?;
        values.push(rate(usize::try_from(head)?, watch.elapsed()));
        stack.command.end(nix::sys::signal::Signal::SIGTERM).await;
        stack.jetstream().await?.delete_stream(STREAM).await?;
    }
    report.add(&Figure {
        name: "relay_drain".into(),
        unit: "events/s",
        baseline: "raw_pipelined_publish".into(),
        values,
        baselines,
        note: "every message forced to disk in both".into(),
        ..Figure::default()
    })?;
    stack.stop().await;
    Ok(())
}

/// Waits until the stream holds so many messages.
pub(super) async fn until(stack: &Stack, messages: u64) -> anyhow::Result<()> {
    let context = stack.jetstream().await?;
    let watch = Stopwatch::start();
    loop {
        if let Ok(mut stream) = context.get_stream(STREAM).await
            && stream.info().await?.state.messages >= messages
        {
            return Ok(());
        }
        anyhow::ensure!(watch.elapsed() < WITHIN, "the relay does not come to an end");
        back_off(Duration::from_millis(50)).await;
    }
}
