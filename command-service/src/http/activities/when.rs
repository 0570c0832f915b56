//! Fields that only activities have: a day or an instant, the kind, the lead time of an alarm.

use chrono::{DateTime, Datelike, SubsecRound, Timelike, Utc};
use domain::activity::{self, Alarm, Recurrence, When, alarm_minutes};
use events::ParseError;
use serde::Deserialize;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use crate::http::fields::Day;
use crate::http::route::Asked;

/// A day `YYYY-MM-DD` or an RFC 3339 instant with its offset, of the years 1900 to 9999; instants are cut to
/// the microsecond, which is what read models keep. Which of the two it has to be, the activity decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Moment(pub(super) activity::Moment);

impl TryFrom<String> for Moment {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        if let Ok(day) = Day::try_from(text.clone()) {
            return Ok(Self(activity::Moment::Day(day.0)));
        }
        let rule = "must be a date such as 2026-03-10 or an instant such as 2026-03-10T09:00:00Z \
                    that exists, of the years 1900 to 9999";
        instant(&text).map(Self).ok_or(ParseError::new("moment", rule))
    }
}

fn instant(text: &str) -> Option<activity::Moment> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    // a leap second has no place among instants that can be subtracted
    let real = at.nanosecond() < 1_000_000_000 && (1900..=9999).contains(&at.year());
    real.then(|| activity::Moment::At(at.trunc_subsecs(6)))
}

/// When, as three fields say it together.
pub(super) fn when(start: Option<Moment>, end: Option<Moment>, all_day: Option<bool>) -> When {
    When { start: start.map(|start| start.0), end: end.map(|end| end.0), all_day }
}

/// Minutes before the start, up to four weeks (SD-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct AlarmMinutes(pub(super) u32);

impl TryFrom<i64> for AlarmMinutes {
    type Error = ParseError;
    fn try_from(minutes: i64) -> Result<Self, ParseError> {
        alarm_minutes(minutes).map(Self)
    }
}

/// The rule of a series (SD-11).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Rule(pub(super) Recurrence);

impl TryFrom<String> for Rule {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Recurrence::parse(&text).map(Self)
    }
}

/// The alarm two fields ask for together; `otherwise` when neither says anything (SD-6).
pub(super) fn alarm(
    asked: &Asked<'_>,
    alarm: Option<bool>,
    minutes: Option<AlarmMinutes>,
    otherwise: Alarm,
) -> Result<Alarm, Problem> {
    let minutes = minutes.map(|minutes| minutes.0);
    match (alarm, minutes) {
        (Some(false), Some(_)) => {
            let rule = "must not be false when alarm_minutes is given";
            Err(Problem::bad_body("invalid_value", format!("{}/alarm", asked.pointer), rule))
        }
        (Some(false), None) => Ok(Alarm::Off),
        (Some(true), minutes) | (None, minutes @ Some(_)) => Ok(Alarm::On(minutes)),
        (None, None) => Ok(otherwise),
    }
}

/// What somebody plans to do (SD-1).
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// Has a start and an end.
    Meeting,
    /// Has a deadline, a day without a time.
    ToDo,
    /// By telephone or video.
    Call,
}

impl From<ActivityKind> for events::activity::Kind {
    fn from(kind: ActivityKind) -> Self {
        match kind {
            ActivityKind::Meeting => Self::Meeting,
            ActivityKind::ToDo => Self::ToDo,
            ActivityKind::Call => Self::Call,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<activity::Moment> {
        Moment::try_from(text.to_owned()).ok().map(|moment| moment.0)
    }

    fn at(text: &str) -> Option<activity::Moment> {
        Some(activity::Moment::At(text.parse().unwrap()))
    }

    #[test]
    fn ten_characters_are_a_day_and_an_offset_makes_an_instant() {
        let day = "2028-02-29".parse().unwrap();
        assert_eq!(read("2028-02-29"), Some(activity::Moment::Day(day)));
        assert_eq!(read("2026-03-17T10:00:00+01:00"), at("2026-03-17T09:00:00Z"));
        assert_eq!(read("2026-03-17T09:00:00.1234567Z"), at("2026-03-17T09:00:00.123456Z"));
        assert_eq!(read("1900-01-01T00:00:00Z"), at("1900-01-01T00:00:00Z"));
    }

    #[test]
    fn what_does_not_exist_or_has_no_offset_is_neither() {
        for bad in [
            "2026-02-30",
            "2026-02-30T09:00:00Z",
            "2026-03-10T24:00:00Z",
            "2026-03-10T09:60:00Z",
            "2016-12-31T23:59:60Z",
            "2026-03-10T09:00:00",
            "2026-03-10T09:00Z",
            "2026-03-10T09:00:00+25:00",
            "1899-12-31T23:59:59Z",
            "1900-01-01T00:00:00+00:01",
            "10000-01-01T00:00:00Z",
            "09:00",
            "",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
