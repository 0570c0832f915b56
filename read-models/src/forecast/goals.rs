//! The targets a forecast is compared with (domain §4.3): the company's where nothing is grouped or narrowed, users' by
//! owner, groups' by group, and by sale type, source, credited, competitor or what companies are those of the items of the
//! type of that dimension. Only targets of the unit that is asked about, only of periods that the range holds wholly, and
//! only where the question is narrowed by nothing a target does not know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use events::target_type::{Dimension, Unit};
use rust_decimal::Decimal;
use service_runtime::{Actor, Problem};

use super::spans::Span;
use crate::ask::{ABSENT, Drill, Filters, InCurrency, Snapshot};
use crate::compared::rounded;
use crate::targets::{Level, TargetKind, TargetRow, Which, period_of, seen_targets, word_of_sales};

/// Parameters that leave a question comparable with targets, beside those of the moment.
const COMPARABLE: [&str; 12] = [
    "as_of",
    "known_at",
    "today",
    "min_position",
    "currency",
    "from",
    "to",
    "period",
    "group_by",
    "owner",
    "group",
    "status",
];

/// Targets by period and key, in the currency of the forecast.
#[derive(Debug, Default)]
pub(crate) struct Goals {
    pub by: BTreeMap<(String, Option<String>), Decimal>,
    /// Currencies of targets that have no rate.
    pub missing: BTreeSet<String>,
}

/// What targets a question is compared with.
struct Wanted<'a> {
    dimension: Dimension,
    level: Level,
    /// Keys of rows are assignees or items.
    by_item: bool,
    by_assignee: bool,
    filters: &'a Filters,
}

impl<'a> Wanted<'a> {
    /// None when no target is about the same sales.
    fn of(drill: &Drill, filters: &'a Filters, group_by: Option<&str>) -> Option<Self> {
        let own = group_by.filter(|word| ["sale_type", "source", "competitor"].contains(word));
        let foreign = |name: &str| !COMPARABLE.contains(&name) && Some(name) != own;
        let statuses = filters.statuses();
        if drill.names().any(foreign) || statuses.is_some_and(|all| !all.contains(&"won")) {
            return None;
        }
        let dimension = match group_by {
            None | Some("owner" | "group") => Dimension::AllSales,
            Some("sale_type") => Dimension::SaleType,
            Some("source") => Dimension::Source,
            Some("credited") => Dimension::Credited,
            Some("competitor") => Dimension::Competitor,
            Some("company_category") => Dimension::CompanyCategory,
            Some("company_business") => Dimension::CompanyBusiness,
            Some("company_country") => Dimension::CompanyCountry,
            Some(_) => return None,
        };
        let narrowed = if filters.owner.is_some() {
            Level::User
        } else if filters.group.is_some() {
            Level::Group
        } else {
            Level::Company
        };
        let level = match group_by {
            Some("owner") => Level::User,
            Some("group") if filters.owner.is_some() => return None,
            Some("group") => Level::Group,
            Some(_) | None => narrowed,
        };
        Some(Self {
            by_item: dimension != Dimension::AllSales,
            by_assignee: matches!(group_by, Some("owner" | "group")),
            dimension,
            level,
            filters,
        })
    }

    /// Whether a target is one of them.
    fn has(&self, row: &TargetRow) -> bool {
        let among = |wanted: &Option<Vec<String>>, has: Option<&String>| {
            let wanted = wanted.as_ref();
            wanted.is_none_or(|wanted| has.is_some_and(|has| wanted.contains(has)))
        };
        let user = row.assignee.as_ref().filter(|_| row.level == Level::User);
        // who asks for sales of nobody's group means no group, whatever it is called
        let group = row.group.as_ref().filter(|group| *group != ABSENT);
        row.level == self.level
            && row.item.is_some() == self.by_item
            && (row.level != Level::User || among(&self.filters.owner, user))
            && among(&self.filters.group, group)
            && self.has_item(row)
    }

    /// Whether the filter of the same field leaves an item.
    fn has_item(&self, row: &TargetRow) -> bool {
        let Some(item) = &row.item else { return true };
        let among = |wanted: &Option<Vec<String>>| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(item))
        };
        match self.dimension {
            Dimension::SaleType => {
                let wanted = self.filters.sale_type.as_ref();
                wanted.is_none_or(|wanted| wanted.iter().any(|id| id.to_string() == *item))
            }
            Dimension::Source => among(&self.filters.source),
            Dimension::Competitor => among(&self.filters.competitor),
            Dimension::AllSales
            | Dimension::Credited
            | Dimension::CompanyCategory
            | Dimension::CompanyBusiness
            | Dimension::CompanyCountry
            | Dimension::Field(_) => true,
        }
    }

    fn key(&self, row: &TargetRow) -> Option<String> {
        let item = row.item.as_ref().filter(|_| self.by_item);
        let item = item.map(|item| word_of_sales(&self.dimension, item));
        item.or_else(|| row.assignee.clone().filter(|_| self.by_assignee))
    }
}

impl Goals {
    /// The targets of a forecast.
    pub async fn of(
        snapshot: &mut Snapshot,
        actor: &Actor,
        (drill, filters, group_by, unit): (&Drill, &Filters, Option<&str>, Unit),
        (word, spans): (&str, &BTreeMap<String, Span>),
        currency: &InCurrency,
    ) -> Result<Self, Problem> {
        let mut goals = Self::default();
        let Some(wanted) = Wanted::of(drill, filters, group_by) else { return Ok(goals) };
        let kinds = TargetKind::all(snapshot).await?.into_iter();
        let kind =
            kinds.filter(|kind| kind.unit == unit).find(|kind| kind.dimension == wanted.dimension);
        let (Some(kind), Some(first), Some(last)) =
            (kind, spans.values().next(), spans.values().next_back())
        else {
            return Ok(goals);
        };
        let years = (first.from.year(), last.to.year());
        let found = seen_targets(snapshot, actor, Which::Of(kind.id, years)).await?;
        let mut open: BTreeMap<(String, Option<String>), Option<Decimal>> = BTreeMap::new();
        for (row, _, year) in found.iter().filter(|(row, ..)| wanted.has(row)) {
            let cells = match unit {
                Unit::Count => Some(row.cells.clone()),
                Unit::Amount | Unit::Profit => goals.cells(row, currency),
            };
            let Some(cells) = cells else { continue };
            for (period, part) in parts(word, *year, &cells) {
                if !spans.get(&period).is_some_and(|span| span.whole) {
                    continue;
                }
                let sum = open.entry((period, wanted.key(row))).or_insert(Some(Decimal::ZERO));
                *sum = sum.zip(part).and_then(|(sum, part)| sum.checked_add(part));
            }
        }
        goals.by = open.into_iter().filter_map(|(of, sum)| Some((of, sum?))).collect();
        Ok(goals)
    }

    /// The cells of a target in the currency of the forecast, each rounded.
    fn cells(&mut self, row: &TargetRow, currency: &InCurrency) -> Option<Vec<Decimal>> {
        let code = row.currency.as_str();
        let Some((numerator, denominator)) = currency.fraction(code) else {
            self.missing.extend(currency.missing([code.to_owned()]));
            return None;
        };
        let places = currency.asked.places();
        let decimal = |number: u128| {
            i128::try_from(number).ok().and_then(|n| Decimal::try_from_i128_with_scale(n, 0).ok())
        };
        let (numerator, denominator) = (decimal(numerator)?, decimal(denominator)?);
        let worth = |cell: &Decimal| {
            // fractions turn minor units into minor units
            let minor = cell.checked_mul(Decimal::from(10_u64.pow(row.currency.places())))?;
            let minor = minor.checked_mul(numerator)?.checked_div(denominator)?;
            let shifted = minor.checked_div(Decimal::from(10_u64.pow(places)))?;
            Some(rounded(shifted, places))
        };
        match row.currency == currency.asked {
            true => Some(row.cells.clone()),
            false => row.cells.iter().map(worth).collect(),
        }
    }
}

/// What stands for each period of a year; nothing for a month of a target in quarters.
fn parts(word: &str, year: i32, cells: &[Decimal]) -> Vec<(String, Option<Decimal>)> {
    let each = 12 / cells.len().max(1);
    let mut parts: BTreeMap<String, Option<Decimal>> = BTreeMap::new();
    for month in 1..=12_u32 {
        let at = usize::try_from(month - 1).unwrap_or_default();
        let part = parts.entry(period_of(word, year, month)).or_insert(Some(Decimal::ZERO));
        if word == "month" && each > 1 {
            *part = None;
        } else if at.is_multiple_of(each) {
            *part = part.zip(cells.get(at / each)).map(|(sum, cell)| sum + *cell);
        }
    }
    parts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(word: &str, cells: &[i64]) -> Vec<String> {
        let cells: Vec<Decimal> = cells.iter().map(|cell| Decimal::from(*cell)).collect();
        let part = |(name, part): (String, Option<Decimal>)| {
            part.map_or_else(|| name.clone(), |part| format!("{name}={part}"))
        };
        parts(word, 2026, &cells).into_iter().map(part).collect()
    }

    #[test]
    fn quarters_are_sums_of_months_and_months_are_no_parts_of_quarters_st_7() {
        let months: Vec<i64> = (1..=12).collect();
        assert_eq!(
            texts("quarter", &months),
            ["2026-Q1=6", "2026-Q2=15", "2026-Q3=24", "2026-Q4=33"]
        );
        assert_eq!(texts("year", &months), ["2026=78"]);
        assert_eq!(texts("year", &[1, 2, 3, 4]), ["2026=10"]);
        assert_eq!(texts("quarter", &[1, 2, 3, 4])[3], "2026-Q4=4");
        assert_eq!(texts("month", &[1, 2, 3, 4])[0], "2026-01");
        assert_eq!(texts("month", &months)[1], "2026-02=2");
    }
}
