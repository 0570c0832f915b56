//! `GET /v1/targets/{id}` and its revision list: every change of a row with old and new figures, who and when (ST-18).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::rights::{Level as RightsLevel, Records};
use events::target::{Assignee, CellsCause, TargetPlace};
use events::{CurrencyCode, Event, ListKey, Recorded, TargetEvent, TargetId, TenantSlug, TypeName};
use serde::Serialize;
use serde_json::{Value, json};
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::Target;
use super::rows::{Which, seen_targets};
use super::table::Table;
use super::types::TargetKind;
use crate::ask::{Asked, Drill, Labels, Questions, Sight, Snapshot, When};
use crate::changes::Field;
use crate::history::{History, Seen, Told, folded};
use crate::sale::{Target as Folded, target};

/// One target.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTarget {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Id of its type.
    target_type: Uuid,
    /// `amount`, `count` or `profit`.
    unit: &'static str,
    /// Calendar year.
    year: i32,
    /// Currencies of won sales that had no rate on their close date.
    missing_rates: Vec<String>,
    /// Without a rank: it is alone here.
    #[serde(flatten)]
    target: Target,
}

fn no_such_target(id: Uuid) -> Problem {
    Problem::not_found(format!("there is no target {id}"))
}

/// One sales target and what was won
#[utoipa::path(
    get,
    path = "/v1/targets/{id}",
    tag = "targets",
    params(When, AcceptLanguage, ("id" = Uuid, Path, description = "Public id of the target")),
    responses((status = 200, description = "The target", body = OneTarget), QueryProblems)
)]
pub(crate) async fn target_of_id(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    language: AcceptLanguage,
    Asked((drill, when)): Asked<(Drill, When)>,
) -> Result<Json<OneTarget>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let found = seen_targets(&mut snapshot, &actor, Which::Id(id)).await?;
    let (row, of_type, year) = found.into_iter().next().ok_or_else(|| no_such_target(id))?;
    let kind = TargetKind::one(&mut snapshot, of_type).await?;
    let told = (language.best(), &drill);
    let table = Table::compared(&mut snapshot, kind, year, &[row], told).await?;
    let target = table.rows.into_iter().find(|target| target.id == Some(id));
    let target = target.ok_or_else(|| no_such_target(id))?;
    Ok(Json(OneTarget {
        position: snapshot.position,
        as_of: snapshot.at,
        target_type: table.kind.id,
        unit: table.kind.unit.as_str(),
        year,
        missing_rates: table.missing.into_iter().collect(),
        target: Target { rank: None, ..target },
    }))
}

/// The revision list of a sales target
#[utoipa::path(
    get,
    path = "/v1/targets/{id}/history",
    tag = "targets",
    params(("id" = Uuid, Path, description = "Public id of the target"), When),
    responses((status = 200, description = "Every event, oldest first", body = History), QueryProblems)
)]
pub(crate) async fn target_history(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<History>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let unknown = || no_such_target(id);
    let stream = TargetId(id).stream();
    let seen = Seen::of::<ToldTarget>(&questions, &actor, &mut snapshot, &stream).await?;
    let seen = seen.ok_or_else(unknown)?;
    let now = folded::<ToldTarget>(&seen.events)?.ok_or_else(unknown)?;
    if !now.is_read_by(&snapshot, &actor) {
        return Err(unknown());
    }
    let history = History::of_seen::<ToldTarget>(&seen, &snapshot, &labels)?;
    history.map(Json).ok_or_else(unknown)
}

/// A target with why its cells are as they are.
#[derive(Debug, Clone)]
struct ToldTarget {
    target: Folded,
    cause: Option<CellsCause>,
}

impl ToldTarget {
    /// Whether a caller may read it, as it is now (SO-44).
    fn is_read_by(&self, snapshot: &Snapshot, actor: &Actor) -> bool {
        let (owner, group) = match &self.target.place.assignee {
            Assignee::Company => ("", None),
            Assignee::Group { group } => ("", Some(group.as_str())),
            Assignee::User { user, group } => (user.as_str(), group.as_ref().map(TypeName::as_str)),
        };
        let whose = actor.principal().ownership(owner, group);
        snapshot.rights.level(actor.roles, Records::Targets, whose) >= RightsLevel::Read
    }
}

impl Told for ToldTarget {
    fn next(before: Option<Self>, fact: &Event, _: &Recorded) -> Result<Self, &'static str> {
        let Event::Target(fact) = fact else { return Err("not an event of a target") };
        let cause = match fact {
            TargetEvent::CellsSet { cause, .. } => Some(*cause),
            TargetEvent::Added { .. }
            | TargetEvent::Cleared {}
            | TargetEvent::CurrencySet { .. }
            | TargetEvent::Locked {}
            | TargetEvent::Unlocked {}
            | TargetEvent::Removed {} => None,
        };
        Ok(Self { target: target(before.map(|before| before.target), fact)?, cause })
    }

    /// Rights over targets are none over sales: [`is_read_by`](Self::is_read_by) asks for them.
    fn in_sight(&self, _: &Sight) -> bool {
        true
    }

    fn about(&self, _: &Sight, _: &TenantSlug) -> Option<Uuid> {
        None
    }

    fn fields(&self, labels: &Labels) -> Vec<Field> {
        let Folded { place, period, currency, cells, locked, removed } = &self.target;
        let TargetPlace { target_type, item, year, assignee } = place;
        let name = Some(assignee.name()).filter(|name| !name.is_empty());
        let user = name.and_then(|name| labels.users.get(name)).cloned();
        let user = user.filter(|_| assignee.level() == "user");
        vec![
            ("target_type", json!(target_type), None),
            ("item", json!(item.as_ref().map(ListKey::as_str)), None),
            ("year", json!(year), None),
            ("level", json!(assignee.level()), None),
            ("assignee", json!(name), user),
            ("period", json!(period.as_str()), None),
            ("currency", json!(currency.as_ref().map(CurrencyCode::as_str)), None),
            ("cells", json!(cells), None),
            ("cause", self.cause.map_or(Value::Null, |cause| json!(cause)), None),
            ("locked", json!(locked.to_string()), None),
            ("removed", json!(removed.to_string()), None),
        ]
    }
}
