//! What sales are grouped by: words, names, order, and the list behind each group.

use std::collections::HashMap;

use chrono::{Days, Months, NaiveDate};
use events::criteria::Field;
use events::view::BoardGroup;
use service_runtime::Problem;
use utoipa::IntoParams;

use crate::ask::{Drill, FromGiven, Given, Labels, bad};
use crate::board::Heading;

/// Levels at most.
pub(super) const LEVELS_MAX: usize = 3;

/// A field sales are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// One that columns of the board can stand for too.
    Board(BoardGroup),
    /// A key of a list, or what is written as one.
    Key(&'static str),
    /// The company linked to.
    Company,
    /// The sale's own currency.
    Currency,
    /// The department credited.
    Credited,
    /// A part of the year of the sale date.
    Dated(&'static str, u32),
}

/// Every field, by its word.
const ALL: [(&str, By); 14] = [
    ("stage", By::Board(BoardGroup::Stage)),
    ("sale_type", By::Board(BoardGroup::SaleType)),
    ("owner", By::Board(BoardGroup::Owner)),
    ("group", By::Board(BoardGroup::Group)),
    ("status", By::Board(BoardGroup::Status)),
    ("source", By::Key("source")),
    ("category", By::Key("category")),
    ("competitor", By::Key("competitor")),
    ("credited", By::Credited),
    ("currency", By::Currency),
    ("company", By::Company),
    ("month", By::Dated("month", 1)),
    ("quarter", By::Dated("quarter", 3)),
    ("year", By::Dated("year", 12)),
];

/// What is grouped by, outermost first.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupedParams {
    /// One to three of stage, sale_type, owner, group, status, source, category, competitor, credited, currency (the
    /// sale's own), company, and month, quarter, year of the sale date; the outermost first. Default: `stage`.
    #[param(value_type = Option<Vec<String>>, explode = false, example = "owner,status,month")]
    pub group_by: Vec<By>,
}

impl FromGiven for GroupedParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let words = given.list("group_by")?.unwrap_or_else(|| vec!["stage".to_owned()]);
        let known = |word: &String| ALL.into_iter().find(|(known, _)| known == word);
        let known: Option<Vec<By>> = words.iter().map(|word| Some(known(word)?.1)).collect();
        let group_by = known.ok_or_else(|| {
            let words = ALL.map(|(word, _)| word).join(", ");
            bad("group_by", &format!("must be one to three of {words}, separated by commas"))
        })?;
        let again = (1..group_by.len()).any(|at| group_by[..at].contains(&group_by[at]));
        if again || group_by.len() > LEVELS_MAX {
            return Err(bad("group_by", "must be one to three different fields"));
        }
        Ok(Self { group_by })
    }
}

/// A list of sales that grows narrower from level to level.
#[derive(Debug, Clone)]
pub(crate) struct Narrowed {
    pub drill: Drill,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Narrowed {
    /// Path and query of the list.
    pub fn path(&self) -> String {
        self.drill.dated(self.from, self.to).to_sales()
    }

    fn within(&self, first: NaiveDate, last: NaiveDate) -> Self {
        Self {
            drill: self.drill.clone(),
            from: self.from.max(Some(first)),
            to: Some(self.to.map_or(last, |to| to.min(last))),
        }
    }
}

impl By {
    /// Its word.
    pub fn word(self) -> &'static str {
        ALL.into_iter().find(|(_, by)| *by == self).map_or("", |(word, _)| word)
    }

    /// What is shown of a key.
    pub fn heading(
        self,
        key: Option<String>,
        labels: &Labels,
        companies: &HashMap<String, String>,
    ) -> Heading {
        match self {
            Self::Board(group) => Heading::of(group, key, labels),
            Self::Company => {
                let name = key.as_ref().and_then(|key| companies.get(key)).cloned();
                Heading { key, name, rank: None }
            }
            Self::Key(_) | Self::Currency | Self::Credited | Self::Dated(..) => {
                Heading { name: key.clone(), key, rank: None }
            }
        }
    }

    /// The sales of a group.
    pub fn narrow(self, list: &Narrowed, key: Option<&str>) -> Narrowed {
        let drill = match self {
            Self::Board(_) | Self::Key(_) | Self::Company => list.drill.of_key(self.word(), key),
            Self::Currency => list.drill.and(Field::Currency, key),
            Self::Credited => list.drill.and(Field::Credited, key),
            Self::Dated(_, months) => {
                let days = key.and_then(|key| days(key, months));
                return days.map_or_else(|| list.clone(), |(from, to)| list.within(from, to));
            }
        };
        Narrowed { drill, ..list.clone() }
    }
}

/// First and last day of `2026-03`, `2026-Q1` or `2026`.
fn days(key: &str, months: u32) -> Option<(NaiveDate, NaiveDate)> {
    let (year, part) = key.split_once('-').unwrap_or((key, "1"));
    let part: u32 = part.trim_start_matches('Q').parse().ok()?;
    let from = NaiveDate::from_ymd_opt(year.parse().ok()?, (part - 1) * months + 1, 1)?;
    Some((from, from.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_a_first_and_a_last_day() {
        for (key, months, from, to) in [
            ("2026-02", 1, "2026-02-01", "2026-02-28"),
            ("2024-02", 1, "2024-02-01", "2024-02-29"),
            ("2026-12", 1, "2026-12-01", "2026-12-31"),
            ("2026-Q1", 3, "2026-01-01", "2026-03-31"),
            ("2026-Q4", 3, "2026-10-01", "2026-12-31"),
            ("2026", 12, "2026-01-01", "2026-12-31"),
        ] {
            let (first, last) = days(key, months).unwrap();
            assert_eq!((first.to_string().as_str(), last.to_string().as_str()), (from, to));
        }
        assert_eq!(days("2026-Q5", 3), None);
    }

    #[test]
    fn every_field_has_a_word_of_its_own() {
        for (word, by) in ALL {
            assert_eq!(by.word(), word);
        }
    }
}
