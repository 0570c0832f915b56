//! The rows of the targets table, one family a file: each starts the stack it needs, measures baseline and candidate in
//! turn, and reports.

mod beside_key;
mod board;
mod bulk;
mod catch_up;
mod commands;
mod find;
mod goals;
mod growth;
mod import;
mod lag;
mod latency;
mod memory;
mod queries;
mod rebuild;
mod relay;
mod rights;
mod stages;
mod verify;

use std::path::PathBuf;
use std::time::Duration;

use crate::figures::Report;

/// What is wanted of a run.
#[derive(Debug)]
pub struct Run {
    /// Only names that contain this.
    pub only: Option<String>,
    /// One repeat, short, a tenth of the events.
    pub quick: bool,
    /// Folder of the public data set; none = files of the same shape are made.
    pub import_folder: Option<PathBuf>,
}

impl Run {
    /// Whether a name is asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// How often.
    pub fn repeats(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }

    /// How long one measurement lasts.
    pub fn time(&self) -> Duration {
        Duration::from_secs(if self.quick { 2 } else { 5 })
    }

    /// Events of a log that is read.
    pub fn events(&self) -> i64 {
        if self.quick { 100_000 } else { 1_000_000 }
    }
}

/// Every family, in the order of the table.
pub async fn all(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    commands::run(run, report).await?;
    commands::following(run, report).await?;
    latency::run(run, report).await?;
    bulk::run(run, report).await?;
    catch_up::run(run, report).await?;
    rebuild::run(run, report).await?;
    lag::run(run, report).await?;
    relay::run(run, report).await?;
    queries::run(run, report).await?;
    import::run(run, report).await?;
    if !run.quick || run.only.is_some() {
        verify::run(run, report).await?;
    }
    if !run.quick {
        memory::run(run, report).await?;
        growth::run(run, report).await?;
    }
    Ok(())
}
