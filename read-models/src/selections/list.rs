//! `GET /v1/selections`: the selections the caller sees, filtered, sorted, page by page.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use super::row::{Selection, bind_caller};
use crate::ask::{
    Asked, Direction, FromGiven, Given, PageParams, Questions, Snapshot, When, add, bad, failed,
    sale_is_seen,
};

/// Which selections, in which order.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SelectionFilters {
    /// Owners (`sub`), separated by commas.
    #[param(explode = false)]
    pub owner: Option<Vec<String>>,
    /// `static` or `dynamic`.
    pub kind: Option<String>,
    /// `true` or `false`.
    pub completed: Option<bool>,
    /// Keys of categories, separated by commas.
    #[param(explode = false)]
    pub category: Option<Vec<String>>,
    /// A field, `-field` for the other way: name, owner, updated_at. Default: `name`.
    #[param(value_type = Option<String>, example = "-updated_at")]
    pub sort: (&'static str, Direction),
}

impl FromGiven for SelectionFilters {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let kind = given.text("kind");
        if kind.as_deref().is_some_and(|kind| !["static", "dynamic"].contains(&kind)) {
            return Err(bad("kind", "must be static or dynamic"));
        }
        let text = given.text("sort").unwrap_or_else(|| "name".to_owned());
        let (field, direction) = match text.strip_prefix('-') {
            Some(field) => (field, Direction::Down),
            None => (text.as_str(), Direction::Up),
        };
        let known = ["name", "owner", "updated_at"].into_iter().find(|known| *known == field);
        let rule =
            || bad("sort", "must be one of name, owner, updated_at, with - for the other way");
        Ok(Self {
            owner: given.list("owner")?,
            kind,
            completed: given.take("completed", "must be true or false")?,
            category: given.list("category")?,
            sort: (known.ok_or_else(rule)?, direction),
        })
    }
}

/// A selection in a list.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub(crate) struct Listed {
    #[serde(flatten)]
    #[sqlx(flatten)]
    selection: Selection,
    /// How many members the caller sees; of a dynamic one only `/v1/selections/{id}` tells.
    member_count: Option<i64>,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SelectionList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    selections: Vec<Listed>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Selections
#[utoipa::path(
    get,
    path = "/v1/selections",
    tag = "selections",
    params(When, SelectionFilters, PageParams),
    responses((status = 200, description = "One page", body = SelectionList), QueryProblems)
)]
pub(crate) async fn selections(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, filters, page)): Asked<(When, SelectionFilters, PageParams)>,
) -> Result<Json<SelectionList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut arguments = bind_caller(&snapshot, &actor);
    add(&mut arguments, filters.owner);
    add(&mut arguments, filters.kind);
    add(&mut arguments, filters.completed);
    add(&mut arguments, filters.category);
    add(&mut arguments, filters.sort.0);
    add(&mut arguments, filters.sort.1 == Direction::Down);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    let mut selections: Vec<Listed> = sqlx::query_as_with(
        concat!(
            "WITH page AS (SELECT ",
            include_str!("columns.sql"),
            ", row_number() OVER (",
            include_str!("sorted.sql"),
            ") AS place FROM selection_version AS v
              WHERE v.tenant_id = $1 AND NOT v.deleted
                AND held(v.effective_at, v.recorded_at, v.position, v.next_effective_at, v.next_recorded_at,
                         v.next_position, $2, $3, $4)
                AND ($8::text[] IS NULL OR v.owner = ANY ($8))
                AND ($9::text IS NULL OR v.kind = $9)
                AND ($10::boolean IS NULL OR v.completed = $10)
                AND ($11::text[] IS NULL OR v.category = ANY ($11))
                AND ",
            include_str!("seen.sql"),
            " ORDER BY place LIMIT $14 OFFSET $15),
             counted AS (
               SELECT p.id, count(*) AS members FROM page AS p CROSS JOIN LATERAL unnest(p.members) AS m (sale_id)
                 JOIN sale_version AS s ON s.sale_id = m.sale_id
                WHERE s.tenant_id = $1 AND NOT s.deleted
                  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at,
                           s.next_position, $2, $3, $4) AND ",
            sale_is_seen!(),
            " GROUP BY p.id)
             SELECT page.*, CASE WHEN kind = 'static' THEN COALESCE(counted.members, 0) END AS member_count
               FROM page LEFT JOIN counted USING (id) ORDER BY place"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut selections);
    Ok(Json(SelectionList { position: snapshot.position, as_of: snapshot.at, selections, next }))
}
