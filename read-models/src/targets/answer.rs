//! A target as answers show it: its cells beside what was won in each period and in the year.

use std::collections::HashMap;

use chrono::{Months, NaiveDate};
use events::target_type::Unit;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::items::ItemNames;
use super::links::Link;
use super::rows::TargetRow;
use crate::compared::{Compared, of_minor, percent, shown};
use crate::standing::Figures;

/// Months of a year.
pub(crate) const MONTHS: usize = 12;

/// What was won, month by month.
pub(crate) type Won = [Figures; MONTHS];

/// One period of a target, or its year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TargetCell {
    /// `2026-03`, `2026-Q1` or `2026`.
    period: String,
    #[serde(flatten)]
    compared: Compared,
    /// What was won; the row "All" is compared with nothing.
    #[schema(example = "79570.60")]
    actual: Option<String>,
    /// The list of sales that adds up to it (SF-6), by `converted.amount`, `converted.profit` or count; none without a sale.
    drill: Option<String>,
}

/// A target.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Target {
    /// Public id; none for "All", which is nobody's to change (ST-13).
    pub id: Option<Uuid>,
    /// Version, for `If-Match`.
    pub version: Option<i64>,
    /// `company`, `group`, `user`, or `all`: the users of the group together (ST-13).
    pub level: &'static str,
    /// Group or user (`sub`).
    pub assignee: Option<String>,
    /// The name to show.
    pub name: Option<String>,
    /// The group itself; of a user the one their row stands below.
    pub group: Option<String>,
    /// The item of the type's dimension; none for all of them together.
    pub item: Option<String>,
    /// Its label; of a country its code.
    pub item_name: Option<String>,
    /// What cells stand for: `month` or `quarter` (ST-7).
    pub period: &'static str,
    /// Currency of its figures; none for counts.
    pub currency: Option<&'static str>,
    /// ST-15.
    pub locked: bool,
    /// One a period.
    pub cells: Vec<TargetCell>,
    /// All of them together.
    pub year: TargetCell,
    /// Place among the targets of its level and item by attainment of the year, 1 for the highest.
    pub rank: Option<usize>,
}

/// What figures of a type are and of which year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub unit: Unit,
    pub year: i32,
}

impl Measured {
    /// Places of its figures.
    pub fn places(self, row: &TargetRow) -> u32 {
        match self.unit {
            Unit::Count => 0,
            Unit::Amount | Unit::Profit => row.currency.places(),
        }
    }

    /// What was won of it; none beyond what a decimal holds.
    pub fn won(self, row: &TargetRow, figures: &Figures) -> Option<Decimal> {
        match self.unit {
            Unit::Count => Some(Decimal::from(figures.count)),
            Unit::Amount => of_minor(figures.amount, row.currency.places()),
            Unit::Profit => of_minor(figures.profit, row.currency.places()),
        }
    }

    /// The attainment of a year.
    pub fn attainment(self, row: &TargetRow, won: &Won) -> Option<Decimal> {
        percent(self.won(row, &together(won))?, row.sum())
    }

    fn cell(
        self,
        row: &TargetRow,
        target: Decimal,
        won: &[Figures],
        days: Days,
        link: &Link,
    ) -> TargetCell {
        let places = self.places(row);
        let figures = together(won);
        let won = self.won(row, &figures);
        let bare = || Compared { target: Some(shown(target, places)), ..Compared::default() };
        TargetCell {
            period: days.name,
            compared: won.map_or_else(bare, |won| Compared::of(target, won, places)),
            actual: won.map(|won| shown(won, places)),
            drill: (figures.count > 0).then(|| link.dated((days.from, days.to))),
        }
    }
}

/// Several months together.
pub(crate) fn together(won: &[Figures]) -> Figures {
    won.iter().fold(Figures::default(), |mut sum, figures| {
        sum.join(figures);
        sum
    })
}

/// What a period is called: `2026-03`, `2026-Q1` or `2026`.
pub(crate) fn period_of(word: &str, year: i32, month: u32) -> String {
    if word == "year" {
        format!("{year:04}")
    } else if word == "quarter" {
        format!("{year:04}-Q{}", month.div_ceil(3))
    } else {
        format!("{year:04}-{month:02}")
    }
}

/// A period of a year.
pub(crate) struct Days {
    pub name: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Days {
    /// Months, quarters, or the year: as many as there are.
    pub fn of(year: i32, count: usize) -> Vec<Self> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let each = u32::try_from(MONTHS / count.max(1)).unwrap_or(12);
        let days = |place: u32| {
            let from = first + Months::new(place * each);
            let to = from + Months::new(each);
            let word = if each == 1 {
                "month"
            } else if each == 3 {
                "quarter"
            } else {
                "year"
            };
            let name = period_of(word, year, place * each + 1);
            Self { name, from, to: to.pred_opt().unwrap_or(to) }
        };
        (0..).take(count).map(days).collect()
    }
}

/// Names to show beside targets.
pub(crate) struct Names<'a> {
    pub users: &'a HashMap<String, String>,
    pub items: &'a ItemNames,
}

impl Names<'_> {
    /// The user's name, else what is assigned.
    pub fn assignee(&self, row: &TargetRow) -> Option<String> {
        let assignee = row.assignee.as_ref()?;
        let user = self.users.get(assignee).filter(|_| row.level == super::rows::Level::User);
        Some(user.unwrap_or(assignee).clone())
    }

    /// The label of an item, else its key.
    pub fn item(&self, row: &TargetRow) -> Option<String> {
        row.item.as_ref().map(|item| self.items.of(item))
    }
}

impl Target {
    /// With what was won.
    pub fn of(
        row: &TargetRow,
        measured: Measured,
        won: &Won,
        link: &Link,
        names: &Names<'_>,
    ) -> Self {
        let each = MONTHS / row.cells.len().max(1);
        let days = Days::of(measured.year, row.cells.len()).into_iter();
        let parts = days.zip(&row.cells).zip(won.chunks(each.max(1)));
        let cells = parts.map(|((days, target), won)| measured.cell(row, *target, won, days, link));
        let year = Days::of(measured.year, 1).into_iter();
        let mut year = year.map(|days| measured.cell(row, row.sum(), won, days, link));
        Self {
            id: Some(row.id),
            version: Some(row.version),
            level: row.level.as_str(),
            assignee: row.assignee.clone(),
            name: names.assignee(row),
            group: row.group.clone(),
            item: row.item.clone(),
            item_name: names.item(row),
            period: period_word(row.quarters),
            currency: (measured.unit != Unit::Count).then(|| row.currency.as_str()),
            locked: row.locked,
            cells: cells.collect(),
            year: year.next().unwrap_or_else(|| TargetCell::bare(String::new(), String::new())),
            rank: None,
        }
    }

    /// The users of a group together (ST-13): in quarters as soon as one of them has quarters.
    pub fn all(users: &[&TargetRow], measured: Measured, names: &Names<'_>) -> Option<Self> {
        let first = users.first()?;
        let places = measured.places(first);
        let quarters = users.iter().any(|row| row.quarters);
        let count = if quarters { 4 } else { MONTHS };
        let mut cells = vec![Decimal::ZERO; count];
        for row in users {
            let each = row.cells.len().max(1) / count;
            for (cell, part) in cells.iter_mut().zip(row.cells.chunks(each.max(1))) {
                *cell += part.iter().sum::<Decimal>();
            }
        }
        let sum: Decimal = cells.iter().sum();
        let named = Days::of(measured.year, count).into_iter().zip(&cells);
        let bare = |days: Days, cell: Decimal| TargetCell::bare(days.name, shown(cell, places));
        Some(Self {
            id: None,
            version: None,
            level: "all",
            assignee: first.group.clone(),
            name: first.group.clone(),
            group: first.group.clone(),
            item: first.item.clone(),
            item_name: names.item(first),
            period: period_word(quarters),
            currency: (measured.unit != Unit::Count).then(|| first.currency.as_str()),
            locked: false,
            cells: named.map(|(days, cell)| bare(days, *cell)).collect(),
            year: TargetCell::bare(format!("{:04}", measured.year), shown(sum, places)),
            rank: None,
        })
    }
}

fn period_word(quarters: bool) -> &'static str {
    if quarters { "quarter" } else { "month" }
}

impl TargetCell {
    /// Compared with nothing.
    fn bare(period: String, target: String) -> Self {
        let compared = Compared { target: Some(target), ..Compared::default() };
        Self { period, compared, actual: None, drill: None }
    }
}
