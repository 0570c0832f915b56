//! `salgslogg projection promote` and `rollback`: which generation answers questions.

use clap::Args;
use read_models::rebuild::{self, RebuildError, Switched};
use serde_json::json;

use super::{Format, refused};
use crate::confirm::Consent;
use crate::database::{Database, DatabaseArguments};
use crate::failure::Failure;
use crate::output;
use crate::tables::grouped;

/// Arguments of `projection promote`.
#[derive(Debug, Args)]
#[command(after_help = "\
No reader steps back: the generation must be where the live one is; it is waited for, at most five seconds. The one
before is kept and followed, so `salgslogg projection rollback` is the way back until it is dropped.

Example:
  salgslogg projection promote sale")]
pub struct PromoteArguments {
    /// The read model
    #[arg(value_name = "NAME")]
    name: String,
    /// The generation [default: the newest that is built and waits]
    #[arg(value_name = "GENERATION")]
    generation: Option<i32>,
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
}

/// Arguments of `projection rollback`.
#[derive(Debug, Args)]
#[command(after_help = "\
Asks first, unless --yes is given. The generation that answered until now is kept.

Examples:
  salgslogg projection rollback sale
  salgslogg projection rollback sale --yes")]
pub struct RollbackArguments {
    /// The read model
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
}

/// Promotes.
pub(super) async fn promote(
    database: &Database,
    arguments: &PromoteArguments,
    format: Format,
) -> Result<(), Failure> {
    let mut connection = database.operator().await?;
    let PromoteArguments { name, generation, .. } = arguments;
    told(name, rebuild::promote(&mut connection, name, *generation).await, format)
}

/// Rolls back.
pub(super) async fn rollback(
    database: &Database,
    arguments: &RollbackArguments,
    format: Format,
) -> Result<(), Failure> {
    let RollbackArguments { name, consent, .. } = arguments;
    consent.ask(&format!("let the generation of {name} before the live one answer again"))?;
    let mut connection = database.operator().await?;
    told(name, rebuild::rollback(&mut connection, name).await, format)
}

fn told(
    name: &str,
    switched: Result<Switched, RebuildError>,
    format: Format,
) -> Result<(), Failure> {
    let Switched { from, to, position } = switched.map_err(refused)?;
    match format {
        Format::Machine => {
            output::json(&json!({ "name": name, "from": from, "live": to, "position": position }))
        }
        Format::People => {
            let before = from.map_or(String::new(), |from| format!("; generation {from} is kept"));
            let position = grouped(&position.to_string());
            output::line(&format!(
                "generation {to} of {name} is live at position {position}{before}"
            ))
        }
    }
}
