//! All read models from nothing: projection-service over a long log and empty schemas, beside a decoded SELECT of the
//! same rows, and beside a projection that upserts event by event.

use std::time::Duration;

use service_runtime::clock::{Stopwatch, back_off};

use super::Run;
use crate::baseline::replay;
use crate::figures::{Figure, Report, median};
use crate::load::times::rate;
use crate::machine::{Stack, With, reached};

/// The longest catch-up that is waited for.
const WITHIN: Duration = Duration::from_secs(600);

/// `catch_up_all` and `catch_up_over_best_peer`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    let (all, peer) = (run.wants("catch_up_all"), run.wants("catch_up_over_best_peer"));
    if !all && !peer {
        return Ok(());
    }
    let mut stack = Stack::generated(With::LogOnly, run.events()).await?;
    let (mut values, mut selects, mut upserts) = (Vec::new(), Vec::new(), Vec::new());
    let mut costs = Vec::new();
    for number in 0..run.repeats() {
        selects.push(replay::select(&stack, run.events()).await?);
        if peer {
            upserts.push(replay::upsert_per_event(&stack, run.time()).await?);
        }
        let (speed, cost) = once(&mut stack, number).await?;
        values.push(speed);
        costs.push(cost);
    }
    if all {
        report.add(&Figure {
            name: "catch_up_all".into(),
            unit: "events/s",
            baseline: "paged_select_decoded".into(),
            values: values.clone(),
            baselines: selects,
            note: {
                let of = |part: fn(&(f64, f64)) -> f64| {
                    median(&costs.iter().map(part).collect::<Vec<_>>())
                };
                let (service, postgres) = (of(|cost| cost.0), of(|cost| cost.1));
                format!(
                    "{service:.1} µs of projection-service and {postgres:.1} of Postgres an event"
                )
            },
            ..Figure::default()
        })?;
    }
    if peer {
        report.add(&Figure {
            name: "catch_up_over_best_peer".into(),
            unit: "events/s",
            baseline: "upsert_per_event".into(),
            values,
            baselines: upserts,
            note: "an upsert a transaction, as the peers' projections do".into(),
            ..Figure::default()
        })?;
    }
    stack.stop().await;
    Ok(())
}

/// One catch-up into a database of its own: events a second, and microseconds of processor an event of the service and
/// of Postgres.
#[expect(clippy::float_arithmetic, reason = "a mean")]
async fn once(stack: &mut Stack, number: usize) -> anyhow::Result<(f64, (f64, f64))> {
    let read_side = stack.empty_read_side(&format!("read_{number}")).await?;
    let log = stack.superuser().await?;
    let head = reached::head(&log).await?;
    let before = stack.postgres_cost().processor;
    let watch = Stopwatch::start();
    stack.projection.start().await?;
    while reached::position(&read_side).await? < head {
        anyhow::ensure!(watch.elapsed() < WITHIN, "the read models do not catch up");
        back_off(Duration::from_millis(50)).await;
    }
    let elapsed = watch.elapsed();
    let service = stack.projection.cost().processor.as_secs_f64();
    let postgres = stack.postgres_cost().processor.saturating_sub(before).as_secs_f64();
    stack.projection.end(nix::sys::signal::Signal::SIGTERM).await;
    let events = usize::try_from(head)?;
    let an_event = 1e6 / f64::from(u32::try_from(head)?);
    Ok((rate(events, elapsed), (service * an_event, postgres * an_event)))
}
