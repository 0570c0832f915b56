//! `salgslogg history`: every event of one sale and what it changed.

use clap::Args;
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::reading::{figure, list, parse, text};
use super::sale::id_of;
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, render};

/// Arguments of `history`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg history 1001\n  salgslogg history 1001 --known-at 2026-03-11 --json"
)]
pub struct Arguments {
    /// The sale's id (a UUID) or its number
    #[arg(value_name = "ID|NUMBER")]
    sale: String,
    #[command(flatten)]
    moment: Moment,
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let client = stack.queries(Caller::Manager)?;
    let id = id_of(&client, &arguments.sale).await?;
    let parameters = Parameters::at(&arguments.moment);
    let body = client.get(&format!("/v1/sales/{id}/history"), parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::line(&people(&parse(&body)?)),
    }
}

/// The table for people: one row an event.
pub fn people(answer: &Value) -> String {
    let columns = [
        Column::right("version"),
        Column::right("position"),
        Column::left("effective"),
        Column::left("recorded"),
        Column::left("by"),
        Column::left("event"),
        Column::left("changes"),
    ];
    let row = |event: &Value| {
        vec![
            text(&event["version"]),
            figure(&event["position"]),
            text(&event["effective_at"]),
            text(&event["recorded_at"]),
            text(&event["actor"]),
            text(&event["type"]),
            list(event, "changes").iter().map(change).collect::<Vec<_>>().join("\n"),
        ]
    };
    let table = render(&columns, list(answer, "events").iter().map(row));
    format!("{table}\nposition {}", figure(&answer["position"]))
}

fn change(change: &Value) -> String {
    let field = text(&change["field"]).replace('_', " ");
    let (from, to) = (named(change, "from", "from_name"), named(change, "to", "to_name"));
    match from {
        Value::Null => format!("{field}: {}", text(to)),
        from => format!("{field}: {} → {}", text(from), text(to)),
    }
}

/// What people call a value; ids are for machines.
fn named<'a>(change: &'a Value, value: &str, name: &str) -> &'a Value {
    change.get(name).filter(|name| !name.is_null()).unwrap_or(&change[value])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_row_with_its_changes() {
        let answer = serde_json::json!({ "position": 1234, "events": [
            { "position": 17, "previous": 12, "version": 2, "type": "sale.stage-advanced", "recorded_at": "2026-03-12T08:00:00Z",
              "effective_at": "2026-03-12T08:00:00Z", "actor": "ola",
              "changes": [{ "field": "stage", "from": "0198…a1", "from_name": "First meeting", "to": "0198…a2", "to_name": "Quotation" },
                          { "field": "sale_date", "from": null, "to": "2026-06-10" }] }] });
        let drawn = people(&answer);
        assert!(drawn.contains("stage: First meeting → Quotation "), "{drawn}");
        assert!(drawn.contains("sale date: 2026-06-10 "), "{drawn}");
        assert!(drawn.ends_with("position 1 234"), "{drawn}");
    }
}
