//! `salgslogg targets`: what was to be won this year, and what was.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::reading::{NOTHING, figure, footer, list, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, render};

/// Arguments of `targets`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg targets\n  salgslogg targets --year 2026 --group oslo --periods\n  \
    salgslogg targets --level user --json | jq '.targets[].year.attainment'"
)]
pub struct Arguments {
    /// Calendar year [default: this one]
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
    /// Id of the type of target [default: what all sales amount to]
    #[arg(long, value_name = "ID")]
    target_type: Option<String>,
    /// Only targets of this item of the type
    #[arg(long, value_name = "KEY")]
    item: Option<String>,
    /// Only rows of this level; `all` are the users of a group together
    #[arg(long, value_enum)]
    level: Option<Level>,
    /// Only this group and its users
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Only this user
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Show every month or quarter, too
    #[arg(long)]
    periods: bool,
    /// How many rows to list (at most 500)
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// The next page of rows, as an earlier answer named it
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Company,
    Group,
    User,
    All,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Group => "group",
            Self::User => "user",
            Self::All => "all",
        }
    }
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let year = arguments.year.map(|year| year.to_string());
    let limit = arguments.limit.map(|limit| limit.to_string());
    let level = arguments.level.map(|level| level.as_str().to_owned());
    let parameters = Parameters::at(&arguments.moment)
        .with("year", year.as_ref())
        .with("target_type", arguments.target_type.as_ref())
        .with("item", arguments.item.as_ref())
        .with("level", level.as_ref())
        .with("group", arguments.group.as_ref())
        .with("owner", arguments.owner.as_ref())
        .with("limit", limit.as_ref())
        .with("cursor", arguments.cursor.as_ref());
    let body = stack.queries(Caller::Manager)?.get("/v1/targets", parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::line(&people(&parse(&body)?, arguments.periods)),
    }
}

/// The table for people: a row each, then each of its periods.
pub fn people(answer: &Value, periods: bool) -> String {
    let mut columns = vec![Column::left("level"), Column::left("whose")];
    if periods {
        columns.push(Column::left("period"));
    }
    columns.extend([
        Column::right("target"),
        Column::right("won"),
        Column::left("in"),
        Column::right("attained %"),
        Column::right("missing"),
        Column::right("rank"),
        Column::left("locked"),
    ]);
    let mut rows = Vec::new();
    for target in list(answer, "targets") {
        rows.push(row(target, &target["year"], periods, true));
        if periods {
            rows.extend(list(target, "cells").iter().map(|cell| row(target, cell, true, false)));
        }
    }
    let unit = text(&answer["unit"]);
    let title =
        format!("{} of {} ({unit})", name(&answer["target_type_name"]), text(&answer["year"]));
    let mut drawn = format!("{title}\n{}\n{}", render(&columns, rows.into_iter()), footer(answer));
    if answer["next"].is_string() {
        drawn.push_str(&format!("\nmore: --cursor {}", text(&answer["next"])));
    }
    drawn
}

/// One row of a target: its year, or one of its periods.
fn row(target: &Value, cell: &Value, periods: bool, whole: bool) -> Vec<String> {
    let bare = |shown: String| if whole { shown } else { String::new() };
    let whose = match (&target["level"], &target["name"]) {
        (Value::String(level), name) if level == "all" => format!("all of {}", text(name)),
        (_, Value::Null) => NOTHING.to_owned(),
        (_, name) => text(name),
    };
    let whose = match &target["item_name"] {
        Value::Null => whose,
        item => format!("{whose}, {}", text(item)),
    };
    let mut cells = vec![bare(text(&target["level"])), bare(whose)];
    if periods {
        cells.push(text(&cell["period"]));
    }
    let locked = if target["locked"] == true { "locked" } else { "" };
    cells.extend([
        figure(&cell["target"]),
        figure(&cell["actual"]),
        bare(text(&target["currency"])),
        figure(&cell["attainment"]),
        figure(&cell["gap"]),
        bare(text(&target["rank"])),
        bare(locked.to_owned()),
    ]);
    cells
}

/// A name that was given in several languages: in English, else in whichever there is.
fn name(names: &Value) -> String {
    let of = |language: &str| names[language].as_str();
    let first = ["en", "nb", "nl"].into_iter().find_map(of);
    first.map_or_else(|| text(names), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Value {
        serde_json::json!({
            "position": 12, "as_of": "2026-03-10T09:00:00Z", "year": 2026, "unit": "amount",
            "target_type_name": { "en": "All sales – Amount" }, "missing_rates": [], "next": null,
            "targets": [
                { "level": "company", "name": null, "currency": "EUR", "locked": true, "rank": 1,
                  "cells": [{ "period": "2026-01", "target": "500000.00", "actual": "79570.60", "attainment": "15.91",
                              "gap": "420429.40" }],
                  "year": { "period": "2026", "target": "6000000.00", "actual": "79570.60", "attainment": "1.33",
                            "gap": "5920429.40" } },
                { "level": "all", "name": "oslo", "currency": "EUR", "locked": false, "rank": null, "cells": [],
                  "year": { "period": "2026", "target": "3300000.00", "actual": null, "attainment": null, "gap": null } },
            ] })
    }

    #[test]
    fn every_target_is_a_row_with_what_was_won_st_20() {
        let expected = "\
All sales – Amount of 2026 (amount)
┌─────────┬─────────────┬──────────────┬───────────┬─────┬────────────┬──────────────┬──────┬────────┐
│ level   ┆ whose       ┆       target ┆       won ┆ in  ┆ attained % ┆      missing ┆ rank ┆ locked │
╞═════════╪═════════════╪══════════════╪═══════════╪═════╪════════════╪══════════════╪══════╪════════╡
│ company ┆ –           ┆ 6 000 000.00 ┆ 79 570.60 ┆ EUR ┆       1.33 ┆ 5 920 429.40 ┆    1 ┆ locked │
│ all     ┆ all of oslo ┆ 3 300 000.00 ┆         – ┆ EUR ┆          – ┆            – ┆    – ┆        │
└─────────┴─────────────┴──────────────┴───────────┴─────┴────────────┴──────────────┴──────┴────────┘
position 12 · as of 2026-03-10T09:00:00Z";
        assert_eq!(people(&answer(), false), expected);
    }

    #[test]
    fn periods_stand_below_their_target_when_they_are_asked_for() {
        let drawn = people(&answer(), true);
        let lines: Vec<&str> = drawn.lines().collect();
        assert!(lines[4].contains("│ company ┆ –           ┆ 2026    ┆ 6 000 000.00"), "{drawn}");
        assert!(lines[5].contains("│         ┆             ┆ 2026-01 ┆   500 000.00"), "{drawn}");
    }
}
