//! `salgslogg pipeline`: the open sales in columns, with sums.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::reading::{figure, footer, list, money_column, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, MARK, render};

/// Arguments of `pipeline`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg pipeline\n  salgslogg pipeline --currency USD --group-by owner\n  \
    salgslogg pipeline --as-of 2026-03-11 --known-at 2026-03-12T08:00:00Z\n  salgslogg pipeline --group-by status --sales"
)]
pub struct Arguments {
    /// What the columns are
    #[arg(long, value_enum, default_value_t = Key::Stage)]
    group_by: Key,
    /// Currency of all sums [default: the tenant's]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The day overdue marks are judged by [default: that of --as-of, else today]
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// Only sales in this status
    #[arg(long, value_name = "open|stalled|won|lost")]
    status: Option<String>,
    /// Only sales of this owner
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// List the sales, too
    #[arg(long)]
    sales: bool,
    /// How many sales to list (at most 500)
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// The next page of sales, as an earlier answer named it
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Key {
    Stage,
    SaleType,
    Owner,
    Group,
    Status,
}

impl Key {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::SaleType => "sale_type",
            Self::Owner => "owner",
            Self::Group => "group",
            Self::Status => "status",
        }
    }
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let limit = arguments.limit.map(|limit| limit.to_string());
    let parameters = Parameters::at(&arguments.moment)
        .with("group_by", Some(&arguments.group_by.as_str().to_owned()))
        .with("currency", arguments.currency.as_ref())
        .with("today", arguments.today.as_ref())
        .with("status", arguments.status.as_ref())
        .with("owner", arguments.owner.as_ref())
        .with("limit", limit.as_ref())
        .with("cursor", arguments.cursor.as_ref());
    let body = stack.queries(Caller::Manager)?.get("/v1/pipeline", parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => {
            let text = people(&parse(&body)?, arguments.group_by.as_str(), arguments.sales);
            output::marked(&text, stack.environment())
        }
    }
}

/// The tables for people: what is open, summed up, and apart from it what is stalled, won or lost.
pub fn people(answer: &Value, group: &str, sales: bool) -> String {
    let heads = |first: &str| {
        [
            Column::left(first),
            Column::right("sales"),
            money_column("amount", answer),
            money_column("weighted", answer),
        ]
    };
    let sums = |name: String, row: &Value| {
        vec![name, figure(&row["count"]), figure(&row["amount"]), figure(&row["weighted"])]
    };
    let columns = list(answer, "columns").iter().map(|row| sums(name(row, group), row));
    let total = |name: &str, status: &str| sums(name.to_owned(), &answer["totals"][status]);
    let open = if group == "status" { None } else { Some(total("all open", "open")) };
    let apart = ["stalled", "won", "lost"].map(|status| total(status, status));
    let mut drawn = vec![render(&heads(&group.replace('_', " ")), columns.chain(open))];
    if group != "status" {
        drawn.push(render(&heads("apart from that"), apart.into_iter()));
    }
    if sales {
        drawn.push(cards(list(answer, "sales")));
        drawn.push(format!("{MARK} overdue activity or sale date · {}", footer(answer)));
    } else {
        drawn.push(footer(answer));
    }
    if sales && answer["next"].is_string() {
        drawn.push(format!("more: --cursor {}", text(&answer["next"])));
    }
    drawn.join("\n")
}

/// What a column is called; sales without a stage have none.
fn name(row: &Value, group: &str) -> String {
    match (&row["name"], &row["key"]) {
        (Value::Null, Value::Null) => format!("(no {})", group.replace('_', " ")),
        (Value::Null, key) => text(key),
        (name, _) => text(name),
    }
}

/// A table of sales; those with an overdue activity or sale date bear a mark.
pub fn cards(sales: &[Value]) -> String {
    let columns = [
        Column::left(" "),
        Column::right("number"),
        Column::left("title"),
        Column::left("status"),
        Column::left("stage"),
        Column::left("owner"),
        Column::right("amount"),
        Column::right("%"),
        Column::left("sale date"),
        Column::left("next activity"),
        Column::right("days in stage"),
    ];
    let row = |sale: &Value| {
        let fields =
            ["number", "title", "status", "stage", "owner", "amount", "probability", "sale_date"];
        let overdue = ["overdue_activity", "overdue_sale_date"].map(|mark| sale[mark] == true);
        let mark = if overdue.contains(&true) { MARK } else { " " }.to_owned();
        let mut cells = vec![mark];
        cells.extend(fields.iter().map(|field| text(&sale[field])));
        cells.extend([text(&sale["next_activity_date"]), text(&sale["days_in_stage"])]);
        cells
    };
    render(&columns, sales.iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_columns_are_summed_up_and_the_stalled_lane_lies_apart() {
        let answer = serde_json::json!({
            "position": 1234, "as_of": "2026-03-10T09:00:00Z", "currency": "EUR", "missing_rates": ["SEK"],
            "columns": [
                { "key": "0198", "name": "First meeting", "rank": 1, "count": 1, "amount": "63385.00", "weighted": "12677.00" },
                { "key": null, "name": null, "count": 2, "amount": "1000.00", "weighted": "0.00" }],
            "totals": { "open": { "count": 3, "amount": "64385.00", "weighted": "12677.00" }, 
                        "stalled": { "count": 1, "amount": "63385.00", "weighted": "31692.50" }, "won": {}, "lost": {} },
            "sales": [], "next": null });
        let expected = "\
┌───────────────┬───────┬────────────┬──────────────┐
│ stage         ┆ sales ┆ amount EUR ┆ weighted EUR │
╞═══════════════╪═══════╪════════════╪══════════════╡
│ First meeting ┆     1 ┆  63 385.00 ┆    12 677.00 │
│ (no stage)    ┆     2 ┆   1 000.00 ┆         0.00 │
│ all open      ┆     3 ┆  64 385.00 ┆    12 677.00 │
└───────────────┴───────┴────────────┴──────────────┘
┌─────────────────┬───────┬────────────┬──────────────┐
│ apart from that ┆ sales ┆ amount EUR ┆ weighted EUR │
╞═════════════════╪═══════╪════════════╪══════════════╡
│ stalled         ┆     1 ┆  63 385.00 ┆    31 692.50 │
│ won             ┆     – ┆          – ┆            – │
│ lost            ┆     – ┆          – ┆            – │
└─────────────────┴───────┴────────────┴──────────────┘
position 1 234 · as of 2026-03-10T09:00:00Z · no rate for SEK, not in the sums";
        assert_eq!(people(&answer, "stage", false), expected);
    }

    #[test]
    fn a_sale_is_one_row_with_its_money_and_stage() {
        let sale = serde_json::json!({ "number": "1001", "title": "Fjord ERP", "status": "open",
            "stage": { "id": "x", "name": "First meeting" }, "owner": "ola",
            "amount": { "amount": "500000.00", "currency": "NOK" }, "probability": 20, "sale_date": "2026-06-10",
            "next_activity_date": null, "days_in_stage": 0, "overdue_sale_date": false });
        let drawn = cards(std::slice::from_ref(&sale));
        assert!(drawn.contains("500 000.00 NOK") && drawn.contains("First meeting"), "{drawn}");
        assert!(!drawn.contains(MARK), "{drawn}");
        let mut late = sale;
        late["overdue_sale_date"] = true.into();
        assert!(
            cards(std::slice::from_ref(&late)).contains(MARK),
            "SF-12: a passed sale date is marked"
        );
        let answer =
            serde_json::json!({ "position": 7, "as_of": "2026-07-01T09:00:00Z", "sales": [late] });
        let told = people(&answer, "status", true);
        assert!(
            told.ends_with(
                "● overdue activity or sale date · position 7 · as of 2026-07-01T09:00:00Z"
            ),
            "{told}"
        );
        assert!(
            !people(&answer, "status", false).contains(MARK),
            "nothing is marked, nothing to explain"
        );
    }
}
