//! The rows of a forecast: figures by status, beside the target of the period and key, each with the list it adds up.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use events::criteria::Field;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cells::{Cell, OF_ROW, OF_STATUS};
use super::goals::Goals;
use super::spans::Span;
use crate::ask::{Drill, Filters, InCurrency, Labels};
use crate::compared::{Compared, coverage};
use crate::figures::{ByStatus, Measure};
use crate::sale::Status;

/// Where the sales behind the figures are found (SF-6): lists whose `converted` adds up to them. None for what the
/// question leaves out.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Lists {
    pub open: Option<String>,
    pub stalled: Option<String>,
    pub won: Option<String>,
    pub lost: Option<String>,
}

/// A target, and how far what is open covers what is missing of it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Reached {
    #[serde(flatten)]
    compared: Compared,
    /// Open, weighted, divided by the gap; none when nothing is missing.
    #[schema(example = "1.35")]
    coverage: Option<String>,
}

impl Reached {
    fn of(target: Option<&Decimal>, figures: &ByStatus, currency: &InCurrency) -> Self {
        let decimal = |text: &str| text.parse::<Decimal>().ok();
        let read = || {
            let (target, won) = (*target?, decimal(&figures.won.amount)?);
            let gap = target.checked_sub(won)?;
            let compared = Compared::of(target, won, currency.asked.places());
            Some(Self { compared, coverage: coverage(decimal(&figures.open.weighted)?, gap) })
        };
        read().unwrap_or_default()
    }
}

/// One period of one key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ForecastRow {
    /// `2026-03`, `2026-Q1` or `2026`.
    period: String,
    /// `sub`, group, id or key of what is grouped by.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// Under the word of `group_by`: `sub`, group or key; the name of a stage or sale type.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, Option<String>>)]
    grouped: BTreeMap<&'static str, Option<String>>,
    #[serde(flatten)]
    figures: ByStatus,
    #[serde(flatten)]
    reached: Reached,
    drill: Lists,
}

/// Everything together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastTotals {
    #[serde(flatten)]
    figures: ByStatus,
    drill: Lists,
}

/// What is searched by a criterion, because lists have no filter for it.
fn criterion_of(word: &str) -> Option<Field> {
    let fields = [
        ("credited", Field::Credited),
        ("company_category", Field::CompanyCategory),
        ("company_business", Field::CompanyBusiness),
        ("company_country", Field::CompanyCountry),
    ];
    fields.into_iter().find(|(name, _)| *name == word).map(|(_, field)| field)
}

/// What rows are made of.
pub(super) struct Making<'a> {
    pub drill: &'a Drill,
    pub filters: &'a Filters,
    pub group_by: Option<&'static str>,
    pub spans: &'a BTreeMap<String, Span>,
    pub currency: &'a InCurrency,
    pub labels: &'a Labels,
    pub goals: &'a Goals,
}

impl Making<'_> {
    /// Rows by period and key, those with a target only included, and all of them together.
    pub fn table(&self, cells: Vec<Cell>) -> (Vec<ForecastRow>, ForecastTotals) {
        let currency = self.currency;
        let mut figures = ByStatus::zero(currency);
        let mut rows: BTreeMap<(String, Option<String>), ByStatus> = BTreeMap::new();
        for cell in cells {
            let Some(status) = cell.status else { continue };
            let (amount, weighted) = (cell.amount.as_deref(), cell.weighted.as_deref());
            let measure = Measure::of(cell.count, amount, weighted, currency);
            match (cell.grouping, cell.period) {
                (OF_STATUS, _) => figures.set(status, measure),
                (OF_ROW, Some(period)) => {
                    let row = rows.entry((period, cell.key));
                    row.or_insert_with(|| ByStatus::zero(currency)).set(status, measure);
                }
                (_, _) => {}
            }
        }
        for of in self.goals.by.keys() {
            rows.entry(of.clone()).or_insert_with(|| ByStatus::zero(currency));
        }
        let (mut first, mut last) = (None::<NaiveDate>, None::<NaiveDate>);
        for span in self.spans.values() {
            first = first.or(Some(span.from));
            last = Some(span.to);
        }
        let drill = self.lists(self.drill, first.zip(last));
        let row = |((period, key), figures)| self.row(period, key, figures);
        (rows.into_iter().map(row).collect(), ForecastTotals { figures, drill })
    }

    fn row(&self, period: String, key: Option<String>, figures: ByStatus) -> ForecastRow {
        let (group_by, labels) = (self.group_by, self.labels);
        let id = key.as_deref().and_then(|key| Uuid::parse_str(key).ok());
        let name = match group_by {
            Some("stage") => {
                id.and_then(|id| labels.stages.get(&id)).map(|label| label.name.clone())
            }
            Some("sale_type") => id.and_then(|id| labels.sale_types.get(&id)).cloned(),
            Some("owner") => key.as_ref().and_then(|key| labels.users.get(key)).cloned(),
            Some(_) | None => None,
        };
        let name = name.or_else(|| key.clone());
        let word = match group_by {
            Some(word @ ("stage" | "sale_type")) => Some((word, name.clone())),
            Some(word) => Some((word, key.clone())),
            None => None,
        };
        let grouped = word.into_iter().collect();
        let drill = match group_by {
            None => self.drill.clone(),
            Some(word) => match criterion_of(word) {
                Some(field) => self.drill.and(field, key.as_deref()),
                None => self.drill.of_key(word, key.as_deref()),
            },
        };
        let days = self.spans.get(&period).map(|span| (span.from, span.to));
        let of = (period, key);
        let reached = Reached::of(self.goals.by.get(&of), &figures, self.currency);
        let (period, key) = of;
        let drill = self.lists(&drill, days);
        ForecastRow { period, key, name, grouped, figures, reached, drill }
    }

    /// The lists of sales with these sale dates, as far as the question asks about them.
    fn lists(&self, drill: &Drill, days: Option<(NaiveDate, NaiveDate)>) -> Lists {
        let Some((from, to)) = days else { return Lists::default() };
        let from = self.filters.sale_date_from.map_or(from, |first| first.max(from));
        let to = self.filters.sale_date_to.map_or(to, |last| last.min(to));
        if from > to {
            return Lists::default();
        }
        let asked: Option<BTreeSet<&str>> =
            self.filters.statuses().map(|statuses| statuses.into_iter().collect());
        let drill = drill.dated(Some(from), Some(to));
        let list = |status: Status| {
            let word = status.as_str();
            let meant = asked.as_ref().is_none_or(|asked| asked.contains(word));
            meant.then(|| drill.with("status", word).to_sales())
        };
        Lists {
            open: list(Status::Open),
            stalled: list(Status::Stalled),
            won: list(Status::Won),
            lost: list(Status::Lost),
        }
    }
}
