//! Searches with three criteria over 100 000 sales, 20 000 of them open, beside a look-up by primary key (SF-7).

use std::time::Duration;

use super::Run;
use super::queries::{CONNECTIONS, p99};
use crate::baseline::insert;
use crate::figures::{Figure, Report, median};
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
    let (worst, _, values) = worst.expect("invariant: there are four questions");
    report.add(&Figure {
        name: "find_100k".into(),
        unit: "ms p99",
        baseline: "primary_key_p99".into(),
        values,
        baselines: keys,
        note: format!("worst: {worst}; {each}; three criteria, fifty cards"),
        ..Figure::default()
    })?;
    Ok(())
}
