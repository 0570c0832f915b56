//! When an activity's owner is reminded (SD-6).

use chrono::{DateTime, TimeDelta, Utc};
use events::activity::Slot;
use events::{ActivityEvent, ParseError};

use super::Planned;
use crate::Refusal;

/// Four weeks.
const ALARM_MINUTES_MAX: u32 = 40_320;

/// The lead time of an alarm that is switched on without one (SD-6).
pub const ALARM_DEFAULT: u32 = 10;

/// An alarm as it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// None.
    Off,
    /// So many minutes before the start; as usual when left out.
    On(Option<u32>),
}

impl Alarm {
    /// What goes into the event.
    pub fn minutes(self) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::On(minutes) => Some(minutes.unwrap_or(ALARM_DEFAULT)),
        }
    }
}

/// Checks the lead time of an alarm: up to four weeks, 0 rings at the start.
///
/// # Errors
/// A lead time outside these bounds.
pub fn alarm_minutes(given: i64) -> Result<u32, ParseError> {
    let minutes = u32::try_from(given).ok().filter(|minutes| *minutes <= ALARM_MINUTES_MAX);
    minutes.ok_or(ParseError::new("alarm", "must be 0 to 40320 minutes"))
}

/// SD-6: an alarm rings before a time of day; whole days have none.
pub(super) fn can_ring(alarm_minutes: Option<u32>, slot: &Slot) -> Result<(), Refusal> {
    match slot {
        Slot::Days { .. } if alarm_minutes.is_some() => Err(Refusal::AlarmNeedsTime),
        Slot::Days { .. } | Slot::Times { .. } => Ok(()),
    }
}

/// One activity.alarm-set; none when it is as it was.
pub(super) fn set(planned: &Planned, alarm: Alarm) -> Result<Vec<ActivityEvent>, Refusal> {
    let alarm_minutes = alarm.minutes();
    can_ring(alarm_minutes, &planned.slot)?;
    if alarm_minutes == planned.terms.alarm_minutes {
        return Ok(Vec::new());
    }
    Ok(vec![ActivityEvent::AlarmSet { alarm_minutes }])
}

/// SD-6: once, and only if the alarm still rings then.
pub(super) fn remind(planned: &Planned, alarm_at: DateTime<Utc>) -> Vec<ActivityEvent> {
    let Slot::Times { starts_at, .. } = planned.slot else { return Vec::new() };
    let Some(alarm_minutes) = planned.terms.alarm_minutes else { return Vec::new() };
    let lead = TimeDelta::minutes(i64::from(alarm_minutes));
    let rings = starts_at.checked_sub_signed(lead) == Some(alarm_at);
    if !rings || planned.reminded || planned.completed_on.is_some() {
        return Vec::new();
    }
    let owner = planned.owner.clone();
    vec![ActivityEvent::ReminderDue { owner, starts_at, alarm_minutes }]
}
