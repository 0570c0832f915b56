//! `GET /v1/users/{id}/views`: the views of the board that somebody had saved at a moment (SF-14). A board that is looked
//! at through one of them uses the newest, also when it shows the past.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::BoardView;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When, add, coordinates, failed};

/// A view with its name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedView {
    /// What it is called.
    name: String,
    /// All of it.
    #[schema(value_type = Object)]
    view: BoardView,
}

/// Views by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedViews {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    views: Vec<SavedView>,
}

/// Saved views of the board: your own, or somebody's when you add users
#[utoipa::path(
    get,
    path = "/v1/users/{id}/views",
    tag = "selections",
    params(("id" = String, Path, description = "The user (`sub`)"), When),
    responses((status = 200, description = "All of them", body = SavedViews), QueryProblems)
)]
pub(crate) async fn views(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<String>,
    Asked(when): Asked<When>,
) -> Result<Json<SavedViews>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    if id != actor.user.as_str() && !snapshot.rights.may(actor.roles, Right::AddUsers) {
        let (denied, detail) = (http::StatusCode::FORBIDDEN, "views are for the user themselves");
        return Err(Problem::new(denied, "not_yourself", detail));
    }
    let views = snapshot.views(&id).await?;
    let views = views.into_iter().map(|(name, view)| SavedView { name, view }).collect();
    Ok(Json(SavedViews { position: snapshot.position, as_of: snapshot.at, views }))
}

impl Snapshot {
    /// The views of the board that somebody had saved at the moment of the question, by name.
    pub async fn views(&mut self, user: &str) -> Result<BTreeMap<String, BoardView>, Problem> {
        let mut arguments = coordinates(self);
        add(&mut arguments, user);
        let found: Option<SqlJson<BTreeMap<String, BoardView>>> = sqlx::query_scalar_with(
            "SELECT views FROM user_version
              WHERE tenant_id = $1 AND user_id = $5
                AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                         next_position, $2, $3, $4)",
            arguments,
        )
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        Ok(found.map(|SqlJson(views)| views).unwrap_or_default())
    }
}
