//! Recurring follow-ups (SD-11): a rule of RFC 5545 makes the occurrences of a series, each an activity of its own. The
//! rule keeps the time on the clock of the tenant's zone; what it amounts to is written down, so nobody reads it again.

use chrono::{NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;
use events::activity::{Series, Slot};
use events::{ActivityId, ParseError};
use rrule::{Frequency, RRule, RRuleSet, Unvalidated};
use uuid::Uuid;

use crate::Refusal;

/// Activities of a series at most.
pub const OCCURRENCES_MAX: u16 = 100;

/// Characters of a rule at most.
const RULE_MAX: usize = 500;

/// A rule that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    rule: String,
    most: u16,
}

impl Recurrence {
    /// Reads the value of an RRULE: daily or rarer, with COUNT or UNTIL.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong = |rule| ParseError::new("recurrence", rule);
        let rule = text.trim().trim_start_matches("RRULE:");
        let plain = rule.len() <= RULE_MAX && rule.bytes().all(|byte| byte.is_ascii_graphic());
        let read: Option<RRule<Unvalidated>> = plain.then(|| rule.parse().ok()).flatten();
        let read = read.ok_or(wrong("must be a rule of RFC 5545 of at most 500 characters"))?;
        let rare = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly];
        if !rare.contains(&read.get_freq()) {
            return Err(wrong("must be daily, weekly, monthly or yearly"));
        }
        let most = match (read.get_count(), read.get_until()) {
            (None, None) => return Err(wrong("must end: give COUNT or UNTIL")),
            (Some(count), _) => u16::try_from(count).unwrap_or(u16::MAX).min(OCCURRENCES_MAX),
            (None, Some(_)) => OCCURRENCES_MAX,
        };
        Ok(Self { rule: rule.to_owned(), most })
    }

    /// The ids of every occurrence there may be after the first.
    pub(super) fn later_ids(&self, first: ActivityId) -> impl Iterator<Item = ActivityId> {
        (2..=self.most).map(move |number| id_of(first, number))
    }

    /// When each occurrence takes place, the first one like `slot`.
    pub(super) fn slots(&self, slot: Slot, zone: Tz) -> Result<Vec<Slot>, Refusal> {
        let begins = match slot {
            Slot::Days { from_day, .. } => from_day.format("DTSTART:%Y%m%dT000000Z").to_string(),
            Slot::Times { starts_at, .. } if zone == Tz::UTC => {
                starts_at.format("DTSTART:%Y%m%dT%H%M%SZ").to_string()
            }
            Slot::Times { starts_at, .. } => {
                let local = starts_at.with_timezone(&zone);
                format!("DTSTART;TZID={}:{}", zone.name(), local.format("%Y%m%dT%H%M%S"))
            }
        };
        let set: RRuleSet = format!("{begins}\nRRULE:{}", self.rule)
            .parse()
            .map_err(|_| Refusal::RecurrenceUnfit)?;
        let found = set.all(OCCURRENCES_MAX + 1);
        if found.dates.is_empty() {
            return Err(Refusal::RecurrenceUnfit);
        }
        if found.limited || found.dates.len() > usize::from(self.most) {
            return Err(Refusal::RecurrenceTooLong);
        }
        let moved = found.dates.into_iter().map(|date| match slot {
            Slot::Days { from_day, to_day } => days(date.date_naive(), to_day - from_day),
            Slot::Times { starts_at, ends_at } => {
                let rest = starts_at - starts_at.trunc_subsecs(0);
                let starts = date.with_timezone(&Utc) + rest;
                let ends_at = starts.checked_add_signed(ends_at - starts_at);
                ends_at.map(|ends_at| Slot::Times { starts_at: starts, ends_at })
            }
        });
        moved.collect::<Option<Vec<_>>>().ok_or(Refusal::OutsideCalendar)
    }

    /// What an occurrence says of its series.
    pub(super) fn series(&self, first: ActivityId, number: usize, of: usize) -> Series {
        let small = |n| u16::try_from(n).unwrap_or(OCCURRENCES_MAX);
        Series { id: first, number: small(number), of: small(of), rule: self.rule.clone() }
    }
}

/// The id of a later occurrence: nobody chooses it, so a repeat makes nothing new.
pub(super) fn id_of(first: ActivityId, number: u16) -> ActivityId {
    ActivityId(Uuid::new_v5(&first.0, &number.to_be_bytes()))
}

fn days(from_day: NaiveDate, length: chrono::TimeDelta) -> Option<Slot> {
    let to_day = from_day.checked_add_signed(length)?;
    Some(Slot::Days { from_day, to_day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(rule: &str, at: &str, zone: Tz) -> Result<Vec<String>, Refusal> {
        let starts_at = at.parse().unwrap();
        let slot = Slot::Times { starts_at, ends_at: starts_at + chrono::TimeDelta::hours(1) };
        let slots = Recurrence::parse(rule).unwrap().slots(slot, zone)?;
        let start = |slot| match slot {
            Slot::Times { starts_at, .. } => starts_at.to_rfc3339(),
            Slot::Days { from_day, .. } => from_day.to_string(),
        };
        Ok(slots.into_iter().map(start).collect())
    }

    /// SD-11.
    #[test]
    fn a_series_keeps_its_time_on_the_tenants_clock_sd_11() {
        let found = starts("FREQ=WEEKLY;COUNT=2", "2026-03-24T09:00:00Z", Tz::Europe__Oslo);
        let summer = ["2026-03-24T09:00:00+00:00", "2026-03-31T08:00:00+00:00"];
        assert_eq!(found.unwrap(), summer, "ten o'clock before and after the clocks change");
        let found =
            starts("RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", "2026-03-31T09:00:00Z", Tz::UTC);
        assert_eq!(found.unwrap(), ["2026-03-31T09:00:00+00:00", "2026-05-31T09:00:00+00:00"]);
    }

    /// SD-11.
    #[test]
    fn a_rule_ends_and_has_100_occurrences_at_most_sd_11() {
        let at = "2026-03-24T09:00:00Z";
        assert_eq!(starts("FREQ=DAILY;COUNT=100", at, Tz::UTC).unwrap().len(), 100);
        assert_eq!(starts("FREQ=DAILY;COUNT=101", at, Tz::UTC), Err(Refusal::RecurrenceTooLong));
        let until = "FREQ=DAILY;UNTIL=20360101T000000Z";
        assert_eq!(starts(until, at, Tz::UTC), Err(Refusal::RecurrenceTooLong));
        let past = "FREQ=DAILY;UNTIL=20260301T000000Z";
        assert_eq!(starts(past, at, Tz::UTC), Err(Refusal::RecurrenceUnfit));
        for bad in [
            "",
            "FREQ=WEEKLY",
            "FREQ=HOURLY;COUNT=2",
            "FREQ=SECONDLY;COUNT=2",
            "FREQ=SOMETIMES;COUNT=2",
            "COUNT=2",
            "FREQ=DAILY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=9",
            &format!("FREQ=DAILY;COUNT=2;BYMONTH={}1", "1,".repeat(250)),
        ] {
            assert!(Recurrence::parse(bad).is_err(), "{bad}");
        }
    }
}
