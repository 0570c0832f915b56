//! Pipeline, diary and card of a seller who sees the sales of their own group and no others, beside a look-up by primary
//! key (SO-44).

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Run;
use super::beside_key::{self, Asked};
use crate::figures::Report;
use crate::load::connection::Connection;
use crate::machine::Stack;

/// What a seller has no rights beyond.
const RIGHTS: &str = r#"{"role":"seller","records":"sales","own":"delete","own_groups":"update","other_groups":"none","others":"none"}"#;

const PIPELINE: &str = "/v1/pipeline?group_by=stage&currency=EUR";
const DIARY: &str = "/v1/diary?owner=ola&from=2026-06-01&to=2026-06-30";

/// `rights_100k`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    let seller = stack.token_of("ola", "seller");
    let card = card(stack, &seller).await?;
    let questions = [("pipeline", PIPELINE), ("diary", DIARY), ("card", card.as_str())];
    let note = "by a seller who sees their group's sales";
    let asked = Asked { name: "rights_100k", token: &seller, questions: &questions, note };
    beside_key::measure(run, stack, asked, report).await
}

/// Takes the rights away and finds a sale to look at.
async fn card(stack: &Stack, seller: &str) -> anyhow::Result<String> {
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
    Ok(format!("/v1/sales/{sale}"))
}
