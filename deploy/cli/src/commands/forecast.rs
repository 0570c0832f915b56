//! `salgslogg forecast`: what closes when.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::reading::{NOTHING, figure, footer, list, money_column, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, render};

/// Arguments of `forecast`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  salgslogg forecast\n  \
    salgslogg forecast --from 2017-01-01 --to 2017-12-31 --currency USD --json\n  \
    salgslogg forecast --from 2026-01-01 --to 2026-12-31 --period quarter --group-by owner")]
pub struct Arguments {
    /// First sale date [default: the first day of this year]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last sale date [default: the last day of the year of --from]
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Length of a row's period
    #[arg(long, value_enum, default_value_t = Period::Month)]
    period: Period,
    /// Split each period by owner, group, sale_type or another key of the stack
    #[arg(long, value_name = "KEY")]
    group_by: Option<String>,
    /// Currency of all sums [default: the tenant's]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Period {
    Month,
    Quarter,
    Year,
}

impl Period {
    fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let parameters = Parameters::at(&arguments.moment)
        .with("from", arguments.from.as_ref())
        .with("to", arguments.to.as_ref())
        .with("period", Some(&arguments.period.as_str().to_owned()))
        .with("group_by", arguments.group_by.as_ref())
        .with("currency", arguments.currency.as_ref());
    let body = stack.queries(Caller::Manager)?.get("/v1/forecast", parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::line(&people(&parse(&body)?, arguments.group_by.as_deref())),
    }
}

/// The sums of a row: title of the column, part of the answer, sum in it.
const SUMS: [(&str, &str, &str); 7] = [
    ("won", "won", "count"),
    ("won", "won", "amount"),
    ("open", "open", "count"),
    ("open", "open", "amount"),
    ("weighted", "open", "weighted"),
    ("lost", "lost", "count"),
    ("lost", "lost", "amount"),
];

/// The table for people; `group` is the key that splits the periods. Targets are shown where there are any.
pub fn people(answer: &Value, group: Option<&str>) -> String {
    let rows = list(answer, "rows");
    let targets = rows.iter().chain([&answer["totals"]]).any(|row| !row["target"].is_null());
    let mut columns = vec![Column::left("period")];
    columns.extend(group.map(|group| Column::left(&group.replace('_', " "))));
    columns.extend(SUMS.map(|(title, _, sum)| match sum {
        "count" => Column::right(title),
        _ => money_column(title, answer),
    }));
    if targets {
        columns.extend([money_column("target", answer), Column::right("attained %")]);
    }
    let row = |row: &Value, period: String| {
        let mut cells = vec![period];
        cells.extend(group.map(|group| match &row[group] {
            Value::Null => NOTHING.to_owned(),
            key => text(key),
        }));
        cells.extend(SUMS.map(|(_, part, sum)| figure(&row[part][sum])));
        if targets {
            cells.extend([figure(&row["target"]), figure(&row["attainment"])]);
        }
        cells
    };
    let total = row(&answer["totals"], "total".to_owned());
    let rows = rows.iter().map(|found| row(found, text(&found["period"])));
    format!("{}\n{}", render(&columns, rows.chain([total])), footer(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_period_and_key_is_a_row_and_the_totals_are_the_last() {
        let answer = serde_json::json!({
            "position": 9, "as_of": "2026-03-10T09:00:00Z", "currency": "EUR", "missing_rates": [],
            "rows": [{ "period": "2026-Q1", "owner": "ola", "open": { "count": 2, "amount": "70000.00", "weighted": "7000.50" },
                       "won": { "count": 1, "amount": "60849.60" }, "lost": {}, "target": null, "attainment": null }],
            "totals": { "open": { "count": 2, "amount": "70000.00", "weighted": "7000.50" },
                        "won": { "count": 1, "amount": "60849.60" }, "lost": { "count": 0, "amount": "0.00" } } });
        let expected = "\
┌─────────┬───────┬─────┬───────────┬──────┬───────────┬──────────────┬──────┬──────────┐
│ period  ┆ owner ┆ won ┆   won EUR ┆ open ┆  open EUR ┆ weighted EUR ┆ lost ┆ lost EUR │
╞═════════╪═══════╪═════╪═══════════╪══════╪═══════════╪══════════════╪══════╪══════════╡
│ 2026-Q1 ┆ ola   ┆   1 ┆ 60 849.60 ┆    2 ┆ 70 000.00 ┆     7 000.50 ┆    – ┆        – │
│ total   ┆ –     ┆   1 ┆ 60 849.60 ┆    2 ┆ 70 000.00 ┆     7 000.50 ┆    0 ┆     0.00 │
└─────────┴───────┴─────┴───────────┴──────┴───────────┴──────────────┴──────┴──────────┘
position 9 · as of 2026-03-10T09:00:00Z";
        assert_eq!(people(&answer, Some("owner")), expected);
    }

    #[test]
    fn targets_are_columns_as_soon_as_one_row_has_one() {
        let row =
            serde_json::json!({ "period": "2026-03", "target": "83333.33", "attainment": "73.02" });
        let answer = serde_json::json!({ "currency": "EUR", "rows": [row], "totals": {} });
        let drawn = people(&answer, None);
        assert!(drawn.contains("target EUR ┆ attained %"), "{drawn}");
        assert!(drawn.contains(" 83 333.33 ┆      73.02 "), "{drawn}");
    }
}
