//! What an activity is planned with, moved and edited to, and to whom it is handed (SD-2, SD-3, SD-8).

use domain::Order;
use domain::activity::{ActivityChanges, ActivityCommand, Alarm, NewActivity};
use events::sale::Parties;
use events::{ActivityId, ListKey, Note, Party, SaleId, TypeName, UserId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::when::{ActivityKind, AlarmMinutes, Moment, Rule, alarm, when};
use crate::http::fields::{self, never_null, patch};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 4] = [
    row(
        Right::ChangeSales,
        "PlanActivity",
        "/v1/activities",
        "Plan a meeting, a to-do or a call (SD-1, SD-2)",
        BodySchema::of::<PlanActivity>(),
        plan,
    ),
    row(
        Right::ChangeSales,
        "RescheduleActivity",
        "/v1/activities/{id}/reschedule",
        "Move it to another time; what is left out stays (SD-3)",
        BodySchema::of::<RescheduleActivity>(),
        reschedule,
    ),
    row(
        Right::ChangeSales,
        "EditActivity",
        "/v1/activities/{id}/edit",
        "Edit words, links and alarm; null clears (SD-2)",
        BodySchema::of::<EditActivity>(),
        edit,
    ),
    row(
        Right::ChangeSales,
        "AssignActivity",
        "/v1/activities/{id}/assign",
        "Put it into somebody else's diary (SD-8)",
        BodySchema::of::<AssignActivity>(),
        assign,
    ),
];

/// PlanActivity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanActivity {
    /// The activity's id; made by the server when left out.
    id: Option<Uuid>,
    /// Meeting, to-do or call; never changes.
    kind: ActivityKind,
    /// Mandatory name.
    #[schema(min_length = 1, max_length = 219)]
    title: String,
    /// The caller when left out.
    #[schema(value_type = Option<String>)]
    owner: Option<UserId>,
    /// First day of a to-do and of what lasts all day, else the instant it starts. Left out: a to-do is dated
    /// its end, else today; a call starts now; a meeting needs it.
    #[schema(value_type = Option<String>, example = "2026-03-17T10:00:00+01:00")]
    start: Option<Moment>,
    /// Last day (a to-do's deadline), or the instant it ends. Left out: it lasts as long as its type usually does, else a
    /// meeting an hour, a call 15 minutes; days are one day. 366 days at most.
    #[schema(value_type = Option<String>, example = "2026-03-17T11:00:00+01:00")]
    end: Option<Moment>,
    /// Days instead of times; a to-do has days in any case.
    all_day: Option<bool>,
    /// Long text.
    #[schema(value_type = Option<String>, max_length = 2048)]
    description: Option<Note>,
    /// The sale it is about, open or closed.
    sale: Option<Uuid>,
    /// Company it is about.
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Party>,
    /// Person at the customer.
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Party>,
    /// Project it belongs to.
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Party>,
    /// Minutes before the start at which its owner is reminded; no alarm when left out.
    #[schema(value_type = Option<u32>, maximum = 40320)]
    alarm_minutes: Option<AlarmMinutes>,
    /// An alarm as usual, 10 minutes before the start, unless `alarm_minutes` says otherwise.
    alarm: Option<bool>,
    /// Where it takes place.
    #[schema(value_type = Option<String>, max_length = 239)]
    location: Option<TypeName>,
    /// How urgent it is: a key of the list of priorities.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    priority: Option<ListKey>,
    /// A key of the list follow_up_type, of the same kind; says how long it lasts when no end is given.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    r#type: Option<ListKey>,
    /// The value of an RRULE (RFC 5545), daily or rarer, with COUNT or UNTIL: up to 100 activities of one series, made at
    /// once. Times stay on the tenant's clock. The first occurrence has the id of the command.
    #[schema(value_type = Option<String>, max_length = 500, example = "FREQ=WEEKLY;COUNT=10")]
    recurrence: Option<Rule>,
}

fn plan(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: PlanActivity = asked.body()?;
    let id = ActivityId(asked.new_uuid(body.id)?);
    asked.title_fits(&body.title)?;
    let new = NewActivity {
        kind: body.kind.into(),
        title: body.title,
        when: when(body.start, body.end, body.all_day),
        owner: body.owner,
        caller: asked.caller(),
        description: body.description,
        sale: body.sale.map(SaleId),
        parties: Parties { company: body.company, contact: body.contact, project: body.project },
        alarm_minutes: alarm(asked, body.alarm, body.alarm_minutes, Alarm::Off)?.minutes(),
        location: body.location,
        priority: body.priority,
        follow_up_type: body.r#type,
        recurrence: body.recurrence.map(|rule| (id, rule.0)),
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::Activity(ActivityCommand::PlanActivity(Box::new(new))),
    })
}

/// RescheduleActivity: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleActivity {
    /// First day or the instant it starts; a new start alone keeps the length.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, example = "2026-03-18T10:00:00+01:00")]
    start: Option<Moment>,
    /// Last day or the instant it ends; a new end alone keeps the start. A to-do given one day is dated that
    /// day.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, example = "2026-03-18T11:00:00+01:00")]
    end: Option<Moment>,
    /// Days instead of times from now on, or the other way; then the start is needed, and days clear the
    /// alarm.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    all_day: Option<bool>,
}

fn reschedule(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: RescheduleActivity = asked.body()?;
    let when = when(body.start, body.end, body.all_day);
    asked.on_activity(ActivityCommand::RescheduleActivity(when))
}

/// EditActivity: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditActivity {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, min_length = 1, max_length = 219)]
    title: Option<String>,
    /// New text.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 2048)]
    description: Option<Option<Note>>,
    /// New sale, open or closed.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Uuid>)]
    sale: Option<Option<Uuid>>,
    /// New company.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Option<Party>>,
    /// New contact.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Option<Party>>,
    /// New project.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Option<Party>>,
    /// New lead time of the alarm.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<u32>, maximum = 40320)]
    alarm_minutes: Option<Option<AlarmMinutes>>,
    /// New place.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 239)]
    location: Option<Option<TypeName>>,
    /// New priority.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    priority: Option<Option<ListKey>>,
    /// New type, of the same kind; how long it lasts stays.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    r#type: Option<Option<ListKey>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditActivity = asked.body()?;
    asked.title_fits(body.title.as_deref().unwrap_or_default())?;
    asked.on_activity(ActivityCommand::EditActivity(Box::new(ActivityChanges {
        title: body.title,
        description: body.description,
        sale: body.sale.map(|sale| sale.map(SaleId)),
        company: body.company,
        contact: body.contact,
        project: body.project,
        alarm_minutes: body.alarm_minutes.map(|alarm| alarm.map(|minutes| minutes.0)),
        location: body.location,
        priority: body.priority,
        follow_up_type: body.r#type,
    })))
}

/// AssignActivity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignActivity {
    /// A user of the tenant.
    #[schema(value_type = String)]
    owner: UserId,
}

fn assign(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AssignActivity = asked.body()?;
    let caller = asked.caller();
    asked.on_activity(ActivityCommand::AssignActivity { owner: body.owner, caller })
}
