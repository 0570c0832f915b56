//! `salgslogg parked retry`: has a halted read model try again.

use clap::Args;
use read_models::parked;
use serde_json::json;

use super::Format;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;

/// Arguments of `parked retry`.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is skipped: a read model that still cannot apply the event stands still again and says why.

Example:
  salgslogg parked retry sale")]
pub struct Arguments {
    /// The read model
    #[arg(value_name = "MODEL")]
    model: String,
    #[command(flatten)]
    database: DatabaseArguments,
}

impl Arguments {
    pub(super) fn database(&self) -> &DatabaseArguments {
        &self.database
    }
}

/// Asks for it.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let mut connection = database.operator().await?;
    let asked = parked::retry(&mut connection, database.log_id(), &arguments.model).await;
    let asked = asked.map_err(|error| failed(&error))?;
    match format {
        Format::Machine => output::json(&json!({"asked": asked})),
        Format::People if asked == 0 => {
            output::line(&format!("{} does not stand still", arguments.model))
        }
        Format::People => output::line(&format!(
            "{} tries again; `salgslogg parked list` tells what comes of it",
            arguments.model
        )),
    }
}
