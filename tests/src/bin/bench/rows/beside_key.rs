//! Questions over 100 000 sales beside a look-up by primary key of the same run: what the slowest of them takes.

use std::time::Duration;

use anyhow::Context;

use super::Run;
use super::queries::{CONNECTIONS, p99};
use crate::baseline::insert;
use crate::figures::{Figure, Report, median};
use crate::machine::Stack;

/// Who asks what, and as which row it is told.
pub(super) struct Asked<'a> {
    pub name: &'static str,
    pub token: &'a str,
    /// By what each is called in the note.
    pub questions: &'a [(&'static str, &'a str)],
    /// What they have in common.
    pub note: &'static str,
}

/// 99th percentiles at several connections, the slowest question's as the figure.
pub(super) async fn measure(
    run: &Run,
    stack: &Stack,
    asked: Asked<'_>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let Asked { name, token, questions, note } = asked;
    let mut keys = Vec::new();
    let mut found: Vec<_> =
        questions.iter().map(|(name, question)| (*name, *question, Vec::new())).collect();
    for (_, question, _) in &found {
        p99(stack, token, question, Duration::ZERO).await?;
    }
    for _ in 0..run.repeats() {
        keys.push(insert::look_ups(stack, CONNECTIONS, run.time()).await?.percentile_ms(99));
        for (_, question, times) in &mut found {
            times.push(p99(stack, token, question, run.time()).await?);
        }
    }
    let each = found.iter().map(|(name, _, times)| format!("{name} {:.1} ms", median(times)));
    let each = each.collect::<Vec<_>>().join(", ");
    let worst = found.into_iter().max_by(|(.., a), (.., b)| median(a).total_cmp(&median(b)));
    let (worst, _, values) = worst.context("no question")?;
    report.add(&Figure {
        name: name.into(),
        unit: "ms p99",
        baseline: "primary_key_p99".into(),
        values,
        baselines: keys,
        note: format!("worst: {worst}; {each}; {note}"),
        ..Figure::default()
    })?;
    Ok(())
}
