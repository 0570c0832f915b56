//! NDJSON over one connection beside pgbench with 128 clients.

use super::Run;
use crate::baseline::pgbench;
use crate::figures::{Figure, Report};
use crate::load::bulk;
use crate::machine::{Stack, With};

/// Sales of one measurement.
const SALES: usize = 20_000;

/// `bulk_commands`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("bulk_commands") {
        return Ok(());
    }
    let stack = Stack::start(With::LogOnly).await?;
    let (mut values, mut baselines) = (Vec::new(), Vec::new());
    let sales = if run.quick { SALES / 10 } else { SALES };
    for _ in 0..run.repeats() {
        baselines.push(pgbench::single_inserts(&stack, 128, run.time()).await?);
        values.push(bulk::run(&stack.lifecycle(), sales).await?);
    }
    report.add(&Figure {
        name: "bulk_commands".into(),
        unit: "commands/s",
        baseline: "pgbench_insert_128".into(),
        values,
        baselines,
        ..Figure::default()
    })?;
    stack.stop().await;
    Ok(())
}
