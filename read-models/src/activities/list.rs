//! `GET /v1/activities`: activities by any field, sorted, page by page. Deleted ones are in no list.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use sqlx::postgres::PgArguments;
use utoipa::ToSchema;
use uuid::Uuid;

use super::filters::{ActivityFilters, matching_activities};
use super::sort::ActivitySort;
use super::summary::{Summary, SummaryParams};
use super::{Entry, EntryRow, entries, entries_sql};
use crate::ask::{
    Asked, Direction, Labels, Page, PageParams, Questions, Snapshot, When, add, failed, moment,
};

/// A part of the matching activities in their order.
macro_rules! sorted_entries {
    () => {
        concat!(
            "SELECT NULL::text AS description, ",
            entries_sql!(),
            matching_activities!(),
            include_str!("sorted.sql")
        )
    };
}

/// One page of activities.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActivityList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    activities: Vec<Entry>,
    #[serde(flatten)]
    summary: Summary,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Activities, filtered and sorted
#[utoipa::path(
    get,
    path = "/v1/activities",
    tag = "activities",
    params(When, ActivityFilters, ActivitySort, SummaryParams, PageParams),
    responses(
        (status = 200, description = "One page of activities", body = ActivityList),
        QueryProblems
    )
)]
pub(crate) async fn activities(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, mut filters, sort, sums, page)): Asked<(
        When,
        ActivityFilters,
        ActivitySort,
        SummaryParams,
        PageParams,
    )>,
) -> Result<Json<ActivityList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let summary = Summary::of(&mut snapshot, &filters, &sums).await?;
    let mut rows = rows(&mut snapshot, &filters, &sort, &page).await?;
    let next = page.cut(&mut rows);
    let activities = entries(&mut snapshot, rows, &labels.users).await?;
    let (position, as_of) = (snapshot.position, snapshot.at);
    Ok(Json(ActivityList { position, as_of, activities, summary, next }))
}

async fn rows(
    snapshot: &mut Snapshot,
    filters: &ActivityFilters,
    sort: &ActivitySort,
    page: &Page,
) -> Result<Vec<EntryRow>, Problem> {
    let arguments = bind_part(snapshot, filters, sort, (page.fetch(), page.offset()));
    sqlx::query_as_with(sorted_entries!(), arguments)
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))
}

/// The streams of the first matching activities in their order, `most` of them at most.
pub(crate) async fn first_streams(
    snapshot: &mut Snapshot,
    filters: &ActivityFilters,
    sort: &ActivitySort,
    most: i64,
) -> Result<Vec<Uuid>, Problem> {
    let arguments = bind_part(snapshot, filters, sort, (most, 0));
    sqlx::query_scalar_with(
        concat!("SELECT stream_id FROM (", sorted_entries!(), ") AS sorted"),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

/// Filters, order, and which part of the order: how many, after how many.
fn bind_part(
    snapshot: &Snapshot,
    filters: &ActivityFilters,
    sort: &ActivitySort,
    (fetch, offset): (i64, i64),
) -> PgArguments {
    let mut arguments = moment(snapshot);
    filters.bind(&mut arguments);
    add(&mut arguments, sort.sort.0);
    add(&mut arguments, sort.sort.1 == Direction::Down);
    add(&mut arguments, fetch);
    add(&mut arguments, offset);
    arguments
}
