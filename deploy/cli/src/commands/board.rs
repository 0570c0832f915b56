//! `salgslogg board`: sales in columns as the board shows them, with the first cards of each.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::pipeline::cards;
use super::reading::{figure, footer, list, money_column, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::{Column, MARK, render};

/// Arguments of `board`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  salgslogg board\n  salgslogg board --view 'By seller'\n  \
    salgslogg board --group-by owner --subgroup-by stage --summarize weighted --hide-closed\n  \
    salgslogg board --selection 0198c0de-0000-7000-8000-000000000001 --cards 5")]
pub struct Arguments {
    /// What the columns are [default: what the view says, else stage]
    #[arg(long, value_enum)]
    group_by: Option<Key>,
    /// What each column is divided by
    #[arg(long, value_enum)]
    subgroup_by: Option<Key>,
    /// The figure that is summed up
    #[arg(long, value_enum)]
    summarize: Option<Sum>,
    /// Leave won and lost sales out
    #[arg(long)]
    hide_closed: bool,
    /// A view you saved, by its name
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// Only members of this selection, in its own view
    #[arg(long, value_name = "ID")]
    selection: Option<String>,
    /// A field to sort cards by, `-` before it for highest first
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Currency of all sums [default: the tenant's]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Only sales of this owner
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// List so many sales of each column, too (at most 50)
    #[arg(long, value_name = "N", default_value_t = 0)]
    cards: u32,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sum {
    Amount,
    Weighted,
}

impl Sum {
    fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Weighted => "weighted",
        }
    }
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let word = |key: Option<Key>| key.map(|key| key.as_str().to_owned());
    let hidden = arguments.hide_closed.then(|| "true".to_owned());
    let parameters = Parameters::at(&arguments.moment)
        .with("group_by", word(arguments.group_by).as_ref())
        .with("subgroup_by", word(arguments.subgroup_by).as_ref())
        .with("summarize", arguments.summarize.map(|sum| sum.as_str().to_owned()).as_ref())
        .with("hide_closed", hidden.as_ref())
        .with("view", arguments.view.as_ref())
        .with("selection", arguments.selection.as_ref())
        .with("sort", arguments.sort.as_ref())
        .with("currency", arguments.currency.as_ref())
        .with("owner", arguments.owner.as_ref())
        .with("cards", Some(&arguments.cards.to_string()));
    let body = stack.queries(Caller::Manager)?.get("/v1/board", parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::marked(&people(&parse(&body)?), stack.environment()),
    }
}

/// The tables for people: columns with what they are divided into, lanes apart from them, then the cards.
pub fn people(answer: &Value) -> String {
    let group = text(&answer["group_by"]);
    let divided = answer["subgroup_by"].as_str().map(|word| word.replace('_', " "));
    let mut drawn = Vec::new();
    for (name, title) in
        [("columns", group.replace('_', " ")), ("lanes", "apart from that".to_owned())]
    {
        let parts = list(answer, name);
        if !parts.is_empty() {
            drawn.push(sums(&title, divided.as_deref(), parts, &group, answer));
        }
    }
    let mut marked = false;
    let parts = list(answer, "columns").iter().chain(list(answer, "lanes"));
    for part in parts.filter(|part| !list(part, "cards").is_empty()) {
        marked = true;
        drawn.push(format!("\n{}\n{}", name(part, &group), cards(list(part, "cards"))));
    }
    let told =
        if marked { format!("{MARK} overdue activity or sale date · ") } else { String::new() };
    drawn.push(format!("{told}{}", footer(answer)));
    drawn.join("\n")
}

/// A table of columns or lanes.
fn sums(
    title: &str,
    divided: Option<&str>,
    parts: &[Value],
    group: &str,
    answer: &Value,
) -> String {
    let mut columns = vec![Column::left(title)];
    columns.extend(divided.map(Column::left));
    columns.extend([
        Column::right("sales"),
        money_column("amount", answer),
        money_column("weighted", answer),
    ]);
    let figures =
        |row: &Value| ["count", "amount", "weighted"].map(|figure_of| figure(&row[figure_of]));
    let mut rows = Vec::new();
    for part in parts {
        let within = divided.map(|_| String::new());
        rows.push([name(part, group)].into_iter().chain(within).chain(figures(part)).collect());
        for inner in list(part, "subgroups") {
            let named = [String::new(), name(inner, divided.unwrap_or_default())];
            rows.push(named.into_iter().chain(figures(inner)).collect::<Vec<_>>());
        }
    }
    render(&columns, rows.into_iter())
}

/// What a column is called; sales without a key have none.
fn name(row: &Value, group: &str) -> String {
    match (&row["name"], &row["key"]) {
        (Value::Null, Value::Null) => format!("(no {})", group.replace('_', " ")),
        (Value::Null, key) => text(key),
        (name, _) => text(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_divided_and_lanes_lie_apart_sf_14() {
        let part = |name: &str, count: i64, subgroups: Value| {
            serde_json::json!({ "key": name, "name": name, "count": count, "amount": "1000.00", "weighted": "200.00",
                "subgroups": subgroups, "cards": [] })
        };
        let inner = serde_json::json!([{ "key": null, "name": null, "count": 1, "amount": "10.00", "weighted": "2.00" }]);
        let answer = serde_json::json!({ "position": 7, "as_of": "2026-03-10T09:00:00Z", "currency": "EUR",
            "group_by": "owner", "subgroup_by": "sale_type", "missing_rates": [],
            "columns": [part("Ola", 2, inner)], "lanes": [part("won", 1, serde_json::json!([]))] });
        let expected = "\
┌───────┬────────────────┬───────┬────────────┬──────────────┐
│ owner ┆ sale type      ┆ sales ┆ amount EUR ┆ weighted EUR │
╞═══════╪════════════════╪═══════╪════════════╪══════════════╡
│ Ola   ┆                ┆     2 ┆   1 000.00 ┆       200.00 │
│       ┆ (no sale type) ┆     1 ┆      10.00 ┆         2.00 │
└───────┴────────────────┴───────┴────────────┴──────────────┘
┌─────────────────┬───────────┬───────┬────────────┬──────────────┐
│ apart from that ┆ sale type ┆ sales ┆ amount EUR ┆ weighted EUR │
╞═════════════════╪═══════════╪═══════╪════════════╪══════════════╡
│ won             ┆           ┆     1 ┆   1 000.00 ┆       200.00 │
└─────────────────┴───────────┴───────┴────────────┴──────────────┘
position 7 · as of 2026-03-10T09:00:00Z";
        assert_eq!(people(&answer), expected);
    }

    #[test]
    fn cards_stand_below_under_the_name_of_their_column() {
        let card =
            serde_json::json!({ "number": "1001", "title": "Fjord ERP", "overdue_activity": true });
        let column = serde_json::json!({ "key": null, "name": null, "count": 1, "cards": [card] });
        let answer = serde_json::json!({ "position": 7, "as_of": "2026-03-10T09:00:00Z", "group_by": "stage",
            "columns": [column], "lanes": [] });
        let told = people(&answer);
        assert!(told.contains("\n\n(no stage)\n┌"), "{told}");
        assert!(
            told.ends_with(
                "● overdue activity or sale date · position 7 · as of 2026-03-10T09:00:00Z"
            ),
            "{told}"
        );
    }
}
