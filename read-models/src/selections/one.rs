//! `GET /v1/selections/{id}`: what a selection is, what finds its members, how many the caller sees.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::{DateTime, Utc};
use events::{BoardView, Criteria};
use http::header::ETAG;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::members::count;
use super::row::{Selection, found};
use crate::ask::{Asked, Questions, Snapshot, When};

/// A selection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneSelection {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    #[serde(flatten)]
    selection: Selection,
    /// What finds the members of a dynamic one; what found those of a static one, if anything did.
    #[schema(value_type = Option<Object>)]
    criteria: Option<Criteria>,
    /// How its board looks; none for the usual way (SF-14).
    #[schema(value_type = Option<Object>)]
    view: Option<BoardView>,
    /// How many members the caller sees.
    member_count: i64,
}

/// One selection
#[utoipa::path(
    get,
    path = "/v1/selections/{id}",
    tag = "selections",
    params(("id" = Uuid, Path, description = "Public id of the selection"), When),
    responses(
        (status = 200, description = "The selection", body = OneSelection,
         headers(("ETag" = String, description = "Version of the selection, for If-Match"))),
        QueryProblems
    )
)]
pub(crate) async fn selection(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<impl IntoResponse, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let found = found(&mut snapshot, &actor, id).await?;
    let member_count = count(&mut snapshot, &actor, id).await?;
    let etag = format!("\"{}\"", found.selection.version());
    let body = OneSelection {
        position: snapshot.position,
        as_of: snapshot.at,
        criteria: found.criteria().cloned(),
        view: found.view().cloned(),
        selection: found.selection,
        member_count,
    };
    Ok((AppendHeaders([(ETAG, etag)]), Json(body)))
}
