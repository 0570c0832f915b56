//! Whose diary and which days: the parameters with their defaults and limits.

use chrono::{Datelike, Months, NaiveDate, Weekday};
use events::Preferences;
use service_runtime::{Actor, Problem};
use utoipa::IntoParams;

use crate::ask::{FromGiven, Given, bad, day};

const DAYS_AHEAD_MAX: i32 = 366;

/// The longest display range, as for forecasts.
const YEARS_MAX: u32 = 100;

/// Parameters of the diary.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DiaryParams {
    /// Owners (`sub`), separated by commas. Default: who asks, unless groups are given.
    #[param(explode = false)]
    owner: Option<Vec<String>>,
    /// Groups of the owners when they became owner, separated by commas.
    #[param(explode = false)]
    group: Option<Vec<String>>,
    /// Groups whose members' diaries are shown, as they are now (SD-22), separated by commas.
    #[param(explode = false)]
    members: Option<Vec<String>>,
    /// `day`, `week` (Monday to Sunday) or `month`: the display range around `date`, instead of `from` and `to` (SD-12).
    #[param(value_type = Option<String>)]
    view: Option<View>,
    /// A day of that range. Default: today.
    date: Option<NaiveDate>,
    /// First day of the display range. Default: the first of the month of `to`, else of today.
    from: Option<NaiveDate>,
    /// Last day of the display range, at most 100 years after the first. Default: the last of the month of `from`,
    /// else of today.
    to: Option<NaiveDate>,
    /// How many days ahead activities count as near; 0 means today. Default: what the caller prefers, else 7.
    #[param(minimum = 0, maximum = 366)]
    days_ahead: Option<i32>,
}

impl FromGiven for DiaryParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = "must be a whole number from 0 to 366";
        let days_ahead = given.take::<i32>("days_ahead", rule)?;
        if days_ahead.is_some_and(|days| !(0..=DAYS_AHEAD_MAX).contains(&days)) {
            return Err(bad("days_ahead", rule));
        }
        Ok(Self {
            owner: given.list("owner")?,
            group: given.list("group")?,
            members: given.list("members")?,
            view: given.take("view", "must be day, week or month")?,
            date: day(given, "date")?,
            from: day(given, "from")?,
            to: day(given, "to")?,
            days_ahead,
        })
    }
}

/// What is wanted, nothing left open.
#[derive(Debug)]
pub(super) struct Wanted {
    pub owner: Option<Vec<String>>,
    pub group: Option<Vec<String>>,
    pub members: Option<Vec<String>>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub days_ahead: i32,
}

/// The calendar's views of one range of days (SD-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Day,
    Week,
    Month,
}

impl std::str::FromStr for View {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        let words = [("day", Self::Day), ("week", Self::Week), ("month", Self::Month)];
        words.into_iter().find(|(known, _)| *known == word).map(|(_, view)| view).ok_or(())
    }
}

impl View {
    /// The first and the last day.
    fn around(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Day => (day, day),
            Self::Week => {
                let week = day.week(Weekday::Mon);
                let (first, last) = (week.checked_first_day(), week.checked_last_day());
                (first.unwrap_or(day), last.unwrap_or(day))
            }
            Self::Month => (first_of_month(day), last_of_month(day)),
        }
    }
}

impl DiaryParams {
    /// The display range: a view's, or the one that was given.
    fn range(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
        let given = [("from", self.from), ("to", self.to)];
        match self.view {
            Some(view) => {
                if let Some((name, _)) = given.into_iter().find(|(_, day)| day.is_some()) {
                    return Err(bad(name, "must not be given beside view"));
                }
                Ok(view.around(self.date.unwrap_or(today)))
            }
            None if self.date.is_some() => Err(bad("date", "must not be given without view")),
            None => {
                let from = self.from.unwrap_or_else(|| first_of_month(self.to.unwrap_or(today)));
                let to = self.to.unwrap_or_else(|| last_of_month(self.from.unwrap_or(today)));
                Ok((from, to))
            }
        }
    }

    /// Fills in the defaults.
    ///
    /// # Errors
    /// 400: a range that ends before it begins, or is longer than 100 years.
    pub(super) fn wanted(
        self,
        actor: &Actor,
        today: NaiveDate,
        preferences: Preferences,
    ) -> Result<Wanted, Problem> {
        let (from, to) = self.range(today)?;
        if from > to {
            return Err(bad("from", "must not be after to"));
        }
        let longest = from.checked_add_months(Months::new(12 * YEARS_MAX));
        if longest.is_some_and(|longest| to > longest) {
            return Err(bad("to", "must not be more than 100 years after from"));
        }
        let caller = || vec![actor.user.as_str().to_owned()];
        let owner =
            self.owner.or_else(|| (self.group.is_none() && self.members.is_none()).then(caller));
        let (group, members) = (self.group, self.members);
        let days_ahead = self.days_ahead.unwrap_or(i32::from(preferences.show_days_ahead));
        Ok(Wanted { owner, group, members, from, to, days_ahead })
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let next = first_of_month(day).checked_add_months(Months::new(1));
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SD-12.
    #[test]
    fn a_view_is_a_day_a_week_from_monday_or_a_month_sd_12() {
        let around = |view: View, day: &str| {
            let (first, last) = view.around(day.parse().unwrap());
            format!("{first} {last}")
        };
        assert_eq!(around(View::Day, "2026-03-10"), "2026-03-10 2026-03-10");
        assert_eq!(around(View::Week, "2026-03-10"), "2026-03-09 2026-03-15");
        assert_eq!(around(View::Week, "2026-03-15"), "2026-03-09 2026-03-15");
        assert_eq!(around(View::Month, "2026-02-10"), "2026-02-01 2026-02-28");
    }

    #[test]
    fn a_month_ends_before_the_next_one_begins() {
        for (day, first, last) in [
            ("2026-02-14", "2026-02-01", "2026-02-28"),
            ("2024-02-29", "2024-02-01", "2024-02-29"),
            ("2026-12-31", "2026-12-01", "2026-12-31"),
        ] {
            let day: NaiveDate = day.parse().unwrap();
            assert_eq!(first_of_month(day).to_string(), first);
            assert_eq!(last_of_month(day).to_string(), last);
        }
    }
}
