//! `salgslogg projection promote` and `rollback`: which generation answers questions.

use clap::Args;
use read_models::rebuild::{self, Readers, RebuildError, Switched};
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

Where an older backup of the log was restored and the live generation holds what the log has lost, no generation can
come as far: build one and promote it with --step-back, which asks first.

Examples:
  salgslogg projection promote sale
  salgslogg projection promote sale --step-back")]
pub struct PromoteArguments {
    /// The read model
    #[arg(value_name = "NAME")]
    name: String,
    /// The generation [default: the newest that is built and waits]
    #[arg(value_name = "GENERATION")]
    generation: Option<i32>,
    /// Also when the live one has come further; readers are then shown less than they have seen
    #[arg(long)]
    step_back: bool,
    #[command(flatten)]
    consent: Consent,
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
    let PromoteArguments { name, generation, step_back, consent, .. } = arguments;
    let readers = if *step_back {
        consent.ask(&format!("show readers of {name} less than they may have seen"))?;
        Readers::StepBack
    } else {
        Readers::KeepPlace
    };
    let mut connection = database.operator().await?;
    told(name, rebuild::promote(&mut connection, name, *generation, readers).await, format)
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
