//! `salgslogg projection drop`: deletes a generation that answers no questions.

use clap::Args;
use read_models::rebuild;
use serde_json::json;

use super::{Format, refused};
use crate::confirm::Consent;
use crate::database::{Database, DatabaseArguments};
use crate::failure::Failure;
use crate::output;

/// Arguments of `projection drop`.
#[derive(Debug, Args)]
#[command(after_help = "\
The live generation is never dropped, nor one that was live less than a minute ago: a question may still read it.
The log is not touched; a generation can always be built again.

Example:
  salgslogg projection drop sale 6 --yes")]
pub struct Arguments {
    /// The read model
    #[arg(value_name = "NAME")]
    name: String,
    /// The generation
    #[arg(value_name = "GENERATION")]
    generation: i32,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
}

/// Asks, then drops.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let Arguments { name, generation, consent, .. } = arguments;
    consent.ask(&format!("drop generation {generation} of {name}"))?;
    let mut connection = database.operator().await?;
    rebuild::drop_generation(&mut connection, name, *generation).await.map_err(refused)?;
    match format {
        Format::Machine => output::json(&json!({ "name": name, "dropped": generation })),
        Format::People => output::line(&format!("generation {generation} of {name} is dropped")),
    }
}
