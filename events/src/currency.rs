//! The facts of a currency: its dated rates (SO-38). Names and versions are storage: add, never rename.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::CurrencyCode;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 1] = [("currency.rate-set", 1)];

/// A fact about a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum CurrencyEvent {
    /// `unit` of the currency = `rate` of the base currency, from the start of `valid_from` in the tenant's zone.
    #[serde(rename = "currency.rate-set")]
    RateSet {
        /// Which currency.
        currency: CurrencyCode,
        /// Above 0, at most 10 digits before and 10 after the point.
        #[serde(with = "rust_decimal::serde::str")]
        rate: Decimal,
        /// 1, 10, 100 …: any whole number from 1 to 1 000 000.
        unit: u32,
        /// First day it holds.
        valid_from: NaiveDate,
    },
}
