//! `GET /v1/stages`: the stages of the tenant, by rank.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use sqlx::types::Json as SqlJson;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{
    Asked, Chosen, PageParams, Questions, Snapshot, When, WithDeleted, add, coordinates, failed,
};

/// A stage.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub(crate) struct Stage {
    /// Public id.
    id: Uuid,
    /// Version, for `If-Match`.
    version: i64,
    /// Name in English, else in another language.
    name: String,
    /// Name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: SqlJson<BTreeMap<String, String>>,
    /// Chance of winning a sale in it, whole percent.
    probability: i16,
    /// Long text.
    description: Option<String>,
    /// Order among stages, lowest first.
    rank: i32,
    /// Not to be linked to sale types any more (SO-49).
    deleted: bool,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    stages: Vec<Stage>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Stages
#[utoipa::path(
    get,
    path = "/v1/stages",
    tag = "catalogue",
    params(When, Chosen, WithDeleted, PageParams),
    responses((status = 200, description = "One page", body = StageList), QueryProblems)
)]
pub(crate) async fn stages(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, chosen, with, page)): Asked<(When, Chosen, WithDeleted, PageParams)>,
) -> Result<Json<StageList>, Problem> {
    actor.require(Right::ReadTenant)?;
    page_of(&questions, &actor, &when, (chosen, with), &page).await.map(Json)
}

/// One stage, by its id
#[utoipa::path(
    get,
    path = "/v1/stages/{id}",
    tag = "catalogue",
    params(When, ("id" = Uuid, Path, description = "Public id")),
    responses((status = 200, description = "The stage", body = Stage), QueryProblems)
)]
pub(crate) async fn stage(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<Stage>, Problem> {
    actor.require(Right::ReadTenant)?;
    let chosen = (Chosen { id: Some(id) }, WithDeleted { deleted: true });
    let page = page_of(&questions, &actor, &when, chosen, &PageParams::first()).await?;
    let unknown = || Problem::not_found("there is no stage with this id");
    page.stages.into_iter().next().map(Json).ok_or_else(unknown)
}

async fn page_of(
    questions: &Questions,
    actor: &Actor,
    when: &When,
    (chosen, with): (Chosen, WithDeleted),
    page: &PageParams,
) -> Result<StageList, Problem> {
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(questions, actor, when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut arguments = coordinates(&snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    add(&mut arguments, chosen.id);
    add(&mut arguments, with.deleted);
    let mut stages: Vec<Stage> = sqlx::query_as_with(
        "SELECT stage_id AS id, version, COALESCE(name ->> 'en', name ->> 'nb', name ->> 'nl') AS name, name AS names,
                probability, description, rank, deleted
           FROM stage_version
          WHERE tenant_id = $1 AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                                      next_position, $2, $3, $4)
            AND ($7::uuid IS NULL OR stage_id = $7) AND ($8 OR NOT deleted)
          ORDER BY rank, 3, stage_id LIMIT $5 OFFSET $6",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut stages);
    Ok(StageList { position: snapshot.position, as_of: snapshot.at, stages, next })
}
