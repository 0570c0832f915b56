//! Reading answers for tables: forgiving about what is missing, since more fields are always welcome.

use serde_json::Value;

use crate::failure::Failure;
use crate::tables::{Column, grouped};

/// What stands in a table for a value that is not there.
pub const NOTHING: &str = "–";

/// Parses the body of an answer.
pub fn parse(body: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::Unexpected(format!("the stack's answer is no JSON: {error}")))
}

/// A value for people: texts bare, money with its currency, nothing as a dash.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => NOTHING.to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(map) => match (map.get("amount"), map.get("currency"), map.get("name")) {
            (Some(amount), Some(currency), _) => {
                format!("{} {}", grouped(&text(amount)), text(currency))
            }
            (_, _, Some(name)) => text(name),
            _ if map.is_empty() => NOTHING.to_owned(),
            _ => value.to_string(),
        },
    }
}

/// A figure for people: grouped digits, nothing as a dash.
pub fn figure(value: &Value) -> String {
    grouped(&text(value))
}

/// The rows of a list in an answer.
pub fn list<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The line under a table: position, moment, and currencies without a rate.
pub fn footer(answer: &Value) -> String {
    let mut text = format!(
        "position {} · as of {}",
        figure(&answer["position"]),
        self::text(&answer["as_of"])
    );
    let missing: Vec<_> = list(answer, "missing_rates").iter().map(self::text).collect();
    if !missing.is_empty() {
        text.push_str(&format!(" · no rate for {}, not in the sums", missing.join(", ")));
    }
    text
}

/// Title of a money column: `amount EUR`.
pub fn money_column(title: &str, answer: &Value) -> Column {
    match &answer["currency"] {
        Value::String(currency) => Column::right(&format!("{title} {currency}")),
        _ => Column::right(title),
    }
}
