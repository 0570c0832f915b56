//! `salgslogg parked list`: everything that stands still or waits, over all tenants.

use clap::Args;
use read_models::parked::{self, ParkedStream};
use read_models::rebuild::{Generation, generations};
use serde_json::json;

use super::{Choice, Format};
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::tables::{Column, grouped, render};

/// Arguments of `parked list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salgslogg parked list --model activity")]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// Most streams to name
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
    let log_id = database.log_id();
    let mut standing =
        generations(&mut connection, log_id).await.map_err(|error| failed(&error))?;
    let wanted = |generation: &Generation| {
        let model = arguments.choice.model.as_ref();
        generation.halted.is_some() && model.is_none_or(|model| *model == generation.name)
    };
    standing.retain(wanted);
    let (streams, count) =
        parked::list(&mut connection, log_id, &arguments.choice.of(None), arguments.limit)
            .await
            .map_err(|error| failed(&error))?;
    match format {
        Format::Machine => {
            output::json(&json!({"halted": standing, "parked": streams, "count": count}))
        }
        Format::People => output::line(&people(&standing, &streams, count)),
    }
}

fn people(standing: &[Generation], streams: &[ParkedStream], count: i64) -> String {
    let mut paragraphs = Vec::new();
    for generation in standing {
        let Generation { name, generation, halted, .. } = generation;
        let why = halted.as_deref().unwrap_or_default();
        paragraphs.push(format!("{name} generation {generation} stands still: {why}"));
    }
    if streams.is_empty() {
        paragraphs.push("no parked streams".to_owned());
        return paragraphs.join("\n");
    }
    let columns = [
        Column::left("read model"),
        Column::right("generation"),
        Column::left("tenant"),
        Column::left("stream"),
        Column::right("position"),
        Column::left("event"),
        Column::left("reason"),
        Column::right("waiting"),
        Column::right("tries"),
    ];
    let row = |stream: &ParkedStream| {
        vec![
            stream.model.clone(),
            stream.generation.to_string(),
            stream.tenant.clone(),
            stream.stream.clone(),
            grouped(&stream.position.to_string()),
            stream.event_type.clone(),
            stream.reason.clone(),
            grouped(&stream.queued.to_string()),
            stream.attempts.to_string(),
        ]
    };
    paragraphs.push(render(&columns, streams.iter().map(row)));
    let named = i64::try_from(streams.len()).unwrap_or(i64::MAX);
    if count > named {
        paragraphs.push(format!("and {} more", grouped(&(count - named).to_string())));
    }
    paragraphs.join("\n")
}
