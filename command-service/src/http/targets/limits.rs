//! Years, percentages and figures of targets, within their limits (ST-8 to ST-11).

use domain::target::Percent;
use events::ParseError;
use events::money::parse_decimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use crate::http::fields::DecimalText;

/// A calendar year; sales lie in these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Year(pub(super) u16);

impl TryFrom<i64> for Year {
    type Error = ParseError;
    fn try_from(year: i64) -> Result<Self, ParseError> {
        let year = u16::try_from(year).ok().filter(|year| (1_900..=9_999).contains(year));
        year.map(Self).ok_or(ParseError::new("year", "must be 1900 to 9999"))
    }
}

/// How much more a copy is, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PercentField(pub(super) Percent);

impl<'de> Deserialize<'de> for PercentField {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        let DecimalText(percent) = DecimalText::deserialize(field)?;
        Percent::parse(percent).map(Self).map_err(serde::de::Error::custom)
    }
}

/// The number of a cell, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct CellNumber(usize);

/// Cells of a row at most.
pub(super) const CELLS_MAX: usize = 12;

impl CellNumber {
    /// From 0.
    pub(super) fn index(self) -> usize {
        self.0 - 1
    }
}

impl TryFrom<i64> for CellNumber {
    type Error = ParseError;
    fn try_from(number: i64) -> Result<Self, ParseError> {
        let number = usize::try_from(number).ok().filter(|it| (1..=CELLS_MAX).contains(it));
        number.map(Self).ok_or(ParseError::new("cell", "must be 1 to 12"))
    }
}

/// A figure of a row: a decimal in a string, like any money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Figure(pub(super) Decimal);

impl TryFrom<String> for Figure {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        parse_decimal("figure", &text).map(Self)
    }
}

/// Figures of a row as the domain takes them.
pub(super) fn figures(cells: Vec<Option<Figure>>) -> Vec<Option<Decimal>> {
    cells.into_iter().map(|cell| cell.map(|figure| figure.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-8, ST-19.
    #[test]
    fn years_and_cells_keep_their_limits_st_8_st_19() {
        let year = |year| Year::try_from(year).is_ok();
        assert!(year(1_900) && year(9_999) && !year(1_899) && !year(10_000) && !year(-1));
        let cell = |number| CellNumber::try_from(number).map(CellNumber::index).ok();
        assert_eq!([cell(0), cell(1), cell(12), cell(13)], [None, Some(0), Some(11), None]);
    }

    /// ST-9, ST-11.
    #[test]
    fn a_percentage_keeps_its_limits_st_9_st_11() {
        let read = |text: &str| serde_json::from_str::<PercentField>(text).is_ok();
        for good in ["10", "-100", "\"10000\"", "\"2.5000\"", "\"0.0001\"", "0"] {
            assert!(read(good), "{good}");
        }
        for bad in ["-100.0001", "\"10000.0001\"", "\"0.00001\"", "\"ten\"", "null", "true"] {
            assert!(!read(bad), "{bad}");
        }
    }
}
