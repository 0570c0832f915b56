//! A line of the demo: one command of `POST /v1/commands`, with its id, its key and its moment.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Europe::Oslo;
use serde_json::{Value, json};
use uuid::Uuid;

/// Told apart from what another edition of the demo would say: part of every id and key.
const EDITION: &str = "salgslogg-demo/4";

/// The id of a thing of the demo.
#[must_use]
pub fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{EDITION}/{name}").as_bytes())
}

/// The instant of a time of day in Oslo, where the demo tenant keeps its calendar. Office hours exist on
/// every day, also when the clocks change.
#[must_use]
pub fn at(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = Oslo.from_local_datetime(&day.and_time(time)).earliest();
    local.map_or_else(|| day.and_time(time).and_utc(), |local| local.with_timezone(&Utc))
}

/// RFC 3339, to the second.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A command to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Imperative name.
    pub command: &'static str,
    /// What it is for, or the id of what it makes.
    pub id: String,
    /// When it took effect.
    pub effective_at: DateTime<Utc>,
    /// Its body.
    pub body: Value,
}

impl Line {
    /// The line as it is sent, the `number`th of the demo.
    #[must_use]
    pub fn json(&self, number: usize) -> String {
        let mut line = spoken(self.command, &self.id, &self.body, number);
        line["effective_at"] = instant(self.effective_at).into();
        format!("{line}\n")
    }
}

/// The same without a moment: it takes effect when it is said.
pub(super) fn spoken(command: &str, id: &str, body: &Value, number: usize) -> Value {
    let mut line = json!({
        "command": command,
        "id": id,
        "key": format!("{EDITION}/{number}"),
    });
    if !body.is_null() {
        line["body"] = body.clone();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_in_oslo_is_eight_in_winter_and_seven_in_summer() {
        let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
        let of = |day: &str| instant(at(day.parse().unwrap(), nine));
        assert_eq!(of("2026-01-15"), "2026-01-15T08:00:00Z");
        assert_eq!(of("2026-07-15"), "2026-07-15T07:00:00Z");
    }

    #[test]
    fn a_command_without_a_body_has_none_on_its_line() {
        let line = Line {
            command: "CompleteSale",
            id: "x".into(),
            effective_at: "2026-03-10T09:00:00Z".parse().unwrap(),
            body: Value::Null,
        };
        let expected = r#"{"command":"CompleteSale","effective_at":"2026-03-10T09:00:00Z","id":"x","key":"salgslogg-demo/4/7"}"#;
        assert_eq!(line.json(7), format!("{expected}\n"));
    }
}
