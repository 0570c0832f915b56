//! The alarm of an activity (SD-6), and what whom it was assigned to makes of it (SD-8, SD-10).

use domain::activity::{ActivityCommand, Alarm};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use super::when::{AlarmMinutes, alarm};
use crate::http::fields::never_null;
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 4] = [
    row(
        Right::ChangeSales,
        "SetAlarm",
        "/v1/activities/{id}/set-alarm",
        "Set, change or clear the alarm (SD-6)",
        BodySchema::of::<SetAlarm>(),
        set_alarm,
    ),
    row(
        Right::ChangeSales,
        "SeeAssignment",
        "/v1/activities/{id}/see-assignment",
        "Say that an assigned activity was seen (SD-10)",
        None,
        see,
    ),
    row(
        Right::ChangeSales,
        "AcceptAssignment",
        "/v1/activities/{id}/accept-assignment",
        "Take an assigned activity (SD-8)",
        None,
        accept,
    ),
    row(
        Right::ChangeSales,
        "DeclineAssignment",
        "/v1/activities/{id}/decline-assignment",
        "Hand an assigned activity back to who assigned it (SD-8)",
        None,
        decline,
    ),
];

/// SetAlarm; an empty body switches it on as usual.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAlarm {
    /// Whether there is one; `true` when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    alarm: Option<bool>,
    /// Minutes before the start at which its owner is reminded; 10 when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = u32, maximum = 40320)]
    alarm_minutes: Option<AlarmMinutes>,
}

fn set_alarm(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetAlarm = asked.body()?;
    let alarm = alarm(asked, body.alarm, body.alarm_minutes, Alarm::On(None))?;
    asked.on_activity(ActivityCommand::SetAlarm(alarm))
}

fn see(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_activity(ActivityCommand::SeeAssignment)
}

fn accept(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_activity(ActivityCommand::AcceptAssignment)
}

fn decline(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_activity(ActivityCommand::DeclineAssignment)
}
