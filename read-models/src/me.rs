//! `GET /v1/me`: who is asking, what they may, and the settings of their tenant.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use events::{DiarySettings, Preferences};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When, add, coordinates, failed};
use crate::sale::Features;

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// `sub` of the token.
    id: String,
    /// Name: the user's, else the token's.
    name: Option<String>,
    /// The tenant's slug.
    tenant: String,
    /// Roles of the token.
    roles: Vec<&'static str>,
    /// Groups: the user's, else the token's.
    groups: Vec<String>,
    /// The group their sales count for.
    primary_group: Option<String>,
    /// Whether the tenant has this user.
    registered: bool,
    /// Base currency of the tenant.
    base_currency: String,
    /// Zone of the tenant's business dates.
    time_zone: String,
    /// What the tenant's diaries are like.
    diary: DiaryPreferences,
    /// What the caller wants shown and asked.
    preferences: OwnPreferences,
    /// Which parts of the product the tenant has.
    features: Features,
    /// Today in that zone.
    today: NaiveDate,
}

/// What a tenant's diaries are like (SD-3, SD-4, SD-13, SD-15).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiaryPreferences {
    /// How long a meeting lasts when nobody says so.
    meeting_minutes: u16,
    /// How long a call lasts when nobody says so.
    call_minutes: u16,
    /// When the working day begins on the tenant's clock.
    #[schema(example = "08:00")]
    day_from: String,
    /// When it ends.
    #[schema(example = "16:00")]
    day_to: String,
    /// Whether overdue activities are marked.
    mark_overdue: bool,
    /// Whether what is done leaves the diary at once instead of the next day.
    done_leave_at_once: bool,
    /// Whether somebody who is assigned something is notified.
    assignment_notices: bool,
}

impl DiaryPreferences {
    fn of(settings: &DiarySettings) -> Self {
        Self {
            meeting_minutes: settings.meeting_minutes,
            call_minutes: settings.call_minutes,
            day_from: settings.day_from.to_string(),
            day_to: settings.day_to.to_string(),
            mark_overdue: settings.mark_overdue,
            done_leave_at_once: settings.done_leave_at_once,
            assignment_notices: settings.assignment_notices,
        }
    }
}

/// What somebody wants shown and asked (SG-22, SD-14).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnPreferences {
    /// Whether to ask before the form of a suggested follow-up opens.
    confirm_suggested_follow_up: bool,
    /// How far lists of the diary look ahead, days.
    show_days_ahead: u16,
}

impl From<Preferences> for OwnPreferences {
    fn from(own: Preferences) -> Self {
        Self {
            confirm_suggested_follow_up: own.confirm_suggested_follow_up,
            show_days_ahead: own.show_days_ahead,
        }
    }
}

/// The caller
#[utoipa::path(
    get,
    path = "/v1/me",
    tag = "catalogue",
    params(When),
    responses((status = 200, description = "The caller", body = Me), QueryProblems)
)]
pub(crate) async fn me(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(when): Asked<When>,
) -> Result<Json<Me>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let mut arguments = coordinates(&snapshot);
    add(&mut arguments, actor.user.as_str());
    let user: Option<(String, SqlJson<Vec<String>>, Option<String>)> = sqlx::query_as_with(
        "SELECT name, groups, primary_group FROM user_version
          WHERE tenant_id = $1 AND user_id = $5
            AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)",
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let registered = user.is_some();
    let (name, groups, primary_group) = match user {
        Some((name, SqlJson(groups), primary)) => (Some(name), groups, primary),
        None => (actor.name, actor.groups, None),
    };
    let preferences = snapshot.preferences(actor.user.as_str()).await?;
    Ok(Json(Me {
        position: snapshot.position,
        as_of: snapshot.at,
        id: actor.user.as_str().to_owned(),
        name,
        tenant: actor.tenant.as_str().to_owned(),
        roles: actor.roles.iter().map(|role| role.as_str()).collect(),
        groups,
        primary_group,
        registered,
        base_currency: snapshot.base_currency.as_str().to_owned(),
        time_zone: snapshot.zone.name().to_owned(),
        diary: DiaryPreferences::of(&snapshot.diary),
        preferences: preferences.into(),
        features: snapshot.features,
        today: snapshot.today,
    }))
}
