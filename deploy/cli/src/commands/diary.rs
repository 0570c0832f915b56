//! `salgslogg diary`: what somebody has to do, and which sales want attention.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use clap::Args;
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::reading::{figure, list, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, MARK, render};

/// Arguments of `diary`.
#[derive(Debug, Args)]
#[command(after_help = "\
An activity is listed until the day after it is done. A sale is listed while it is not ticked as
completed, because of its sale date, its next activity or an overdue activity, or because it is
stalled. What is overdue bears a red mark.

Examples:
  salgslogg diary
  salgslogg diary --owner ola --days-ahead 14
  salgslogg diary --group oslo --from 2026-03-01 --to 2026-03-31 --today 2026-03-10")]
pub struct Arguments {
    /// Whose diary; several with commas [default: yours]
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// The diary of everybody in a group
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// First day of the display range [default: the first of the month]
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Last day of the display range [default: the last of the month]
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// How many days ahead activities count as near [default: 7]
    #[arg(long, value_name = "N")]
    days_ahead: Option<u32>,
    /// The day overdue marks are judged by [default: that of --as-of, else today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
    /// How many rows of each list (at most 500)
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// The next page, as an earlier answer named it
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let shown = |value: Option<&dyn ToString>| value.map(ToString::to_string);
    let day = |day: &Option<NaiveDate>| day.map(|day| day.to_string());
    let parameters = Parameters::at(&arguments.moment)
        .with("owner", arguments.owner.as_ref())
        .with("group", arguments.group.as_ref())
        .with("from", day(&arguments.from).as_ref())
        .with("to", day(&arguments.to).as_ref())
        .with("days_ahead", shown(arguments.days_ahead.as_ref().map(|n| n as _)).as_ref())
        .with("today", day(&arguments.today).as_ref())
        .with("limit", shown(arguments.limit.as_ref().map(|n| n as _)).as_ref())
        .with("cursor", arguments.cursor.as_ref());
    let client = stack.queries(Caller::Manager)?;
    let body = client.get("/v1/diary", parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => {
            let me = parse(&client.get("/v1/me", &[]).await?)?;
            let zone = me["time_zone"].as_str().and_then(|zone| zone.parse().ok());
            let text = people(&parse(&body)?, zone.unwrap_or(Tz::UTC));
            output::marked(&text, stack.environment())
        }
    }
}

/// The two tables for people; times of day are those of `zone`.
pub fn people(answer: &Value, zone: Tz) -> String {
    let mut drawn = vec![activities(answer, zone), sales(answer), footer(answer)];
    if answer["next"].is_string() {
        drawn.push(format!("more: --cursor {}", text(&answer["next"])));
    }
    drawn.join("\n")
}

fn activities(answer: &Value, zone: Tz) -> String {
    let columns = [
        Column::left(" "),
        Column::left("day"),
        Column::left("time"),
        Column::left("what"),
        Column::left(&counted("activities", answer, "activity_count")),
        Column::left("owner"),
        Column::right("sale"),
    ];
    let row = |entry: &Value| {
        let (day, time) = when(entry, zone);
        vec![
            mark(&entry["overdue"]),
            day,
            time,
            text(&entry["kind"]).replace('_', "-"),
            done(text(&entry["title"]), &entry["completed"]),
            text(&entry["owner"]),
            text(&entry["sale_number"]),
        ]
    };
    render(&columns, list(answer, "activities").iter().map(row))
}

fn sales(answer: &Value) -> String {
    let columns = [
        Column::left(" "),
        Column::right("sale"),
        Column::left(&counted("sales", answer, "sale_count")),
        Column::left("stage"),
        Column::right("amount"),
        Column::left("next"),
        Column::left("sale date"),
        Column::left("because of"),
    ];
    let row = |sale: &Value| {
        let stage = match sale["status"].as_str() {
            Some("open") | None => text(&sale["stage"]),
            Some(status) => status.to_owned(),
        };
        vec![
            mark(&sale["red"]),
            text(&sale["number"]),
            done(text(&sale["title"]), &sale["completed"]),
            stage,
            text(&sale["amount"]),
            text(&sale["next_activity_date"]),
            text(&sale["sale_date"]),
            list(sale, "rules").iter().map(rule).collect::<Vec<_>>().join(", "),
        ]
    };
    render(&columns, list(answer, "sales").iter().map(row))
}

/// Why a sale is listed (SD-17 to SD-20).
fn rule(number: &Value) -> String {
    match number.as_u64() {
        Some(1) => "sale date".to_owned(),
        Some(2) => "activity".to_owned(),
        Some(3) => "overdue".to_owned(),
        Some(4) => "stalled".to_owned(),
        Some(_) | None => text(number),
    }
}

/// The title of a list with how many there are on all pages.
fn counted(what: &str, answer: &Value, count: &str) -> String {
    match &answer[count] {
        Value::Number(count) => format!("{what} ({count})"),
        _ => what.to_owned(),
    }
}

fn mark(flag: &Value) -> String {
    if flag.as_bool() == Some(true) { MARK } else { " " }.to_owned()
}

fn done(title: String, flag: &Value) -> String {
    if flag.as_bool() == Some(true) { format!("✓ {title}") } else { title }
}

/// The day an activity begins and its times, in the tenant's zone; a to-do shows its last day.
fn when(entry: &Value, zone: Tz) -> (String, String) {
    let (start, end) = (text(&entry["start"]), text(&entry["end"]));
    let local = |text: &str| {
        DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.with_timezone(&zone))
    };
    match (local(&start), local(&end)) {
        (Some(start), Some(end)) => {
            let times = format!("{}–{}", start.format("%H:%M"), end.format("%H:%M"));
            (start.format("%a %Y-%m-%d").to_string(), times)
        }
        _ if entry["kind"] == "to_do" => (weekday(&end), "due".to_owned()),
        _ if start == end => (weekday(&start), "all day".to_owned()),
        _ => (weekday(&start), format!("to {end}")),
    }
}

fn weekday(day: &str) -> String {
    let known = day.parse::<NaiveDate>();
    known.map_or_else(|_| day.to_owned(), |known| known.format("%a %Y-%m-%d").to_string())
}

fn footer(answer: &Value) -> String {
    format!(
        "{MARK} overdue · today {} · range {} to {}, {} days ahead · position {}",
        text(&answer["today"]),
        text(&answer["from"]),
        text(&answer["to"]),
        text(&answer["days_ahead"]),
        figure(&answer["position"])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activities_and_sales_are_tables_with_times_of_the_tenants_zone_and_marks() {
        let answer = serde_json::json!({
            "position": 1234, "today": "2026-03-10", "from": "2026-03-01", "to": "2026-03-31", "days_ahead": 7,
            "activity_count": 3, "sale_count": 2, "next": null,
            "activities": [
                { "kind": "meeting", "title": "Møte", "start": "2026-03-09T09:00:00Z", "end": "2026-03-09T10:00:00Z",
                  "owner": "ola", "sale_number": "1001", "completed": false, "overdue": true },
                { "kind": "to_do", "title": "Tilbud", "start": "2026-03-08", "end": "2026-03-10",
                  "owner": "ola", "sale_number": null, "completed": true, "overdue": false },
                { "kind": "meeting", "title": "Messe", "start": "2026-03-12", "end": "2026-03-13",
                  "owner": "kari", "sale_number": null, "completed": false, "overdue": false }],
            "sales": [
                { "number": "1001", "title": "Fjord ERP", "status": "open", "stage": { "id": "x", "name": "Tilbud" },
                  "amount": { "amount": "500000.00", "currency": "NOK" }, "next_activity_date": "2026-03-09",
                  "sale_date": "2026-03-20", "rules": [1, 3], "red": true, "completed": false },
                { "number": "1002", "title": "Havn", "status": "stalled", "stage": { "id": "x", "name": "Tilbud" },
                  "amount": { "amount": "900.00", "currency": "EUR" }, "next_activity_date": "2026-09-01",
                  "sale_date": "2026-06-01", "rules": [4], "red": false, "completed": false }] });
        let expected = "\
┌───┬────────────────┬───────────────┬─────────┬────────────────┬───────┬──────┐
│   ┆ day            ┆ time          ┆ what    ┆ activities (3) ┆ owner ┆ sale │
╞═══╪════════════════╪═══════════════╪═════════╪════════════════╪═══════╪══════╡
│ ● ┆ Mon 2026-03-09 ┆ 10:00–11:00   ┆ meeting ┆ Møte           ┆ ola   ┆ 1001 │
│   ┆ Tue 2026-03-10 ┆ due           ┆ to-do   ┆ ✓ Tilbud       ┆ ola   ┆    – │
│   ┆ Thu 2026-03-12 ┆ to 2026-03-13 ┆ meeting ┆ Messe          ┆ kari  ┆    – │
└───┴────────────────┴───────────────┴─────────┴────────────────┴───────┴──────┘
┌───┬──────┬───────────┬─────────┬────────────────┬────────────┬────────────┬────────────────────┐
│   ┆ sale ┆ sales (2) ┆ stage   ┆         amount ┆ next       ┆ sale date  ┆ because of         │
╞═══╪══════╪═══════════╪═════════╪════════════════╪════════════╪════════════╪════════════════════╡
│ ● ┆ 1001 ┆ Fjord ERP ┆ Tilbud  ┆ 500 000.00 NOK ┆ 2026-03-09 ┆ 2026-03-20 ┆ sale date, overdue │
│   ┆ 1002 ┆ Havn      ┆ stalled ┆     900.00 EUR ┆ 2026-09-01 ┆ 2026-06-01 ┆ stalled            │
└───┴──────┴───────────┴─────────┴────────────────┴────────────┴────────────┴────────────────────┘
● overdue · today 2026-03-10 · range 2026-03-01 to 2026-03-31, 7 days ahead · position 1 234";
        assert_eq!(people(&answer, Tz::Europe__Oslo), expected);
    }
}
