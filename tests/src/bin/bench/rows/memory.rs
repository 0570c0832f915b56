//! Resident memory of each service after a million commands on 100 000 streams.

use std::time::Duration;

use super::Run;
use crate::figures::{Figure, Report};
use crate::load::bulk;
use crate::machine::{Stack, With, reached};

/// Sales, each a stream.
const SALES: usize = 100_000;
/// Advances of each, so that a life is ten commands.
const ADVANCES: usize = 8;
/// How long the followers may need.
const WITHIN: Duration = Duration::from_secs(600);

/// Both parts of `memory`.
#[expect(clippy::float_arithmetic, reason = "MiB for people")]
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("memory") {
        return Ok(());
    }
    let stack = Stack::start(With::Followers).await?;
    let pool = stack.superuser().await?;
    let mib = |bytes: u64| f64::from(u32::try_from(bytes / 1_024).unwrap_or(u32::MAX)) / 1_024.0;
    let before = [stack.command.cost(), stack.projection.cost()];
    let life = stack.life_of(ADVANCES);
    let speed = bulk::run(&life, SALES).await?;
    stack.until_followed(&pool, reached::head(&pool).await?, WITHIN).await?;
    let after = [stack.command.cost(), stack.projection.cost()];
    for ((part, before), after) in
        ["command-service", "projection-service"].into_iter().zip(before).zip(after)
    {
        report.add(&Figure {
            name: "memory".into(),
            part,
            unit: "MiB",
            baseline: "resident_at_start".into(),
            values: vec![mib(after.resident)],
            baselines: vec![mib(before.resident)],
            note: format!(
                "1 000 000 commands at {speed:.0}/s; anonymous {:.0} MiB",
                mib(after.anonymous)
            ),
        })?;
    }
    stack.stop().await;
    Ok(())
}
