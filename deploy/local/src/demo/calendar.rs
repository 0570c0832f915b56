//! Days and hours of people who sell: working days, office hours, never anything that rises backwards.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use super::dice::Dice;
use super::line::at;

/// Months the demo looks back.
pub const MONTHS: u32 = 18;
/// Between two steps of one sale on one day.
const BREATH: TimeDelta = TimeDelta::minutes(7);

/// The first day of the demo that is loaded on `day`.
#[must_use]
pub fn first_day(day: NaiveDate) -> NaiveDate {
    day.checked_sub_months(Months::new(MONTHS)).unwrap_or(day)
}

/// `day` and `n` days more, or less.
#[must_use]
pub fn shifted(day: NaiveDate, n: i64) -> NaiveDate {
    let days = Days::new(n.unsigned_abs());
    let moved = if n < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) };
    moved.unwrap_or(day)
}

/// The day itself on a working day, else the Friday before.
#[must_use]
pub fn workday_until(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => shifted(day, -1),
        Weekday::Sun => shifted(day, -2),
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => day,
    }
}

/// The day itself on a working day, else the Monday after.
#[must_use]
pub fn workday_from(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => shifted(day, 2),
        Weekday::Sun => shifted(day, 1),
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => day,
    }
}

/// A full hour in Oslo.
#[must_use]
pub fn hour(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    at(day, NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default())
}

/// An instant between nine and three in Oslo, on a quarter of an hour.
pub fn office_hour(day: NaiveDate, dice: &mut Dice) -> DateTime<Utc> {
    let quarters = u32::try_from(dice.between(0, 23)).unwrap_or_default();
    hour(day, 9 + quarters / 4) + TimeDelta::minutes(i64::from(quarters % 4) * 15)
}

/// When what was planned for a day is ticked off.
#[must_use]
pub fn evening(day: NaiveDate) -> DateTime<Utc> {
    hour(day, 16)
}

/// Moments that only rise.
#[derive(Debug, Clone, Copy)]
pub struct Rising(DateTime<Utc>);

impl Rising {
    /// Nothing has happened before `first`.
    #[must_use]
    pub fn from(first: DateTime<Utc>) -> Self {
        Self(first)
    }

    /// `wanted`, or a little after what happened last.
    pub fn next(&mut self, wanted: DateTime<Utc>) -> DateTime<Utc> {
        self.0 = wanted.max(self.0 + BREATH);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_on_a_weekend() {
        let saturday: NaiveDate = "2026-03-14".parse().unwrap();
        assert_eq!(workday_until(saturday).to_string(), "2026-03-13");
        assert_eq!(workday_from(saturday).to_string(), "2026-03-16");
        assert_eq!(workday_until(shifted(saturday, 1)).to_string(), "2026-03-13");
        assert_eq!(workday_from(shifted(saturday, 1)).to_string(), "2026-03-16");
    }

    #[test]
    fn a_moment_in_the_past_of_the_last_one_comes_right_after_it() {
        let noon: DateTime<Utc> = "2026-03-10T12:00:00Z".parse().unwrap();
        let mut moments = Rising::from(noon);
        assert_eq!(moments.next(noon - BREATH), noon + BREATH);
        assert_eq!(moments.next(noon + BREATH * 3), noon + BREATH * 3);
    }
}
