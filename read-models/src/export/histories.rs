//! Histories as files: of a sale, an activity, a target; a row for each field that an event changed.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem};
use uuid::Uuid;

use super::table::{Shown, Taking, instant, number, text};
use super::{ExportParams, FileAnswers};
use crate::activities::activity_history;
use crate::ask::{Asked, Questions, When};
use crate::history::History;
use crate::sale_history;
use crate::targets::target_history;

const CHANGES: [Shown; 14] = [
    number("position", "/event/position"),
    number("version", "/event/version"),
    text("type", "/event/type"),
    instant("recorded_at", "/event/recorded_at"),
    instant("effective_at", "/event/effective_at"),
    text("actor", "/event/actor"),
    text("command", "/event/command"),
    text("field", "/change/field"),
    text("from", "/change/from"),
    text("to", "/change/to"),
    text("from_name", "/change/from_name"),
    text("to_name", "/change/to_name"),
    text("correlation", "/event/correlation"),
    text("causation", "/event/causation"),
];

/// The history of one sale as a file
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/history/export",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn sale_history_export(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, params)): Asked<(When, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let history = sale_history::history(State(questions), actor, PathId(id), Asked(when)).await?;
    changes(taking, "sale-history", history).await
}

/// The history of one activity as a file
#[utoipa::path(
    get,
    path = "/v1/activities/{id}/history/export",
    tag = "activities",
    params(("id" = Uuid, Path, description = "Public id of the activity"), When, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn activity_history_export(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, params)): Asked<(When, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let history = activity_history(State(questions), actor, PathId(id), Asked(when)).await?;
    changes(taking, "activity-history", history).await
}

/// The history of one target as a file
#[utoipa::path(
    get,
    path = "/v1/targets/{id}/history/export",
    tag = "targets",
    params(("id" = Uuid, Path, description = "Public id of the target"), When, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn target_history_export(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, params)): Asked<(When, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let history = target_history(State(questions), actor, PathId(id), Asked(when)).await?;
    changes(taking, "target-history", history).await
}

async fn changes(
    taking: Taking,
    name: &'static str,
    Json(history): Json<History>,
) -> Result<Response, Problem> {
    taking.chosen(name, &CHANGES, &history, by_change).await
}

/// An event that changed no field has a row of its own.
fn by_change(history: &Value) -> Vec<Value> {
    let events = history["events"].as_array().into_iter().flatten();
    let rows = |event: &Value| {
        let changes = event["changes"].as_array().cloned().unwrap_or_default();
        let changes = if changes.is_empty() { vec![Value::Null] } else { changes };
        changes
            .into_iter()
            .map(|change| json!({"event": event, "change": change}))
            .collect::<Vec<_>>()
    };
    events.flat_map(rows).collect()
}
