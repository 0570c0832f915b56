//! Searches with three criteria over 100 000 sales, 20 000 of them open, beside a look-up by primary key (SF-7).

use super::Run;
use super::beside_key::{self, Asked};
use crate::figures::Report;
use crate::machine::Stack;

/// Criteria over columns that are held in memory; over texts; over activities; and words.
const QUESTIONS: [(&str, &str); 4] = [
    (
        "columns",
        "/v1/sales?sort=-amount&criteria=status%20one_of%20open%20and%20amount%20gt%20300000%20and%20has_open_activity%20is%20true",
    ),
    (
        "texts",
        "/v1/sales?criteria=status%20one_of%20open%20and%20title%20contains%20777%20and%20company.name%20starts_with%20fjord",
    ),
    (
        "activities",
        "/v1/sales?criteria=owner%20one_of%20ola%20and%20activity.kind%20one_of%20to_do%20and%20activity.title%20ends_with%2077",
    ),
    ("words", "/v1/sales?status=open&q=delivery%20777"),
];

/// `find_100k`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    let note = "three criteria, fifty cards";
    let asked = Asked { name: "find_100k", token: stack.token(), questions: &QUESTIONS, note };
    beside_key::measure(run, stack, asked, report).await
}
