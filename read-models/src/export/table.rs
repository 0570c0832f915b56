//! A list whose answer is held whole, as a file. A cell is what the answer shows at a place, so a file says what the
//! answer says, figure by figure.
//!
//! # How to take another list away
//! 1. Its columns: [`text`], [`number`], [`day`], [`instant`], [`mark`], each with a heading and a JSON pointer within a row;
//!    [`Shown::of_answer`] for a pointer within the whole answer, such as its currency.
//! 2. A route `/v1/<list>/export` whose parameters are those of the list and [`ExportParams`]: [`Taking::begin`] holds the
//!    right `export`, the list's own handler gives the answer, [`Taking::rows`] makes the file. Lists with pages are asked
//!    with [`every_row`](crate::ask::PageParams::every_row).

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use service_runtime::{Actor, Problem};

use axum::response::Response;

use super::pieces::{PIECE, Pieces};
use super::{Cell, ExportParams, Label, file, fits, may_export};
use crate::ask::{Questions, Snapshot, When};

/// How what stands at a place is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Day,
    Instant,
    Mark,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    heading: &'static str,
    pointer: &'static str,
    kind: Kind,
    of_answer: bool,
}

impl Shown {
    const fn of(heading: &'static str, pointer: &'static str, kind: Kind) -> Self {
        Self { heading, pointer, kind, of_answer: false }
    }

    /// The same in every row: the pointer is one within the answer.
    pub const fn of_answer(self) -> Self {
        Self { of_answer: true, ..self }
    }

    fn cell(&self, answer: &Value, row: &Value) -> Cell {
        let from = if self.of_answer { answer } else { row };
        from.pointer(self.pointer).map_or(Cell::Empty, |value| cell(self.kind, value))
    }
}

/// What somebody wrote, or a word of ours; several are joined.
pub(crate) const fn text(heading: &'static str, pointer: &'static str) -> Shown {
    Shown::of(heading, pointer, Kind::Text)
}

/// A figure, as exact as the answer has it.
pub(crate) const fn number(heading: &'static str, pointer: &'static str) -> Shown {
    Shown::of(heading, pointer, Kind::Number)
}

/// A day.
pub(crate) const fn day(heading: &'static str, pointer: &'static str) -> Shown {
    Shown::of(heading, pointer, Kind::Day)
}

/// A moment.
pub(crate) const fn instant(heading: &'static str, pointer: &'static str) -> Shown {
    Shown::of(heading, pointer, Kind::Instant)
}

/// Yes or no.
pub(crate) const fn mark(heading: &'static str, pointer: &'static str) -> Shown {
    Shown::of(heading, pointer, Kind::Mark)
}

/// What cannot be shown as its kind is a text, which never begins a formula.
fn cell(kind: Kind, value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(mark) if kind == Kind::Mark => Cell::Mark(*mark),
        Value::Bool(mark) => Cell::from(if *mark { "true" } else { "false" }),
        Value::Number(digits) if kind == Kind::Number => Cell::Number(digits.to_string()),
        Value::Number(digits) => Cell::Text(digits.to_string()),
        Value::String(text) => written(kind, text),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Cell::Text(texts.map_or_else(|| value.to_string(), |texts| texts.join(", ")))
        }
        Value::Object(members) => match (&members.get("amount"), &members.get("currency")) {
            (Some(Value::String(amount)), Some(Value::String(currency))) => {
                Cell::Text(format!("{amount} {currency}"))
            }
            (_, _) => Cell::Text(value.to_string()),
        },
    }
}

fn written(kind: Kind, text: &str) -> Cell {
    let found = match kind {
        Kind::Number => text.parse::<Decimal>().is_ok().then(|| Cell::Number(text.to_owned())),
        Kind::Day => text.parse::<NaiveDate>().ok().map(Cell::Day),
        Kind::Instant => DateTime::parse_from_rfc3339(text).ok().map(|at| Cell::At(at.to_utc())),
        Kind::Text | Kind::Mark => None,
    };
    found.unwrap_or_else(|| Cell::from(text))
}

/// A list about to be taken away by somebody who may.
#[derive(Debug)]
pub(crate) struct Taking {
    params: ExportParams,
    questions: Questions,
    day: NaiveDate,
    zone: Tz,
}

impl Taking {
    /// # Errors
    /// 403 without the right `export`.
    pub async fn begin(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        params: ExportParams,
    ) -> Result<Self, Problem> {
        let snapshot = Snapshot::open(questions, actor, when).await?;
        may_export(actor, &snapshot)?;
        let questions = questions.clone();
        Ok(Self { params, questions, day: snapshot.today, zone: snapshot.zone })
    }

    /// The rows at one place of an answer, as a file called after the list.
    ///
    /// # Errors
    /// 422 for more rows than a file holds.
    pub async fn rows(
        self,
        list: &str,
        columns: &[Shown],
        answer: &impl Serialize,
        place: &str,
    ) -> Result<Response, Problem> {
        self.chosen(list, columns, answer, |answer| match answer.pointer(place) {
            Some(Value::Array(rows)) => rows.clone(),
            Some(_) | None => Vec::new(),
        })
        .await
    }

    /// Rows made of an answer.
    ///
    /// # Errors
    /// 422 for more rows than a file holds.
    pub async fn chosen(
        self,
        list: &str,
        columns: &[Shown],
        answer: &impl Serialize,
        rows: impl FnOnce(&Value) -> Vec<Value>,
    ) -> Result<Response, Problem> {
        let answer = serde_json::to_value(answer).map_err(|error| Problem::internal(&error))?;
        let rows = rows(&answer);
        fits(rows.len())?;
        let cells = |row: &Value| columns.iter().map(|column| column.cell(&answer, row)).collect();
        let whole = Whole {
            headings: columns.iter().map(|column| column.heading).collect(),
            rows: rows.iter().map(cells).collect::<Vec<_>>().into_iter(),
        };
        let position = answer["position"].as_i64().unwrap_or_default();
        let label =
            Label::at(list, self.params.format, self.day, (self.questions.log_id, position));
        file(self.params, label, whole, self.zone).await
    }
}

/// Rows that are there already.
struct Whole {
    headings: Vec<&'static str>,
    rows: std::vec::IntoIter<Vec<Cell>>,
}

impl Pieces for Whole {
    fn headings(&self) -> Vec<&'static str> {
        self.headings.clone()
    }

    async fn next(&mut self) -> Result<Vec<Vec<Cell>>, Problem> {
        Ok(self.rows.by_ref().take(PIECE).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_what_the_answer_shows_sd_28() {
        for (kind, value, expected) in [
            (
                Kind::Number,
                json!("90071992547409.93"),
                Cell::Number("90071992547409.93".to_owned()),
            ),
            (Kind::Number, json!(7), Cell::Number("7".to_owned())),
            (Kind::Number, json!("=1+1"), Cell::from("=1+1")),
            (Kind::Text, json!("12.50"), Cell::from("12.50")),
            (Kind::Text, json!(["North", "=South"]), Cell::from("North, =South")),
            (Kind::Day, json!("2026-03-10"), Cell::Day("2026-03-10".parse().unwrap())),
            (Kind::Day, json!("+someday"), Cell::from("+someday")),
            (Kind::Mark, json!(false), Cell::Mark(false)),
            (Kind::Text, json!(null), Cell::Empty),
            (Kind::Text, json!({"amount": "-7.50", "currency": "EUR"}), Cell::from("-7.50 EUR")),
            (Kind::Text, json!([{"kind": "sale"}]), Cell::from("[{\"kind\":\"sale\"}]")),
        ] {
            assert_eq!(cell(kind, &value), expected, "{value}");
        }
        let at = cell(Kind::Instant, &json!("2026-03-10T12:00:00+01:00"));
        assert_eq!(at.text(), "2026-03-10T11:00:00Z");
    }

    #[test]
    fn a_column_may_stand_in_the_row_or_in_the_answer() {
        let (answer, row) = (json!({"currency": "EUR"}), json!({"open": {"count": 3}}));
        let cell = |column: Shown| column.cell(&answer, &row);
        assert_eq!(cell(number("open", "/open/count")), Cell::Number("3".to_owned()));
        assert_eq!(cell(text("currency", "/currency").of_answer()), Cell::from("EUR"));
        assert_eq!(cell(text("currency", "/currency")), Cell::Empty);
    }
}
