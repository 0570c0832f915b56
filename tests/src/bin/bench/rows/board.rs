//! The board over 100 000 sales, 20 000 of them open, beside a look-up by primary key (SF-14).

use super::Run;
use super::beside_key::{self, Asked};
use crate::figures::Report;
use crate::machine::Stack;

/// Boards as people look at them.
const QUESTIONS: [(&str, &str); 3] = [
    ("stages", "/v1/board?currency=EUR"),
    ("owners by stage", "/v1/board?group_by=owner&subgroup_by=stage&sort=-amount&hide_closed=true"),
    ("one owner's", "/v1/board?owner=ola&subgroup_by=sale_type&summarize=weighted"),
];

/// `board_100k`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    let note = "columns, lanes and their first ten cards";
    let asked = Asked { name: "board_100k", token: stack.token(), questions: &QUESTIONS, note };
    beside_key::measure(run, stack, asked, report).await
}
