//! Countries, by the two letters of ISO 3166-1.

use iso_currency::Country;
use serde::{Deserialize, Serialize};

use crate::values::{ListKey, ParseError};

/// The code of a country, such as `NO`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(String);

impl CountryCode {
    /// Parses two capital letters that name a country.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let known = text.len() == 2 && text.parse::<Country>().is_ok();
        known.then(|| Self(text.to_owned())).ok_or(ParseError::new(
            "country",
            "must be an ISO 3166-1 code of two letters such as NO",
        ))
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country that the item of a dimension means: `no` for `NO` (ST-2).
    pub fn of_item(item: &ListKey) -> Result<Self, ParseError> {
        Self::parse(&item.as_str().to_ascii_uppercase())
    }
}

impl TryFrom<String> for CountryCode {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capital_letters_that_name_one_st_2() {
        for known in ["NO", "NL", "DE", "US"] {
            assert_eq!(CountryCode::parse(known).unwrap().as_str(), known);
        }
        for unknown in ["", "no", "NOR", "XX", "N", "N1", " NO"] {
            assert!(CountryCode::parse(unknown).is_err(), "{unknown:?}");
        }
        let item = ListKey::parse("nl").unwrap();
        assert_eq!(CountryCode::of_item(&item).unwrap().as_str(), "NL");
    }
}
