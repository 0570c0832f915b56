//! Targets of 500 users and 12 months beside what was won of 100 000 sales, beside a look-up by primary key (ST-8, domain
//! §4.7).

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Run;
use super::beside_key::{self, Asked};
use super::queries::WITHIN;
use crate::figures::Report;
use crate::load::connection::Connection;
use crate::machine::{Stack, reached};

/// Users with a target each, in groups of fifty.
const USERS: usize = 500;
const GROUP: usize = 50;

/// All users' targets, and the whole table with companies and groups as far as a page goes.
const QUESTIONS: [(&str, &str); 2] = [
    ("users", "/v1/targets?year=2026&level=user&limit=500"),
    ("one group", "/v1/targets?year=2026&group=g3"),
];

/// `targets_500`, on a stack whose read models are level.
pub(super) async fn measure(run: &Run, stack: &Stack, report: &mut Report) -> anyhow::Result<()> {
    set_up(stack).await?;
    let pool = stack.superuser().await?;
    stack.until_followed(&pool, reached::head(&pool).await?, WITHIN).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&pool).await?;
    let note = "500 users, 12 months and the year, each figure with its list";
    let asked = Asked { name: "targets_500", token: stack.token(), questions: &QUESTIONS, note };
    beside_key::measure(run, stack, asked, report).await
}

/// Users in groups, a target each, and figures in it.
async fn set_up(stack: &Stack) -> anyhow::Result<()> {
    let mut commands = Connection::open(&stack.command.address(), stack.token()).await?;
    for user in 0..USERS {
        let (id, group) = (format!("seller{user}"), format!("g{}", user / GROUP));
        let body = format!(
            r#"{{"id":"{id}","name":"Seller {user}","groups":["{group}"],"primary_group":"{group}"}}"#
        );
        let status = commands.post("/v1/users", &format!("targets {id}"), &body).await?;
        ensure!(status == 201, "{id}: {}", commands.last());
    }
    for group in 0..USERS / GROUP {
        let body = format!(r#"{{"year":2026,"level":"group","assignee":"g{group}"}}"#);
        let status = commands.post("/v1/targets", &format!("targets of g{group}"), &body).await?;
        ensure!(status == 201, "g{group}: {}", commands.last());
    }
    let status =
        commands.post("/v1/targets", "target of all", r#"{"year":2026,"level":"company"}"#);
    ensure!(status.await? == 201, "company: {}", commands.last());
    let answer: Value = serde_json::from_str(&commands.last())?;
    let position = answer["position"].as_i64().context("a position")?;
    let mut questions = Connection::open(&stack.projection.address(), stack.token()).await?;
    let list = format!("/v1/targets?year=2026&level=user&limit=500&min_position={position}");
    ensure!(questions.get(&list).await? == 200, "{list}: {}", questions.last());
    let list: Value = serde_json::from_str(&questions.last())?;
    let rows = list["targets"].as_array().context("targets")?;
    ensure!(rows.len() == USERS, "{} targets", rows.len());
    for row in rows {
        let id = row["id"].as_str().context("an id")?;
        let path = format!("/v1/targets/{id}/set-initial-amount");
        let body = r#"{"amount":"1000000"}"#;
        let status = commands.post(&path, &format!("targets {id}"), body).await?;
        ensure!(status == 200, "{id}: {}", commands.last());
    }
    Ok(())
}
