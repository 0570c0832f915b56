//! `GET /v1/users`: the users of the tenant, by name.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;

use crate::ask::{
    Asked, ChosenUser, PageParams, Questions, Snapshot, When, add, coordinates, failed,
};

/// A user.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub(crate) struct User {
    /// `sub` of their tokens.
    id: String,
    /// Version, for `If-Match`.
    version: i64,
    /// Display name.
    name: String,
    /// Groups, the primary one included.
    #[schema(value_type = Vec<String>)]
    groups: SqlJson<Vec<String>>,
    /// The group their sales count for.
    primary_group: Option<String>,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    users: Vec<User>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Users
#[utoipa::path(
    get,
    path = "/v1/users",
    tag = "catalogue",
    params(When, ChosenUser, PageParams),
    responses((status = 200, description = "One page", body = UserList), QueryProblems)
)]
pub(crate) async fn users(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, chosen, page)): Asked<(When, ChosenUser, PageParams)>,
) -> Result<Json<UserList>, Problem> {
    actor.require(Right::ReadTenant)?;
    page_of(&questions, &actor, &when, chosen, &page).await.map(Json)
}

/// One user, by its id
#[utoipa::path(
    get,
    path = "/v1/users/{id}",
    tag = "catalogue",
    params(When, ("id" = String, Path, description = "Public id")),
    responses((status = 200, description = "The user", body = User), QueryProblems)
)]
pub(crate) async fn user(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<String>,
    Asked(when): Asked<When>,
) -> Result<Json<User>, Problem> {
    actor.require(Right::ReadTenant)?;
    let chosen = ChosenUser { id: Some(id) };
    let page = page_of(&questions, &actor, &when, chosen, &PageParams::first()).await?;
    let unknown = || Problem::not_found("there is no user with this id");
    page.users.into_iter().next().map(Json).ok_or_else(unknown)
}

async fn page_of(
    questions: &Questions,
    actor: &Actor,
    when: &When,
    chosen: ChosenUser,
    page: &PageParams,
) -> Result<UserList, Problem> {
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(questions, actor, when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut arguments = coordinates(&snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    add(&mut arguments, chosen.id);
    let mut users: Vec<User> = sqlx::query_as_with(
        "SELECT user_id AS id, version, name, groups, primary_group
           FROM user_version
          WHERE tenant_id = $1 AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                                      next_position, $2, $3, $4)
            AND ($7::text IS NULL OR user_id = $7)
          ORDER BY name, user_id LIMIT $5 OFFSET $6",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut users);
    Ok(UserList { position: snapshot.position, as_of: snapshot.at, users, next })
}
