//! `salgslogg parked policy`: what a read model does about an event it cannot apply.

use clap::Args;
use clap::builder::PossibleValuesParser;
use read_models::{OnPoison, parked};
use serde_json::json;

use super::Format;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;

/// Arguments of `parked policy`.
#[derive(Debug, Args)]
#[command(after_help = "\
halt         the read model stands still before the event, so no total ever lacks a sale
park_stream  the event's stream is set aside until it is redriven, and all others go on

Holds for every generation there is; a new one begins with the policy of its read model. A read model that stands still
for such an event goes on by parking its stream when that is the new policy.

Example:
  salgslogg parked policy sale park_stream")]
pub struct Arguments {
    /// The read model
    #[arg(value_name = "MODEL")]
    model: String,
    /// What it does from now on
    #[arg(value_name = "POLICY", value_parser = PossibleValuesParser::new(OnPoison::ALL.map(OnPoison::as_str)))]
    policy: String,
    #[command(flatten)]
    database: DatabaseArguments,
}

impl Arguments {
    pub(super) fn database(&self) -> &DatabaseArguments {
        &self.database
    }
}

/// Sets it.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let Arguments { model, policy, .. } = arguments;
    let known = OnPoison::parse(policy)
        .ok_or_else(|| Failure::Usage(format!("no such policy: {policy}")))?;
    let mut connection = database.operator().await?;
    let generations = parked::set_policy(&mut connection, model, known).await;
    match (generations.map_err(|error| failed(&error))?, format) {
        (0, _) => Err(Failure::NotFound(format!("no read model {model}"))),
        (generations, Format::Machine) => {
            output::json(&json!({"model": model, "on_poison": policy, "generations": generations}))
        }
        (generations, Format::People) => output::line(&format!(
            "{model}: {policy} ({generations} generation{})",
            if generations == 1 { "" } else { "s" }
        )),
    }
}
