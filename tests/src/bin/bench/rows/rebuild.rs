//! Rebuilding every read model while commands run at a steady rate, and what those commands notice.

use std::time::Duration;

use service_runtime::clock::Stopwatch;

use super::{Run, latency, relay};
use crate::baseline::replay;
use crate::figures::{Figure, Report};
use crate::load::times::rate;
use crate::machine::{Stack, With, reached};

/// Commands a second meanwhile.
const RATE: u32 = 500;
/// Connections of the load.
const CONNECTIONS: usize = 16;
/// How long the followers may need.
const WITHIN: Duration = Duration::from_secs(600);

/// Both parts of `rebuild_under_load`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("rebuild_under_load") {
        return Ok(());
    }
    let mut stack = Stack::generated(With::Followers, run.events()).await?;
    stack.projection.start().await?;
    let pool = stack.superuser().await?;
    let head = reached::head(&pool).await?;
    stack.until_followed(&pool, head, WITHIN).await?;
    // what is left for the relay would be measured too
    relay::until(&stack, u64::try_from(head)?).await?;
    let (mut speeds, mut selects, mut p99s, mut quiet) = (vec![], vec![], vec![], vec![]);
    for _ in 0..run.repeats() {
        selects.push(replay::select(&stack, run.events()).await?);
        let life = stack.lifecycle();
        quiet.push(
            latency::commands(&life, RATE, CONNECTIONS, 2 * run.time()).await?.percentile_ms(99),
        );
        let (speed, times) = under_load(&stack, run).await?;
        speeds.push(speed);
        p99s.push(times);
        for model in read_models::all() {
            let generation = newest(&stack, model.name()).await?;
            salgslogg(&stack, &["projection", "drop", model.name(), &generation, "--yes"]).await?;
        }
    }
    report.add(&Figure {
        name: "rebuild_under_load".into(),
        unit: "events/s",
        baseline: "paged_select_decoded".into(),
        values: speeds,
        baselines: selects,
        note: "no command failed".into(),
        ..Figure::default()
    })?;
    report.add(&Figure {
        name: "rebuild_under_load".into(),
        part: "p99",
        unit: "ms",
        baseline: "p99_undisturbed".into(),
        values: p99s,
        baselines: quiet,
        ..Figure::default()
    })?;
    stack.stop().await;
    Ok(())
}

/// All read models one after the other; events a second, and p99 of the commands meanwhile, none of which may fail.
async fn under_load(stack: &Stack, run: &Run) -> anyhow::Result<(f64, f64)> {
    let pool = stack.superuser().await?;
    let head = reached::head(&pool).await?;
    let (over, ended) = tokio::sync::oneshot::channel();
    let life = stack.lifecycle();
    let building = async {
        let watch = Stopwatch::start();
        for model in read_models::all() {
            salgslogg(stack, &["projection", "rebuild", model.name()]).await?;
        }
        let elapsed = watch.elapsed();
        over.send(()).ok();
        anyhow::Ok(elapsed)
    };
    let loading = async {
        let mut worst = Vec::new();
        let mut ended = ended;
        while ended.try_recv().is_err() {
            let times = latency::commands(&life, RATE, CONNECTIONS, run.time()).await?;
            worst.push(times.percentile_ms(99));
        }
        Ok(crate::figures::median(&worst))
    };
    let (elapsed, p99) = tokio::try_join!(building, loading)?;
    Ok((rate(usize::try_from(head)?, elapsed), p99))
}

async fn newest(stack: &Stack, model: &str) -> anyhow::Result<String> {
    let pool = stack.superuser().await?;
    let newest: i32 =
        sqlx::query_scalar("SELECT max(generation) FROM es_ops.projection WHERE name = $1")
            .bind(model)
            .fetch_one(&pool)
            .await?;
    Ok(newest.to_string())
}

async fn salgslogg(stack: &Stack, arguments: &[&str]) -> anyhow::Result<()> {
    let told = stack.salgslogg()?.arg("--json").args(arguments).output().await?;
    let said = String::from_utf8_lossy(&told.stderr);
    anyhow::ensure!(told.status.success(), "salgslogg {}: {said}", arguments.join(" "));
    Ok(())
}
