//! When an activity takes place: what was said, the defaults for what was not, the bounds (SD-1, SD-3, SD-4).

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use events::activity::{Kind, Slot};

use super::Planned;
use crate::list::minutes_of_type;
use crate::{Context, Refusal};

/// Longest activity.
const DAYS_MAX: i64 = 366;
/// Days lie in the years of every other date.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a real date");
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a real date");

/// A day, or an instant of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A whole day.
    Day(NaiveDate),
    /// An instant.
    At(DateTime<Utc>),
}

/// When, as it was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// First day, or the instant it starts.
    pub start: Option<Moment>,
    /// Last day (the deadline of a to-do), or the instant it ends.
    pub end: Option<Moment>,
    /// Days instead of times; a to-do has days whatever this says.
    pub all_day: Option<bool>,
}

/// A start and an end as far as they were said.
type Said<T> = (Option<T>, Option<T>);

impl When {
    fn days(self) -> Result<Said<NaiveDate>, Refusal> {
        let day = |moment, pointer| match moment {
            None => Ok(None),
            Some(Moment::Day(day)) => Ok(Some(day)),
            Some(Moment::At(_)) => Err(Refusal::DayExpected { pointer }),
        };
        Ok((day(self.start, "/start")?, day(self.end, "/end")?))
    }

    fn times(self) -> Result<Said<DateTime<Utc>>, Refusal> {
        let time = |moment, pointer| match moment {
            None => Ok(None),
            Some(Moment::At(at)) => Ok(Some(at)),
            Some(Moment::Day(_)) => Err(Refusal::TimeExpected { pointer }),
        };
        Ok((time(self.start, "/start")?, time(self.end, "/end")?))
    }
}

/// SD-3: a meeting needs a start and lasts an hour, a call starts now and lasts 15 minutes, unless its type says how long; a
/// to-do is dated today, or the one day that was given.
pub(super) fn planned(
    kind: Kind,
    when: When,
    minutes: Option<u16>,
    context: &Context<'_>,
) -> Result<Slot, Refusal> {
    if is_days(kind, when) {
        let (start, end) = when.days()?;
        let from_day = match (start, kind) {
            (Some(day), _) => day,
            (None, Kind::ToDo) => end.unwrap_or(context.today),
            (None, Kind::Call) => context.today,
            (None, Kind::Meeting | Kind::Document) => return Err(Refusal::StartRequired),
        };
        return sound(Slot::Days { from_day, to_day: end.unwrap_or(from_day) });
    }
    let (start, end) = when.times()?;
    let now = (kind == Kind::Call).then(|| context.at.trunc_subsecs(0));
    times(start.or(now).ok_or(Refusal::StartRequired)?, end, length(kind, minutes, context))
}

/// SG-12: on a day, all of it or from when the tenant's working day begins (SD-4); the end that was said, else for as
/// long as an item of a guide says.
pub(super) fn on_day(
    kind: Kind,
    when: When,
    day: NaiveDate,
    minutes: Option<u16>,
    context: &Context<'_>,
) -> Result<Slot, Refusal> {
    if is_days(kind, when) {
        let (_, end) = when.days()?;
        return sound(Slot::Days { from_day: day, to_day: end.unwrap_or(day) });
    }
    let (_, end) = when.times()?;
    let tenant = context.references.tenant();
    let begins = day.and_time(tenant.diary().day_from.time());
    let start = on_the_clock(begins, tenant.time_zone()).ok_or(Refusal::OutsideCalendar)?;
    times(start, end, length(kind, minutes, context))
}

/// SD-1: a to-do has days whatever is said.
fn is_days(kind: Kind, when: When) -> bool {
    kind == Kind::ToDo || when.all_day == Some(true)
}

fn length(kind: Kind, minutes: Option<u16>, context: &Context<'_>) -> TimeDelta {
    minutes.map_or_else(
        || usual_length(kind, context),
        |minutes| TimeDelta::minutes(i64::from(minutes)),
    )
}

/// The instant a clock shows a time: the earlier one where it comes twice, the next one that exists where the clock
/// skips it.
fn on_the_clock(mut local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    // a zone that crosses the date line skips a whole day
    for _ in 0..=96 {
        if let Some(found) = zone.from_local_datetime(&local).earliest() {
            return Some(found.to_utc());
        }
        local = local.checked_add_signed(TimeDelta::minutes(15))?;
    }
    None
}

/// SD-3: an hour and a quarter, unless the tenant says otherwise.
fn usual_length(kind: Kind, context: &Context<'_>) -> TimeDelta {
    let usual = context.references.tenant().diary();
    TimeDelta::minutes(i64::from(match kind {
        Kind::Meeting | Kind::ToDo | Kind::Document => usual.meeting_minutes,
        Kind::Call => usual.call_minutes,
    }))
}

/// What is left out stays: a new start keeps the length, a new end keeps the start. Between days and times
/// everything is new. A to-do is dated as when it was planned.
pub(super) fn rescheduled(
    planned: &Planned,
    when: When,
    context: &Context<'_>,
) -> Result<Slot, Refusal> {
    let all_day = planned.kind == Kind::ToDo
        || when.all_day.unwrap_or(matches!(planned.slot, Slot::Days { .. }));
    if all_day { moved_days(planned, when) } else { moved_times(planned, when, context) }
}

/// Whether the usual length of its type may be asked for: days become times (SD-3).
pub(super) fn asks_type(planned: &Planned, when: When) -> bool {
    let times = when.all_day == Some(false) && matches!(planned.slot, Slot::Days { .. });
    times && when.end.is_none() && planned.terms.follow_up_type.is_some()
}

fn moved_days(planned: &Planned, when: When) -> Result<Slot, Refusal> {
    let (start, end) = when.days()?;
    let slot = match (planned.slot, start, end) {
        (_, Some(from_day), Some(to_day)) => Slot::Days { from_day, to_day },
        (Slot::Days { .. }, None, None) => planned.slot,
        (Slot::Days { .. }, Some(day), None) | (Slot::Days { .. }, None, Some(day))
            if planned.kind == Kind::ToDo =>
        {
            Slot::Days { from_day: day, to_day: day }
        }
        (Slot::Days { from_day: was, to_day }, Some(from_day), None) => {
            let length = u64::try_from((to_day - was).num_days()).unwrap_or_default();
            let to_day = from_day.checked_add_days(Days::new(length));
            Slot::Days { from_day, to_day: to_day.ok_or(Refusal::OutsideCalendar)? }
        }
        (Slot::Days { from_day, .. }, None, Some(to_day)) => Slot::Days { from_day, to_day },
        (Slot::Times { .. }, Some(from_day), None) => Slot::Days { from_day, to_day: from_day },
        (Slot::Times { .. }, None, _) => return Err(Refusal::StartRequired),
    };
    sound(slot)
}

fn moved_times(planned: &Planned, when: When, context: &Context<'_>) -> Result<Slot, Refusal> {
    let (start, end) = when.times()?;
    match planned.slot {
        Slot::Times { starts_at, ends_at } => match start {
            Some(start) => times(start, end, ends_at - starts_at),
            None => sound(Slot::Times { starts_at, ends_at: end.unwrap_or(ends_at) }),
        },
        Slot::Days { .. } => {
            let minutes = planned.terms.follow_up_type.as_ref();
            let minutes = minutes.and_then(|key| minutes_of_type(key, context.references));
            let lasts = length(planned.kind, minutes, context);
            times(start.ok_or(Refusal::StartRequired)?, end, lasts)
        }
    }
}

/// From a start to an end, or for as long as usual.
fn times(
    starts_at: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
    lasts: TimeDelta,
) -> Result<Slot, Refusal> {
    let ends_at = end.or_else(|| starts_at.checked_add_signed(lasts));
    sound(Slot::Times { starts_at, ends_at: ends_at.ok_or(Refusal::OutsideCalendar)? })
}

/// Ends after it starts, lasts 366 days at most, and falls on days of the years 1900 to 9999 in every zone.
pub(super) fn sound(slot: Slot) -> Result<Slot, Refusal> {
    let (ordered, short, inside) = match slot {
        Slot::Days { from_day, to_day } => (
            from_day <= to_day,
            (to_day - from_day).num_days() < DAYS_MAX,
            FIRST_DAY <= from_day && to_day <= LAST_DAY,
        ),
        Slot::Times { starts_at, ends_at } => (
            starts_at <= ends_at,
            ends_at - starts_at <= TimeDelta::days(DAYS_MAX),
            FIRST_DAY < starts_at.date_naive() && ends_at.date_naive() < LAST_DAY,
        ),
    };
    match (ordered, short, inside) {
        (false, _, _) => Err(Refusal::EndBeforeStart),
        (true, false, _) => Err(Refusal::ActivityTooLong),
        (true, true, false) => Err(Refusal::OutsideCalendar),
        (true, true, true) => Ok(slot),
    }
}
