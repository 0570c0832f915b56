//! `salgslogg tenant show`: the settings of a tenant, as its own people see them.

use clap::Args;
use events::TenantSlug;
use serde_json::{Value, json};

use super::{Format, of};
use crate::commands::reading::{parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, render};

/// Arguments of `tenant show`.
#[derive(Debug, Args)]
#[command(after_help = "\
A tenant nobody has used yet has the defaults: EUR and UTC.

Examples:
  salgslogg tenant show
  salgslogg tenant show acme --json")]
pub struct Arguments {
    /// The tenant [default: that of the token]
    #[arg(value_name = "SLUG")]
    slug: Option<TenantSlug>,
}

/// What `GET /v1/me` says about the tenant, not about the caller.
const FIELDS: [&str; 5] = ["tenant", "base_currency", "time_zone", "today", "position"];

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let (stack, _) = of(stack, arguments.slug.as_ref())?;
    show(&stack, None, format).await
}

/// Shows the tenant of the stack's token, not before `position`.
pub(super) async fn show(
    stack: &Stack,
    position: Option<u64>,
    format: Format,
) -> Result<(), Failure> {
    let position = position.map(|position| ("min_position", position.to_string()));
    let client = stack.queries(Caller::Admin)?;
    let parameters: Vec<_> = position.into_iter().collect();
    let me = parse(&client.get("/v1/me", &parameters).await?)?;
    match format {
        Format::Machine => {
            let mut tenant = json!({});
            for field in FIELDS {
                tenant[field] = me[field].clone();
            }
            output::json(&tenant)
        }
        Format::People => output::line(&people(&me)),
    }
}

fn people(me: &Value) -> String {
    let rows = FIELDS.iter().map(|field| vec![field.replace('_', " "), text(&me[*field])]);
    render(&[Column::left("setting"), Column::left("value")], rows)
}

/// The position in the answer to a command.
pub(super) fn position(answer: &[u8]) -> Result<u64, Failure> {
    let position = parse(answer)?["position"].as_u64();
    position.ok_or_else(|| Failure::Unexpected("an answer without a position".to_owned()))
}
