//! Targets as a file: a row each, its cells beside each other as a block is pasted back (ST-19).

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem};

use super::table::{Shown, Taking, mark, number, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, Drill, PageParams, Questions, When};
use crate::targets::{TargetsAsked, targets};

/// A month each, or the first four a quarter each.
const TARGETS: [Shown; 39] = [
    text("level", "/level"),
    text("assignee", "/assignee"),
    text("name", "/name"),
    text("group", "/group"),
    text("item", "/item"),
    text("item_name", "/item_name"),
    number("year", "/year").of_answer(),
    text("period", "/period"),
    text("unit", "/unit").of_answer(),
    text("currency", "/currency"),
    mark("locked", "/locked"),
    number("target_1", "/cells/0/target"),
    number("target_2", "/cells/1/target"),
    number("target_3", "/cells/2/target"),
    number("target_4", "/cells/3/target"),
    number("target_5", "/cells/4/target"),
    number("target_6", "/cells/5/target"),
    number("target_7", "/cells/6/target"),
    number("target_8", "/cells/7/target"),
    number("target_9", "/cells/8/target"),
    number("target_10", "/cells/9/target"),
    number("target_11", "/cells/10/target"),
    number("target_12", "/cells/11/target"),
    number("actual_1", "/cells/0/actual"),
    number("actual_2", "/cells/1/actual"),
    number("actual_3", "/cells/2/actual"),
    number("actual_4", "/cells/3/actual"),
    number("actual_5", "/cells/4/actual"),
    number("actual_6", "/cells/5/actual"),
    number("actual_7", "/cells/6/actual"),
    number("actual_8", "/cells/7/actual"),
    number("actual_9", "/cells/8/actual"),
    number("actual_10", "/cells/9/actual"),
    number("actual_11", "/cells/10/actual"),
    number("actual_12", "/cells/11/actual"),
    number("target_of_year", "/year/target"),
    number("actual_of_year", "/year/actual"),
    number("attainment", "/year/attainment"),
    text("id", "/id"),
];

/// Sales targets and what was won as a file
#[utoipa::path(
    get,
    path = "/v1/targets/export",
    tag = "targets",
    params(When, TargetsAsked, AcceptLanguage, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn targets_export(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((drill, when, asked, params)): Asked<(Drill, When, TargetsAsked, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, when, asked, PageParams::every_row());
    let Json(answer) = targets(State(questions), actor, language, Asked(asked)).await?;
    taking.rows("targets", &TARGETS, &answer, "/targets").await
}
