//! Money: an exact decimal in a currency, never a float (design §2, Money).

use std::fmt;

use iso_currency::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::values::ParseError;

/// The largest amount, in major units: 10^13 (design §2).
pub const AMOUNT_MAX: Decimal = Decimal::from_parts(1_316_134_912, 2_328, 0, false, 0);

/// An ISO 4217 code that is in circulation, such as `NOK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CurrencyCode(Currency);

impl CurrencyCode {
    /// Euro, the default base currency of a tenant.
    pub const EUR: Self = Self(Currency::EUR);

    /// Parses a three-letter code in capitals.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Currency::from_code(text)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or(ParseError::new("currency", "must be an ISO 4217 code such as NOK"))
    }

    /// The three letters.
    pub fn as_str(&self) -> &'static str {
        self.0.code()
    }

    /// Decimal places: NOK 2, JPY 0, KWD 3.
    pub fn places(&self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(2))
    }
}

impl Ord for CurrencyCode {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for CurrencyCode {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl TryFrom<String> for CurrencyCode {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<CurrencyCode> for String {
    fn from(code: CurrencyCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount with exactly the places of its currency: `{"amount":"500000.00","currency":"NOK"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Money {
    amount: Decimal,
    currency: CurrencyCode,
}

impl Money {
    /// Checks size and places; `1.5` NOK becomes `1.50`, `1.005` NOK is refused rather than rounded.
    pub fn parse(amount: Decimal, currency: CurrencyCode) -> Result<Self, ParseError> {
        if amount.abs() > AMOUNT_MAX {
            return Err(ParseError::new("amount", "must not exceed 10000000000000"));
        }
        if amount.normalize().scale() > currency.places() {
            return Err(ParseError::new("amount", "has more decimal places than its currency"));
        }
        Ok(Self::rounded(amount, currency))
    }

    /// Rounds half away from zero to the currency's places (§6-A36).
    pub fn rounded(amount: Decimal, currency: CurrencyCode) -> Self {
        let mut amount = round_to(amount, currency.places());
        amount.rescale(currency.places());
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    pub fn zero(currency: CurrencyCode) -> Self {
        Self::rounded(Decimal::ZERO, currency)
    }

    /// The decimal amount in major units.
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(&self) -> CurrencyCode {
        self.currency
    }

    /// The amount in minor units (øre, cent); fits because amounts are limited.
    pub fn minor(&self) -> i64 {
        i64::try_from(self.amount.mantissa())
            .expect("10^13 major units with four places fit an i64")
    }

    /// Minor units read back.
    pub fn from_minor(minor: i64, currency: CurrencyCode) -> Self {
        Self { amount: Decimal::new(minor, currency.places()), currency }
    }
}

/// Rounds half away from zero.
pub fn round_to(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// How money travels: the amount as a decimal string.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    amount: String,
    currency: CurrencyCode,
}

impl TryFrom<Written> for Money {
    type Error = ParseError;
    fn try_from(written: Written) -> Result<Self, ParseError> {
        Self::parse(parse_decimal("amount", &written.amount)?, written.currency)
    }
}

impl From<Money> for Written {
    fn from(money: Money) -> Self {
        Self { amount: money.amount.to_string(), currency: money.currency }
    }
}

/// Reads a plain decimal such as `-12.50`: no exponent, no sign but minus, no spaces, 28 digits at most.
pub fn parse_decimal(kind: &'static str, text: &str) -> Result<Decimal, ParseError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || fraction.is_some_and(|part| !all_digits(part)) || digits.len() > 28 {
        return Err(ParseError::new(
            kind,
            "must be a decimal number in a string, such as \"500000.00\"",
        ));
    }
    Decimal::from_str_exact(text).map_err(|_| {
        ParseError::new(kind, "must be a decimal number in a string, such as \"500000.00\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Result<Money, ParseError> {
        Money::parse(parse_decimal("amount", amount)?, CurrencyCode::parse(currency)?)
    }

    #[test]
    fn the_largest_amount_is_ten_to_the_thirteenth() {
        assert_eq!(AMOUNT_MAX.to_string(), "10000000000000");
        assert!(money("10000000000000", "KWD").is_ok());
        assert!(money("10000000000000.01", "NOK").is_err());
    }

    #[test]
    fn places_follow_iso_4217() {
        assert_eq!(money("5", "JPY").unwrap().amount().to_string(), "5");
        assert_eq!(money("5", "KWD").unwrap().amount().to_string(), "5.000");
        assert!(money("5.5", "JPY").is_err());
        assert!(money("1.005", "NOK").is_err());
        assert_eq!(money("1.5", "NOK").unwrap().minor(), 150);
    }

    #[test]
    fn a_decimal_is_digits_and_one_point() {
        for bad in [
            "",
            "1e3",
            "+1",
            " 1",
            "1.",
            ".5",
            "1,5",
            "NaN",
            "--1",
            "1_000",
            "99999999999999999999999999999",
        ] {
            assert!(parse_decimal("amount", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn money_is_written_as_strings() {
        let written = serde_json::to_string(&money("-12.5", "EUR").unwrap()).unwrap();
        assert_eq!(written, r#"{"amount":"-12.50","currency":"EUR"}"#);
        assert_eq!(
            serde_json::from_str::<Money>(&written).unwrap(),
            money("-12.50", "EUR").unwrap()
        );
    }

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        let eur = CurrencyCode::EUR;
        assert_eq!(Money::rounded(Decimal::new(125, 3), eur).amount().to_string(), "0.13");
        assert_eq!(Money::rounded(Decimal::new(-125, 3), eur).amount().to_string(), "-0.13");
    }
}
