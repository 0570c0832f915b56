//! `GET /v1/sale-types`: the sale types of the tenant, by name.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::Guide;
use serde::{Deserialize, Serialize};
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use sqlx::types::Json as SqlJson;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{
    Asked, Chosen, PageParams, Questions, Snapshot, When, WithDeleted, add, coordinates, failed,
};
use crate::guide::TypeItem;

/// A sale type.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleType {
    /// Public id.
    id: Uuid,
    /// Version, for `If-Match`.
    version: i64,
    /// Name in English, else in another language.
    name: String,
    /// Name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: SqlJson<BTreeMap<String, String>>,
    /// Group of types.
    category: Option<String>,
    /// Estimated time of the process (SO-36).
    #[schema(value_type = Option<TypeDuration>)]
    duration: Option<SqlJson<TypeDuration>>,
    /// Ids of stages in the order of the process.
    stages: Vec<Uuid>,
    /// Linked to a guide.
    guide: bool,
    /// Suggests the next stage when one is done.
    auto_advance: bool,
    /// Sales of it may have stakeholders.
    stakeholders: bool,
    /// What its guide suggests in each stage, in the order of the process; also while it is off (SG-28).
    items: Vec<TypeItem>,
    /// Not to be chosen any more; sales of it live on (SO-46).
    deleted: bool,
}

/// A sale type as it is stored.
#[derive(Debug, sqlx::FromRow)]
struct SaleTypeRow {
    id: Uuid,
    version: i64,
    name: String,
    names: SqlJson<BTreeMap<String, String>>,
    category: Option<String>,
    duration: Option<SqlJson<TypeDuration>>,
    stages: Vec<Uuid>,
    guide: bool,
    auto_advance: bool,
    stakeholders: bool,
    items: SqlJson<Guide>,
    deleted: bool,
}

impl From<SaleTypeRow> for SaleType {
    fn from(row: SaleTypeRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            name: row.name,
            names: row.names,
            category: row.category,
            duration: row.duration,
            items: TypeItem::all(&row.items, &row.stages),
            stages: row.stages,
            guide: row.guide,
            auto_advance: row.auto_advance,
            stakeholders: row.stakeholders,
            deleted: row.deleted,
        }
    }
}

/// An estimated time.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TypeDuration {
    /// How many units.
    n: i32,
    /// `days`, `weeks` or `months`.
    unit: String,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleTypeList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    sale_types: Vec<SaleType>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Sale types
#[utoipa::path(
    get,
    path = "/v1/sale-types",
    tag = "catalogue",
    params(When, Chosen, WithDeleted, PageParams),
    responses((status = 200, description = "One page", body = SaleTypeList), QueryProblems)
)]
pub(crate) async fn sale_types(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, chosen, with, page)): Asked<(When, Chosen, WithDeleted, PageParams)>,
) -> Result<Json<SaleTypeList>, Problem> {
    actor.require(Right::ReadTenant)?;
    page_of(&questions, &actor, &when, (chosen, with), &page).await.map(Json)
}

/// One sale type, by its id
#[utoipa::path(
    get,
    path = "/v1/sale-types/{id}",
    tag = "catalogue",
    params(When, ("id" = Uuid, Path, description = "Public id")),
    responses((status = 200, description = "The sale type", body = SaleType), QueryProblems)
)]
pub(crate) async fn sale_type(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<SaleType>, Problem> {
    actor.require(Right::ReadTenant)?;
    let chosen = (Chosen { id: Some(id) }, WithDeleted { deleted: true });
    let page = page_of(&questions, &actor, &when, chosen, &PageParams::first()).await?;
    let unknown = || Problem::not_found("there is no sale type with this id");
    page.sale_types.into_iter().next().map(Json).ok_or_else(unknown)
}

async fn page_of(
    questions: &Questions,
    actor: &Actor,
    when: &When,
    (chosen, with): (Chosen, WithDeleted),
    page: &PageParams,
) -> Result<SaleTypeList, Problem> {
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(questions, actor, when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut arguments = coordinates(&snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    add(&mut arguments, chosen.id);
    add(&mut arguments, with.deleted);
    let mut rows: Vec<SaleTypeRow> = sqlx::query_as_with(
        "SELECT sale_type_id AS id, version, COALESCE(name ->> 'en', name ->> 'nb', name ->> 'nl') AS name,
                name AS names, category, 
                CASE WHEN duration_n IS NOT NULL THEN jsonb_build_object('n', duration_n, 'unit', duration_unit) END AS duration,
                stages, guide, auto_advance, stakeholders, items, deleted
           FROM sale_type_version
          WHERE tenant_id = $1 AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                                      next_position, $2, $3, $4)
            AND ($7::uuid IS NULL OR sale_type_id = $7) AND ($8 OR NOT deleted)
          ORDER BY 3, sale_type_id LIMIT $5 OFFSET $6",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut rows);
    let sale_types = rows.into_iter().map(SaleType::from).collect();
    Ok(SaleTypeList { position: snapshot.position, as_of: snapshot.at, sale_types, next })
}
