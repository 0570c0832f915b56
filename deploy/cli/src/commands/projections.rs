//! `salgslogg projections`: how far each read model is.

use serde_json::Value;

use super::Format;
use super::reading::{figure, list, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, render};

/// Asks and prints.
pub async fn run(stack: &Stack, format: Format) -> Result<(), Failure> {
    let body = stack.queries(Caller::Manager)?.get("/v1/projections", &[]).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::line(&people(&parse(&body)?)),
    }
}

/// The table for people: name and position first, then whatever the stack says about each.
pub fn people(answer: &Value) -> String {
    let rows = list(answer, "projections");
    let mut fields = vec!["name", "position"];
    for name in rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
        if !fields.contains(&name.as_str()) {
            fields.push(name);
        }
    }
    let title = |field: &&str| {
        if *field == "name" {
            Column::left("read model")
        } else {
            Column::right(&field.replace('_', " "))
        }
    };
    let columns: Vec<_> = fields.iter().map(title).collect();
    let row = |row: &Value| fields.iter().map(|field| cell(&row[field])).collect();
    render(&columns, rows.iter().map(row))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Array(parts) => parts.len().to_string(),
        Value::Number(_) => figure(value),
        Value::Object(halt) if halt.contains_key("reason") => {
            format!("before {}: {}", figure(&value["position"]), text(&value["reason"]))
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Object(_) => text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_read_model_is_a_row_and_lists_are_counted() {
        let answer = serde_json::json!({ "projections": [
            { "generation": 1, "lag": 0, "name": "sale", "parked": [], "position": 23811, "status": "live" }] });
        let drawn = people(&answer);
        let row = drawn.lines().nth(3).unwrap();
        let cells: Vec<_> = row.trim_matches('│').split('┆').map(str::trim).collect();
        assert_eq!(cells, ["sale", "23 811", "1", "0", "0", "live"]);
    }
}
