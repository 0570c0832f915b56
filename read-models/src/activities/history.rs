//! `GET /v1/activities/{id}/history`: every event of an activity and what it changed; also of a deleted one.

use axum::Json;
use axum::extract::State;
use events::{ActivityId, Event, Recorded, SaleId, TenantSlug};
use serde_json::json;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use uuid::Uuid;

use super::one::no_such_activity;
use crate::activity::{Activity, Surroundings, evolve};
use crate::ask::{Asked, Labels, Questions, Sight, When};
use crate::changes::Field;
use crate::history::{History, Told};

/// The history of one activity
#[utoipa::path(
    get,
    path = "/v1/activities/{id}/history",
    tag = "activities",
    params(("id" = Uuid, Path, description = "Public id of the activity"), When),
    responses((status = 200, description = "Every event, oldest first", body = History), QueryProblems)
)]
pub(crate) async fn activity_history(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<History>, Problem> {
    actor.require(Right::ReadTenant)?;
    let stream = ActivityId(id).stream();
    let history = History::of::<Activity>(&questions, &actor, &when, &stream).await?;
    history.map(Json).ok_or_else(|| no_such_activity(id))
}

impl Told for Activity {
    fn next(before: Option<Self>, fact: &Event, event: &Recorded) -> Result<Self, &'static str> {
        let Event::Activity(fact) = fact else { return Err("not an event of an activity") };
        let id = event.stream().map_err(|_| "a stream without a name")?.id;
        let activity_id =
            Uuid::parse_str(&id).map_err(|_| "a stream whose public id is no UUID")?;
        let effective_at = event.effective();
        evolve(before, fact, Surroundings { activity_id, tenant: &event.tenant, effective_at })
    }

    fn in_sight(&self, sight: &Sight) -> bool {
        sight.sees_activity(&self.owner, self.owner_group.as_deref())
    }

    fn about(&self, sight: &Sight, tenant: &TenantSlug) -> Option<Uuid> {
        let sale = self.sale_id.filter(|_| self.owner != sight.user())?;
        Some(SaleId(sale).stream().stream_id(tenant))
    }

    fn fields(&self, labels: &Labels) -> Vec<Field> {
        let (from, to) = (json!(self.from_day), json!(self.to_day));
        let (start, end) = match self.from_day {
            Some(_) => (from, to),
            None => (json!(self.starts_at), json!(self.ends_at)),
        };
        vec![
            ("kind", json!(self.kind), None),
            ("title", json!(self.title), None),
            ("description", json!(self.description), None),
            ("start", start, None),
            ("end", end, None),
            ("owner", json!(self.owner), labels.users.get(&self.owner).cloned()),
            ("group", json!(self.owner_group), None),
            ("sale_id", json!(self.sale_id), None),
            ("company", json!(self.company_id), self.company_name.clone()),
            ("company_name", json!(self.company_name), None),
            ("contact", json!(self.contact_id), self.contact_name.clone()),
            ("contact_name", json!(self.contact_name), None),
            ("project", json!(self.project_id), self.project_name.clone()),
            ("project_name", json!(self.project_name), None),
            ("alarm_minutes", json!(self.alarm_minutes), None),
            ("location", json!(self.location), None),
            ("priority", json!(self.priority), None),
            ("type", json!(self.follow_up_type), None),
            ("assigned_by", json!(self.assigned_by), None),
            ("assignment", json!(self.assignment), None),
            ("guide_item", json!(self.guide_item), None),
            ("template", json!(self.template), None),
            ("our_reference", json!(self.our_reference), None),
            ("completed_on", json!(self.completed_on), None),
            ("deleted", json!(self.deleted.to_string()), None),
        ]
    }
}
