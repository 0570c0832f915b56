//! `salgslogg projection rebuild`: a new generation from the log, beside the live one.

use std::str::FromStr;

use clap::Args;
use read_models::rebuild::{Progress, Rebuild};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;

use super::progress::Bar;
use super::{Format, refused};
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::import::progress::rate;
use crate::output;
use crate::tables::grouped;

/// Connections to the log beside those of the workers.
const SPARE: u32 = 2;

/// Arguments of `projection rebuild`.
#[derive(Debug, Args)]
#[command(after_help = "\
Reads and commands go on meanwhile. A run that was interrupted is simply run again: the parts that are done stay.
When it ends, projection-service follows the new generation; compare it and let it answer.

Example:
  salgslogg projection rebuild sale
  salgslogg projection diff sale
  salgslogg projection promote sale")]
pub struct Arguments {
    /// The read model
    #[arg(value_name = "NAME")]
    name: String,
    /// Parts filled at once; each needs two connections, and memory for a page of events
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
}

/// Builds it.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let operator = PgConnectOptions::from_str(database.url()).map_err(|error| failed(&error))?;
    let store = database.store(u32::from(arguments.jobs) + SPARE)?;
    let begun = Rebuild::begin(&operator, store, &arguments.name).await;
    let mut rebuild = begun.map_err(refused)?;
    let (target, before) = (rebuild.target(), rebuild.progress());
    if before.parts_done > 0 {
        let (done, parts, generation) = (before.parts_done, before.parts, rebuild.generation());
        output::remark(&format!(
            "going on with generation {generation}: {done} of {parts} parts are done"
        ));
    }
    let bar = Bar::new(before);
    let mut now = before;
    let filled = rebuild
        .fill(usize::from(arguments.jobs), |progress| {
            now = progress;
            bar.at(progress);
        })
        .await;
    if let Err(error) = filled {
        bar.finish();
        return Err(refused(error));
    }
    bar.say("indexes and statistics");
    let finished = rebuild.finish().await;
    let elapsed = bar.elapsed();
    bar.finish();
    let generation = finished.map_err(refused)?;
    let Progress { events, rows, .. } = now;
    let speed = rate(events, elapsed);
    match format {
        Format::Machine => output::json(&json!({
            "name": arguments.name, "generation": generation, "position": target, "events": events, "rows": rows,
            "parts_before": before.parts_done, "parts": before.parts, "milliseconds": elapsed.as_millis(),
            "events_per_second": speed,
        })),
        Format::People => output::line(&format!(
            "generation {generation} of {name} is built up to position {}: {} events, {} rows, {}.{:03} s, {} events/s\n\
             projection-service follows it now; next: salgslogg projection diff {name}, salgslogg projection promote {name}",
            grouped(&target.to_string()),
            grouped(&events.to_string()),
            grouped(&rows.to_string()),
            elapsed.as_secs(),
            elapsed.subsec_millis(),
            grouped(&speed.to_string()),
            name = arguments.name,
        )),
    }
}
