//! `salgslogg sale`: the card of one sale, found by id or number.

use bytes::Bytes;
use clap::Args;
use serde_json::Value;
use uuid::Uuid;

use super::Format;
use super::moment::{Moment, Parameters};
use super::reading::{list, parse, text};
use crate::failure::Failure;
use crate::http::Client;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, render};

/// Arguments of `sale`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg sale 1001\n  salgslogg sale 0198c0de-0000-7000-8000-000000000001 --as-of 2026-03-11"
)]
pub struct Arguments {
    /// The sale's id (a UUID) or its number
    #[arg(value_name = "ID|NUMBER")]
    sale: String,
    /// The day overdue marks are judged by [default: that of --as-of, else today]
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let client = stack.queries(Caller::Manager)?;
    let id = id_of(&client, &arguments.sale).await?;
    let parameters = Parameters::at(&arguments.moment).with("today", arguments.today.as_ref());
    let body: Bytes = client.get(&format!("/v1/sales/{id}"), parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::line(&people(&parse(&body)?)),
    }
}

/// The id of a sale named by id or number.
///
/// # Errors
/// [`Failure::NotFound`] for a number nobody has, [`Failure::Usage`] for what is neither.
pub async fn id_of(client: &Client, name: &str) -> Result<Uuid, Failure> {
    if let Ok(id) = Uuid::parse_str(name) {
        return Ok(id);
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Failure::Usage(format!(
            "`{name}` is neither a sale's id (a UUID) nor its number"
        )));
    }
    let body = client.get("/v1/sales", &[("number", name.to_owned())]).await?;
    let answer = parse(&body)?;
    let found = list(&answer, "sales").iter().find(|sale| text(&sale["number"]) == name);
    let id = found.and_then(|sale| Uuid::parse_str(sale["id"].as_str()?).ok());
    id.ok_or_else(|| Failure::NotFound(format!("there is no sale with number {name}")))
}

/// The card for people: every field with a value, the well-known ones first.
pub fn people(answer: &Value) -> String {
    const FIRST: [&str; 19] = [
        "number",
        "title",
        "status",
        "sale_type",
        "stage",
        "probability",
        "amount",
        "weighted",
        "total_cost",
        "profit",
        "profit_percent",
        "owner",
        "owner_group",
        "company",
        "contact",
        "project",
        "sale_date",
        "reason",
        "completed",
    ];
    let card = answer.get("sale").filter(|sale| sale.is_object()).unwrap_or(answer);
    let Some(fields) = card.as_object() else { return text(card) };
    let known = FIRST.iter().filter_map(|name| fields.get_key_value(*name));
    let others = fields.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()));
    let rows = known.chain(others).filter(|(_, value)| !value.is_null());
    let rows = rows.map(|(name, value)| vec![name.replace('_', " "), text(value)]);
    render(&[Column::left("field"), Column::left("value")], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_begins_with_what_people_know_and_skips_what_is_not_there() {
        let answer = serde_json::json!({ "id": "0198", "position": 7, "title": "Fjord ERP", "number": "1001",
            "stage": { "id": "x", "name": "Quotation" }, "competitor": null, "completed": false,
            "amount": { "amount": "500000.00", "currency": "NOK" } });
        let drawn = people(&answer);
        let fields: Vec<_> = drawn
            .lines()
            .skip(3)
            .filter_map(|line| line.split('┆').next())
            .map(str::trim)
            .collect();
        assert_eq!(
            fields[..6],
            ["│ number", "│ title", "│ stage", "│ amount", "│ completed", "│ id"]
        );
        assert!(drawn.contains("500 000.00 NOK") && !drawn.contains("competitor"), "{drawn}");
    }
}
