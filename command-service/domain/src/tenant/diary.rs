//! What a tenant changes about its diaries (SD-3, SD-4, SD-13, SD-15).

use events::{DiarySettings, Event, TenantEvent, TimeOfDay};

use crate::{Decision, Refusal};

/// Fields of a SetDiary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiaryChanges {
    /// SD-3, 1 to 1440.
    pub meeting_minutes: Option<u16>,
    /// SD-3, 1 to 1440.
    pub call_minutes: Option<u16>,
    /// SD-4.
    pub day_from: Option<TimeOfDay>,
    /// SD-4.
    pub day_to: Option<TimeOfDay>,
    /// SD-15.
    pub mark_overdue: Option<bool>,
    /// SD-13.
    pub done_leave_at_once: Option<bool>,
    /// §6-A32.
    pub assignment_notices: Option<bool>,
}

/// A day at most, and something.
const MINUTES: std::ops::RangeInclusive<u16> = 1..=1_440;

/// All settings as they are from now on; none when nothing differs.
pub(super) fn set(now: DiarySettings, changes: DiaryChanges) -> Result<Decision, Refusal> {
    let new = DiarySettings {
        meeting_minutes: changes.meeting_minutes.unwrap_or(now.meeting_minutes),
        call_minutes: changes.call_minutes.unwrap_or(now.call_minutes),
        day_from: changes.day_from.unwrap_or(now.day_from),
        day_to: changes.day_to.unwrap_or(now.day_to),
        mark_overdue: changes.mark_overdue.unwrap_or(now.mark_overdue),
        done_leave_at_once: changes.done_leave_at_once.unwrap_or(now.done_leave_at_once),
        assignment_notices: changes.assignment_notices.unwrap_or(now.assignment_notices),
    };
    for (minutes, pointer) in
        [(new.meeting_minutes, "/meeting_minutes"), (new.call_minutes, "/call_minutes")]
    {
        if !MINUTES.contains(&minutes) {
            return Err(Refusal::LengthOutOfRange { pointer });
        }
    }
    if new.day_to <= new.day_from {
        return Err(Refusal::DayEndsFirst);
    }
    if new == now {
        return Ok(Decision::nothing());
    }
    Ok(Decision::of([Event::Tenant(TenantEvent::DiarySettingsChanged(new))]))
}

#[cfg(test)]
mod tests {
    use events::Aggregate;

    use super::*;
    use crate::Order;
    use crate::spec::given;
    use crate::tenant::TenantCommand;

    fn set(changes: DiaryChanges) -> Order {
        Order::Tenant(TenantCommand::SetDiary(changes))
    }

    /// SD-3, SD-4.
    #[test]
    fn diary_settings_are_changed_one_by_one_within_their_limits() {
        let hours = |from: &str, to: &str| DiaryChanges {
            day_from: Some(TimeOfDay::parse(from).unwrap()),
            day_to: Some(TimeOfDay::parse(to).unwrap()),
            ..DiaryChanges::default()
        };
        let long =
            |minutes| DiaryChanges { call_minutes: Some(minutes), ..hours("07:00", "07:01") };
        let refused = Refusal::LengthOutOfRange { pointer: "/call_minutes" };
        given(Aggregate::Tenant, []).when(set(DiaryChanges::default())).then_nothing();
        for minutes in [1, 1_440] {
            given(Aggregate::Tenant, []).when(set(long(minutes))).facts();
        }
        for minutes in [0, 1_441] {
            given(Aggregate::Tenant, []).when(set(long(minutes))).then_refused(refused.clone());
        }
        for to in ["08:00", "07:59"] {
            let order = set(hours("08:00", to));
            given(Aggregate::Tenant, []).when(order).then_refused(Refusal::DayEndsFirst);
        }
        let marks = DiaryChanges { mark_overdue: Some(false), ..DiaryChanges::default() };
        let settings = DiarySettings { mark_overdue: false, ..DiarySettings::default() };
        let changed = Event::Tenant(TenantEvent::DiarySettingsChanged(settings));
        given(Aggregate::Tenant, []).when(set(marks)).then([changed.clone()]);
        given(Aggregate::Tenant, [changed]).when(set(marks)).then_nothing();
    }
}
