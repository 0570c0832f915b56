//! Where the sales behind a figure of a target are found (SF-6): a list of won sales by their close dates, each at the
//! rates of its own day, that adds up to the figure.

use chrono::NaiveDate;
use events::criteria::{Block, Criteria, Criterion, Field, Operator};
use events::target_type::Dimension;

use super::items::word_of_sales;
use super::rows::{Level, TargetRow};
use super::types::TargetKind;
use crate::ask::{ABSENT, Drill, encoded};

/// Lists of the sales of a type's targets.
pub(crate) struct Links {
    /// Path and what all of them have in common.
    common: String,
    dimension: Dimension,
    /// Items of the type.
    items: Vec<String>,
}

/// A list of the sales of one target.
pub(crate) struct Link {
    list: String,
}

impl Links {
    /// With what the question was asked with.
    pub fn of(asked: &Drill, kind: &TargetKind) -> Self {
        let common = asked.with("status", "won").with("rates", "sale_date").to_sales();
        Self { common, dimension: kind.dimension.clone(), items: kind.items.clone() }
    }

    /// The sales of a target.
    pub fn to(&self, row: &TargetRow) -> Link {
        let mut list = format!("{}&currency={}", self.common, row.currency.as_str());
        let mut criteria = Vec::new();
        let mut narrow = |(filter, field): FoundBy, values: &[String]| match filter {
            Some(filter) if values.iter().all(|value| is_plain(value)) => {
                let values: Vec<String> = values.iter().map(|value| encoded(value)).collect();
                list.push_str(&format!("&{filter}={}", values.join(",")));
            }
            Some(_) | None => {
                criteria.extend(Criterion::new(field, Operator::OneOf, values.to_vec()));
            }
        };
        let assignee: Vec<String> = row.assignee.iter().cloned().collect();
        match row.level {
            Level::Company => {}
            Level::Group => narrow((Some("group"), Field::Group), &assignee),
            Level::User => narrow((Some("owner"), Field::Owner), &assignee),
        }
        let items = row.item.as_ref().map_or(self.items.as_slice(), std::slice::from_ref);
        if let Some(found_by) = found_by(&self.dimension).filter(|_| !items.is_empty()) {
            let items = items.iter().map(|item| word_of_sales(&self.dimension, item));
            narrow(found_by, &items.collect::<Vec<String>>());
        }
        if !criteria.is_empty()
            && let Ok(criteria) = Block::new(criteria).and_then(|block| Criteria::new(vec![block]))
        {
            list.push_str("&criteria=");
            list.push_str(&encoded(&criteria.to_string()));
        }
        Link { list }
    }
}

/// The filter of lists, where there is one, and the field of searches.
type FoundBy = (Option<&'static str>, Field);

/// By what the sales of an item are found; nothing where there are no items.
fn found_by(dimension: &Dimension) -> Option<FoundBy> {
    Some(match dimension {
        Dimension::AllSales => return None,
        Dimension::SaleType => (Some("sale_type"), Field::SaleType),
        Dimension::Source => (Some("source"), Field::Source),
        Dimension::Competitor => (Some("competitor"), Field::Competitor),
        Dimension::Credited => (None, Field::Credited),
        Dimension::CompanyCategory => (None, Field::CompanyCategory),
        Dimension::CompanyBusiness => (None, Field::CompanyBusiness),
        Dimension::CompanyCountry => (None, Field::CompanyCountry),
        Dimension::Field(key) => (None, Field::Custom(key.clone())),
    })
}

/// Whether a list of values separated by commas can hold it.
fn is_plain(value: &str) -> bool {
    !value.contains(',') && value.trim() == value && value != ABSENT
}

impl Link {
    /// Of these days.
    pub fn dated(&self, (from, to): (NaiveDate, NaiveDate)) -> String {
        format!("{}&sale_date_from={from}&sale_date_to={to}", self.list)
    }
}
