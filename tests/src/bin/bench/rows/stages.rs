//! Stage conversion over 100 000 sales and all their versions, beside a look-up by primary key (domain §4.5).

use super::Run;
use super::beside_key::{self, Asked};
use crate::figures::Report;
use crate::machine::Stack;

/// What managers ask.
const QUESTIONS: [(&str, &str); 3] = [
    ("all", "/v1/stage-conversion"),
    ("one owner's", "/v1/stage-conversion?owner=ola"),
    ("list", "/v1/stage-conversion/sales?exit=won&limit=50"),
];

/// `stages_100k`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    let note = "all versions of all sales";
    let asked = Asked { name: "stages_100k", token: stack.token(), questions: &QUESTIONS, note };
    beside_key::measure(run, stack, asked, report).await
}
