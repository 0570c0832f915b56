//! `GET /v1/activities/{id}`: everything about one activity, now or as of any moment.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::{DateTime, Utc};
use events::ActivityId;
use http::header::ETAG;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Entry, EntryRow, entries, entries_sql};
use crate::ask::{Asked, Labels, Questions, Snapshot, When, add, failed, moment};

/// An activity with its long text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActivityCard {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    #[serde(flatten)]
    activity: Entry,
    /// Long text.
    description: Option<String>,
}

/// One activity
#[utoipa::path(
    get,
    path = "/v1/activities/{id}",
    tag = "activities",
    params(("id" = Uuid, Path, description = "Public id of the activity"), When),
    responses(
        (status = 200, description = "The activity", body = ActivityCard,
         headers(("ETag" = String, description = "Version of the activity, for If-Match"))),
        QueryProblems
    )
)]
pub(crate) async fn activity(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<impl IntoResponse, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_by_key(&questions, &actor, &when).await?;
    let stream_id = ActivityId(id).stream().stream_id(&actor.tenant);
    let row = row(&mut snapshot, stream_id).await?;
    let mut row = row.ok_or_else(|| no_such_activity(id))?;
    let labels = Labels::load(&mut snapshot).await?;
    let description = row.take_description();
    let mut entries = entries(&mut snapshot, vec![row], &labels.users).await?;
    let activity = entries.pop().ok_or_else(|| no_such_activity(id))?;
    let etag = format!("\"{}\"", activity.version);
    let (position, as_of) = (snapshot.position, snapshot.at);
    let card = ActivityCard { position, as_of, activity, description };
    Ok((AppendHeaders([(ETAG, etag)]), Json(card)))
}

/// 404, the same for ids that never were, were not yet, are deleted, and of other tenants.
pub(super) fn no_such_activity(id: Uuid) -> Problem {
    Problem::not_found("no activity has this id").about(format!("/v1/activities/{id}"))
}

async fn row(snapshot: &mut Snapshot, stream_id: Uuid) -> Result<Option<EntryRow>, Problem> {
    let mut arguments = moment(snapshot);
    add(&mut arguments, stream_id);
    sqlx::query_as_with(
        concat!(
            "SELECT a.description, ",
            entries_sql!(),
            " AND a.stream_id = $8 AND $5::date IS NOT NULL"
        ),
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
