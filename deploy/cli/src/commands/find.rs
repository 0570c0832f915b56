//! `salgslogg find`: sales by criteria, words, a selection or a typical search.

use clap::Args;
use serde_json::Value;

use super::Format;
use super::moment::{Moment, Parameters};
use super::pipeline::cards;
use super::reading::{footer, list, parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};
use crate::tables::MARK;

/// Arguments of `find`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg find 'status one_of open and amount gt 5000 and sale_date next_months 1'\n  \
    salgslogg find --words 'erp or crm' --sort -amount\n  salgslogg find --typical forgotten\n  \
    salgslogg find --selection 0198c0de-0000-7000-8000-000000000001 'stage one_of none'\n\n\
    Fields and operators: GET /v1/criteria-fields. Typical searches: GET /v1/typical-searches."
)]
pub struct Arguments {
    /// Criteria: `field operator values`, joined by `and`, blocks by `or`; quotation marks around texts
    #[arg(value_name = "CRITERIA", required_unless_present_any = ["words", "selection", "typical"])]
    criteria: Option<String>,
    /// Words in titles, companies and contacts
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// Only members of this selection
    #[arg(long, value_name = "ID")]
    selection: Option<String>,
    /// A search everybody needs, by its key
    #[arg(long, value_name = "KEY")]
    typical: Option<String>,
    /// A field to sort by, `-` before it for highest first [default: sale_date]
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Currency amounts are compared in [default: the tenant's]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The day overdue marks and days in criteria are counted from [default: that of --as-of, else today]
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// How many sales to list (at most 500)
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// The next page of sales, as an earlier answer named it
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

/// Asks and prints.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let limit = arguments.limit.map(|limit| limit.to_string());
    let parameters = Parameters::at(&arguments.moment)
        .with("criteria", arguments.criteria.as_ref())
        .with("q", arguments.words.as_ref())
        .with("selection", arguments.selection.as_ref())
        .with("typical", arguments.typical.as_ref())
        .with("sort", arguments.sort.as_ref())
        .with("currency", arguments.currency.as_ref())
        .with("today", arguments.today.as_ref())
        .with("limit", limit.as_ref())
        .with("cursor", arguments.cursor.as_ref());
    let body = stack.queries(Caller::Manager)?.get("/v1/sales", parameters.as_slice()).await?;
    match format {
        Format::Machine => output::answer(&body),
        Format::People => output::marked(&people(&parse(&body)?), stack.environment()),
    }
}

/// The sales that were found, for people.
pub fn people(answer: &Value) -> String {
    let sales = list(answer, "sales");
    let more = answer["next"].is_string();
    let found = match (sales.len(), more) {
        (0, _) => return format!("no sale · {}", footer(answer)),
        (1, false) => "1 sale".to_owned(),
        (count, false) => format!("{count} sales"),
        (count, true) => format!("the first {count} sales"),
    };
    let mut drawn = format!(
        "{}\n{found} · {MARK} overdue activity or sale date · {}",
        cards(sales),
        footer(answer)
    );
    if more {
        drawn.push_str(&format!("\nmore: --cursor {}", text(&answer["next"])));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_counted_and_a_next_page_is_named() {
        let sale = serde_json::json!({ "number": "1001", "title": "Fjord ERP", "overdue_sale_date": true });
        let mut answer =
            serde_json::json!({ "position": 7, "as_of": "2026-07-01T09:00:00Z", "sales": [sale] });
        let told = people(&answer);
        let last =
            "1 sale · ● overdue activity or sale date · position 7 · as of 2026-07-01T09:00:00Z";
        assert!(told.contains("Fjord ERP") && told.ends_with(last), "{told}");
        answer["next"] = "abc".into();
        assert!(people(&answer).ends_with("\nmore: --cursor abc"));
        answer["sales"] = serde_json::json!([]);
        assert_eq!(people(&answer), "no sale · position 7 · as of 2026-07-01T09:00:00Z");
    }
}
