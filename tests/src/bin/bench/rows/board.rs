//! The board over 100 000 sales, 20 000 of them open, beside a look-up by primary key (SF-14).

use std::time::Duration;

use super::Run;
use super::queries::{CONNECTIONS, p99};
use crate::baseline::insert;
use crate::figures::{Figure, Report, median};
use crate::machine::Stack;

/// Boards as people look at them.
const QUESTIONS: [(&str, &str); 3] = [
    ("stages", "/v1/board?currency=EUR"),
    ("owners by stage", "/v1/board?group_by=owner&subgroup_by=stage&sort=-amount&hide_closed=true"),
    ("one owner's", "/v1/board?owner=ola&subgroup_by=sale_type&summarize=weighted"),
];

/// `board_100k`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    let mut keys = Vec::new();
    let mut found = QUESTIONS.map(|(name, question)| (name, question, Vec::new()));
    for (_, question, _) in &found {
        p99(stack, stack.token(), question, Duration::ZERO).await?;
    }
    for _ in 0..run.repeats() {
        keys.push(insert::look_ups(stack, CONNECTIONS, run.time()).await?.percentile_ms(99));
        for (_, question, times) in &mut found {
            times.push(p99(stack, stack.token(), question, run.time()).await?);
        }
    }
    let each = found.iter().map(|(name, _, times)| format!("{name} {:.1} ms", median(times)));
    let each = each.collect::<Vec<_>>().join(", ");
    let worst = found.into_iter().max_by(|(.., a), (.., b)| median(a).total_cmp(&median(b)));
    let (worst, _, values) = worst.expect("invariant: there are three questions");
    report.add(&Figure {
        name: "board_100k".into(),
        unit: "ms p99",
        baseline: "primary_key_p99".into(),
        values,
        baselines: keys,
        note: format!("worst: {worst}; {each}; columns, lanes and their first ten cards"),
        ..Figure::default()
    })?;
    Ok(())
}
