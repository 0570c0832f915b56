//! The setup of an import: stages, sale types, users, confirmed step by step before the first row.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::answer::{Answers, Verdict};
use super::tally::{Refusal, Tally};
use super::{ATTEMPTS_MAX, Import, pause};
use crate::failure::Failure;
use crate::mapping::plan::Plan;
use crate::mapping::record::Mapped;
use crate::mapping::{Names, language::OnRefusal};
use crate::output;

/// Sends the setup and returns its latest effective time.
///
/// # Errors
/// A step that was refused and whose mapping says that this ends the import, or an unreachable stack.
pub async fn run(import: &Import<'_>, tally: &mut Tally) -> Result<Option<DateTime<Utc>>, Failure> {
    let mut floor = None;
    for step in 0..import.plan.setup.len() {
        let commands = commands(import.plan, import.names, step)?;
        let lines = commands.iter().flat_map(|mapped| &mapped.lines);
        floor = floor.max(lines.filter_map(|line| line.effective_at).max());
        confirm(import, step, commands, tally).await?;
    }
    Ok(floor)
}

/// The commands of a step; a row that cannot be mapped ends the import before anything of the step is sent.
pub fn commands(plan: &Plan, names: &Names, step: usize) -> Result<Vec<Mapped>, Failure> {
    let mapped = plan.setup_step(step, names)?;
    mapped.into_iter().collect::<Result<_, _>>().map_err(|fault| {
        Failure::Negative(format!(
            "the setup cannot be mapped: {}, line {}: {}",
            fault.file, fault.line, fault.why
        ))
    })
}

async fn confirm(
    import: &Import<'_>,
    step: usize,
    mut open: Vec<Mapped>,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let (client, plan) = (import.client, import.plan);
    let order = &plan.orders[step];
    for attempt in 1..=ATTEMPTS_MAX {
        if open.is_empty() {
            return Ok(());
        }
        let lines: Vec<u8> = open
            .iter()
            .flat_map(|mapped| &mapped.lines)
            .flat_map(|line| line.json.clone())
            .collect();
        let response = client.post_lines("/v1/commands", Bytes::from(lines).into()).await?;
        let mut answers = Answers::new(client, response);
        let mut later = Vec::new();
        for mapped in open {
            let answer = answers.next().await?;
            tally.reach(answer.position);
            let refusal =
                || Refusal::of(order, step, &mapped, &answer, &plan.setup[step].sheet.file);
            match answer.verdict(order, import.head, false) {
                Verdict::Done => tally.answer(&[step], &[]),
                Verdict::AlreadyThere => tally.answer(&[], &[step]),
                Verdict::Later if attempt < ATTEMPTS_MAX => later.push(mapped),
                Verdict::Later | Verdict::Refused => {
                    let refusal = refusal();
                    if order.on_refusal != OnRefusal::Stop {
                        output::remark(&refusal.sentence());
                    }
                    tally.refuse_by_order(refusal, &plan.orders)?;
                }
            }
        }
        open = later;
        if !open.is_empty() {
            crate::clock::pause(pause(attempt)).await;
        }
    }
    Ok(())
}
