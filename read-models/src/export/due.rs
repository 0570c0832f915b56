//! `GET /v1/due/export`: what wants somebody's attention, as a file.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem};

use super::table::{Shown, Taking, day, instant, number, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, PageParams, Questions, When};
use crate::due::{DueParams, due};

const DUE: [Shown; 11] = [
    text("kind", "/kind"),
    text("about", "/about"),
    text("title", "/title"),
    text("owner", "/owner"),
    text("owner_name", "/owner_name"),
    day("due_day", "/due_day"),
    instant("due_at", "/due_at"),
    number("days_late", "/days_late"),
    number("amount", "/amount/amount"),
    text("currency", "/amount/currency"),
    text("id", "/id"),
];

/// What wants attention now as a file
#[utoipa::path(
    get,
    path = "/v1/due/export",
    tag = "activities",
    params(When, DueParams, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn due_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, asked, params)): Asked<(When, DueParams, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, asked, PageParams::every_row());
    let Json(answer) = due(State(questions), actor, Asked(asked)).await?;
    taking.rows("due", &DUE, &answer, "/items").await
}
