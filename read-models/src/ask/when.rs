//! The moment a question is about: what was true (`as_of`), what was known (`known_at`), which day it is.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use service_runtime::Problem;
use utoipa::IntoParams;

use super::given::{FromGiven, Given, bad};

/// An instant, or a day that means its end in the tenant's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// RFC 3339.
    At(DateTime<Utc>),
    /// `YYYY-MM-DD`.
    EndOf(NaiveDate),
}

impl Moment {
    /// The instant meant, in a zone.
    pub fn instant(self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::At(instant) => instant,
            Self::EndOf(day) => {
                let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
                start_of_day(next, zone) - TimeDelta::microseconds(1)
            }
        }
    }

    /// The day meant, in a zone.
    pub fn day(self, zone: Tz) -> NaiveDate {
        match self {
            Self::At(instant) => instant.with_timezone(&zone).date_naive(),
            Self::EndOf(day) => day,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(day) = parse_day(text) {
            return Some(Self::EndOf(day));
        }
        // a plus in a query string is a space
        let instant = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok()?.to_utc();
        Some(Self::At(instant))
    }
}

/// `YYYY-MM-DD`, exactly.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (day.to_string() == text && text.len() == 10).then_some(day)
}

/// The first instant of a day in a zone; where a day begins with a gap, the instant after it.
pub(crate) fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    time_of_day(day, NaiveTime::MIN, zone)
}

/// The instant a clock of the zone shows a time of a day; where it was skipped, the first instant after it.
pub(crate) fn time_of_day(day: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(time);
    (0..=24)
        .find_map(|hour| zone.from_local_datetime(&(local + TimeDelta::hours(hour))).earliest())
        .map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// Parameters of every question.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct When {
    /// What was true then: an instant, or a date that means its end in the tenant's zone. Default: now.
    #[param(value_type = Option<String>, example = "2026-03-11")]
    pub as_of: Option<Moment>,
    /// What was known then: an instant or a date. Default: everything known now.
    #[param(value_type = Option<String>, example = "2026-03-11T09:00:00Z")]
    pub known_at: Option<Moment>,
    /// The day marks and day counts refer to. Default: the date of `as_of`, else today in the tenant's zone.
    pub today: Option<NaiveDate>,
    /// Wait, at most two seconds, until the read model has seen this position of the log; else 504.
    pub min_position: Option<i64>,
}

/// A parameter that is an instant or a date.
pub(crate) fn moment(given: &mut Given, name: &'static str) -> Result<Option<Moment>, Problem> {
    let rule = "must be an instant (RFC 3339) or a date (YYYY-MM-DD)";
    let text = given.text(name);
    text.map(|text| Moment::parse(&text).ok_or_else(|| bad(name, rule))).transpose()
}

impl FromGiven for When {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (as_of, known_at) = (moment(given, "as_of")?, moment(given, "known_at")?);
        let (today, min_position) = (day(given, "today")?, min_position(given)?);
        Ok(Self { as_of, known_at, today, min_position })
    }
}

/// Parameters of a question about nothing but now.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsItStands {
    /// Wait, at most two seconds, until the read model has seen this position of the log; else 504.
    pub min_position: Option<i64>,
}

impl FromGiven for AsItStands {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { min_position: min_position(given)? })
    }
}

impl From<AsItStands> for When {
    fn from(AsItStands { min_position }: AsItStands) -> Self {
        Self { min_position, ..Self::default() }
    }
}

/// The position of the log that is waited for.
pub(crate) fn min_position(given: &mut Given) -> Result<Option<i64>, Problem> {
    let rule = "must be a position of the log, 0 or above";
    let position = given.take::<i64>("min_position", rule)?;
    match position {
        Some(..0) => Err(bad("min_position", rule)),
        Some(_) | None => Ok(position),
    }
}

/// A parameter that is an instant.
pub(crate) fn instant(
    given: &mut Given,
    name: &'static str,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let rule = "must be an instant (RFC 3339) of the years 1900 to 9999";
    let Some(text) = given.text(name) else { return Ok(None) };
    // a plus in a query string is a space
    let read = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok();
    let read = read.map(|at| at.to_utc()).filter(|at| (1900..=9999).contains(&at.year()));
    read.map(Some).ok_or_else(|| bad(name, rule))
}

/// A parameter that is a date.
pub(crate) fn day(given: &mut Given, name: &'static str) -> Result<Option<NaiveDate>, Problem> {
    let text = given.text(name);
    text.map(|text| parse_day(&text).ok_or_else(|| bad(name, "must be a date (YYYY-MM-DD)")))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_its_end_in_the_tenants_zone() {
        let moment = Moment::parse("2026-03-11").unwrap();
        let end = moment.instant(chrono_tz::Europe::Oslo);
        assert_eq!(end.to_rfc3339(), "2026-03-11T22:59:59.999999+00:00");
        assert_eq!(moment.day(chrono_tz::Europe::Oslo).to_string(), "2026-03-11");
    }

    #[test]
    fn an_instant_belongs_to_the_day_of_the_zone() {
        let moment = Moment::parse("2026-03-11T23:30:00Z").unwrap();
        assert_eq!(moment.day(chrono_tz::Europe::Oslo).to_string(), "2026-03-12");
        assert_eq!(Moment::parse("2026-03-12T00:30:00 01:00"), Some(moment), "a plus, decoded");
    }

    #[test]
    fn a_day_that_begins_in_a_gap_begins_after_it() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 6).unwrap();
        let start = start_of_day(day, chrono_tz::America::Santiago);
        assert_eq!(
            start.to_rfc3339(),
            "2026-09-06T04:00:00+00:00",
            "clocks went from 0:00 to 1:00"
        );
    }

    #[test]
    fn dates_that_do_not_exist_are_no_moments() {
        for bad in ["2026-02-30", "2026-3-1", "20260311", "yesterday", "", "+2026-03-1"] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }
}
