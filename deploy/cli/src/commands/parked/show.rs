//! `salgslogg parked show`: one parked stream, why it waits, and what waits behind it.

use clap::Args;
use events::Recorded;
use read_models::parked::{self, ParkedStream};
use serde_json::{Value, json};

use super::{Choice, Format};
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::tables::{Column, grouped, render};

/// Most generations that may hold the same stream.
const GENERATIONS_MAX: i64 = 20;

/// Arguments of `parked show`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salgslogg parked show activity/0198c0de-0000-7000-8000-000000000001")]
pub struct Arguments {
    /// The stream, as `parked list` names it, or its key in the log
    #[arg(value_name = "STREAM")]
    stream: String,
    #[command(flatten)]
    choice: Choice,
    /// Most waiting events to name
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1_000))]
    limit: i64,
}

impl Arguments {
    pub(super) fn database(&self) -> &DatabaseArguments {
        &self.choice.database
    }
}

/// Asks and prints.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let mut connection = database.operator().await?;
    let which = arguments.choice.of(Some(&arguments.stream));
    let (streams, _) = parked::list(&mut connection, database.log_id(), &which, GENERATIONS_MAX)
        .await
        .map_err(|error| failed(&error))?;
    if streams.is_empty() {
        return Err(Failure::NotFound(format!("no parked stream {}", arguments.stream)));
    }
    let store = database.store(1)?;
    let mut shown = Vec::with_capacity(streams.len());
    for stream in streams {
        let positions = parked::queue(&mut connection, database.log_id(), &stream, arguments.limit)
            .await
            .map_err(|error| failed(&error))?;
        let events = store.read_at(&positions).await;
        let events = events.map_err(|error| Failure::Unreachable(error.to_string()))?;
        shown.push((stream, events));
    }
    match format {
        Format::Machine => output::json(&shown.iter().map(machine).collect()),
        Format::People => output::line(&shown.iter().map(people).collect::<Vec<_>>().join("\n\n")),
    }
}

fn machine((stream, events): &(ParkedStream, Vec<Recorded>)) -> Value {
    let event = |event: &Recorded| {
        json!({"position": event.position, "version": event.version, "type": event.event_type,
               "schema_version": event.schema_version, "recorded_at": event.recorded_at})
    };
    json!({"stream": stream, "waiting": events.iter().map(event).collect::<Vec<_>>()})
}

fn people((stream, events): &(ParkedStream, Vec<Recorded>)) -> String {
    let ParkedStream { model, generation, tenant, position, event_type, error, .. } = stream;
    let mut text = format!(
        "{} of tenant {tenant}, parked by {model} generation {generation} since {}\n\
         {event_type} at position {position} cannot be applied ({}): {error}\n\
         tried {} times, last {}",
        stream.stream,
        stream.parked_at.format("%Y-%m-%d %H:%M:%S UTC"),
        stream.reason,
        stream.attempts,
        stream.tried_at.format("%Y-%m-%d %H:%M:%S UTC"),
    );
    if stream.redrive_requested_at.is_some() {
        text.push_str("; another try has been asked for");
    }
    let columns = [
        Column::right("position"),
        Column::right("version"),
        Column::left("event"),
        Column::left("recorded"),
    ];
    let row = |event: &Recorded| {
        vec![
            grouped(&event.position.to_string()),
            event.version.to_string(),
            format!("{} v{}", event.event_type, event.schema_version),
            event.recorded_at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        ]
    };
    text.push('\n');
    text.push_str(&render(&columns, events.iter().map(row)));
    let named = i64::try_from(events.len()).unwrap_or(i64::MAX);
    if stream.queued > named {
        let more = grouped(&(stream.queued - named).to_string());
        text.push_str(&format!("\nand {more} more wait"));
    }
    text
}
