//! Days a criterion is about, also those that move with today.

use chrono::{Datelike, Months, NaiveDate};

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// One day.
    Day,
    /// Monday to Sunday.
    Week,
    /// Of the calendar.
    Month,
    /// From January, April, July or October.
    Quarter,
    /// Of the calendar.
    Year,
}

impl Span {
    /// All of them, the shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The words of this one, the next ones and the previous ones.
    pub(super) fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Day => ("this_day", "next_days", "previous_days"),
            Self::Week => ("this_week", "next_weeks", "previous_weeks"),
            Self::Month => ("this_month", "next_months", "previous_months"),
            Self::Quarter => ("this_quarter", "next_quarters", "previous_quarters"),
            Self::Year => ("this_year", "next_years", "previous_years"),
        }
    }

    /// The first day of the one a day lies in.
    fn first(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                let monday = chrono::Days::new(u64::from(day.weekday().num_days_from_monday()));
                day.checked_sub_days(monday)
            }
            Self::Month => day.with_day(1),
            Self::Quarter => day.with_day(1)?.with_month(3 * (day.month0() / 3) + 1),
            Self::Year => day.with_day(1)?.with_month(1),
        }
    }

    /// A first day, so many of them later.
    fn later(self, first: NaiveDate, count: i32) -> Option<NaiveDate> {
        let far = count.unsigned_abs();
        match self {
            Self::Day | Self::Week => {
                let each = if self == Self::Week { 7 } else { 1 };
                first.checked_add_signed(chrono::TimeDelta::days(each * i64::from(count)))
            }
            Self::Month | Self::Quarter | Self::Year => {
                let each = match self {
                    Self::Day | Self::Week | Self::Month => 1,
                    Self::Quarter => 3,
                    Self::Year => 12,
                };
                let months = Months::new(each * far);
                if count < 0 {
                    first.checked_sub_months(months)
                } else {
                    first.checked_add_months(months)
                }
            }
        }
    }

    /// From the first day of the one so many later to the last day before the one so many later.
    fn stretch(
        self,
        today: NaiveDate,
        from: i32,
        to: i32,
    ) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let Some(first) = self.first(today) else { return (None, None) };
        let last = self.later(first, to).and_then(|day| day.pred_opt());
        (self.later(first, from), last)
    }
}

/// Days a date has to be among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// From one to another, both included; none for no bound.
    Fixed(Option<NaiveDate>, Option<NaiveDate>),
    /// All before today.
    BeforeToday,
    /// Today.
    Today,
    /// All after today.
    AfterToday,
    /// From so many spans after today's to before so many after it.
    Around(Span, i32, i32),
}

impl Days {
    /// First and last day, both included; none for no bound. A range that ends before it begins has no day.
    #[must_use]
    pub fn on(self, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        match self {
            Self::Fixed(from, to) => (from, to),
            Self::BeforeToday => (None, today.pred_opt()),
            Self::Today => (Some(today), Some(today)),
            Self::AfterToday => (today.succ_opt(), None),
            Self::Around(span, from, to) => span.stretch(today, from, to),
        }
    }
}
