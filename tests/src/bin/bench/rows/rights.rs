//! Pipeline, diary and card of a seller who sees the sales of their own group and no others, beside a look-up by primary
//! key (SO-44).

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Run;
use super::queries::{CONNECTIONS, p99};
use crate::baseline::insert;
use crate::figures::{Figure, Report, median};
use crate::load::connection::Connection;
use crate::machine::Stack;

/// What a seller has no rights beyond.
const RIGHTS: &str = r#"{"role":"seller","records":"sales","own":"delete","own_groups":"update","other_groups":"none","others":"none"}"#;

/// `rights_100k`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    let seller = stack.token_of("ola", "seller");
    let questions = questions(stack, &seller).await?;
    let mut keys = Vec::new();
    let mut found = questions.map(|(name, question)| (name, question, Vec::new()));
    for (_, question, _) in &found {
        p99(stack, &seller, question, std::time::Duration::ZERO).await?;
    }
    for _ in 0..run.repeats() {
        keys.push(insert::look_ups(stack, CONNECTIONS, run.time()).await?.percentile_ms(99));
        for (_, question, times) in &mut found {
            times.push(p99(stack, &seller, question, run.time()).await?);
        }
    }
    let worst = found.iter().max_by(|(.., a), (.., b)| median(a).total_cmp(&median(b)));
    let (worst, _, values) = worst.context("invariant: there are three questions")?;
    let each = found.iter().map(|(name, _, times)| format!("{name} {:.1} ms", median(times)));
    report.add(&Figure {
        name: "rights_100k".into(),
        unit: "ms p99",
        baseline: "primary_key_p99".into(),
        values: values.clone(),
        baselines: keys,
        note: format!(
            "worst: {worst}; {}; by a seller who sees their group's sales",
            each.collect::<Vec<_>>().join(", ")
        ),
        ..Figure::default()
    })?;
    Ok(())
}

/// Takes the rights away and finds a sale to look at.
async fn questions(stack: &Stack, seller: &str) -> anyhow::Result<[(&'static str, String); 3]> {
    let mut commands = Connection::open(&stack.command.address(), stack.token()).await?;
    let status = commands.post("/v1/tenants/bench/set-record-rights", "rights", RIGHTS).await?;
    ensure!(status == 200, "rights: {}", commands.last());
    let answer: Value = serde_json::from_str(&commands.last())?;
    let position = answer["position"].as_i64().context("a position")?;
    let mut questions = Connection::open(&stack.projection.address(), seller).await?;
    let list = format!("/v1/sales?limit=1&status=open&min_position={position}");
    ensure!(questions.get(&list).await? == 200, "{list}: {}", questions.last());
    let list: Value = serde_json::from_str(&questions.last())?;
    let sale = list["sales"][0]["id"].as_str().context("an open sale")?;
    Ok([
        ("pipeline", "/v1/pipeline?group_by=stage&currency=EUR".to_owned()),
        ("diary", "/v1/diary?owner=ola&from=2026-06-01&to=2026-06-30".to_owned()),
        ("card", format!("/v1/sales/{sale}")),
    ])
}
