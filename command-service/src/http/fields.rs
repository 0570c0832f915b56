//! Field types that several bodies share: clearing with null, decimals, and how they look in OpenAPI.

use chrono::NaiveDate;
use events::money::parse_decimal;
use events::{LocalName, ParseError, TypeName};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

/// A field that may be left out (stays), null (is cleared) or given.
pub fn patch<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(field).map(Some)
}

/// A field that may be left out (stays) or given. It is there always, so null, which would clear it, is refused.
pub fn never_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    let expected = "a value: this field cannot be cleared, leave it out to keep it as it is";
    let null = || de::Error::invalid_type(de::Unexpected::Option, &expected);
    Option::<T>::deserialize(field)?.map(Some).ok_or_else(null)
}

/// Digits up to which every decimal survives the way through a JSON number unchanged.
const DIGITS_OF_A_NUMBER: usize = 15;

/// A decimal. A string is kept exactly. A JSON number was read as binary before it came here: beyond 15 digits
/// it is refused rather than rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecimalText(pub Decimal);

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Reader;
        impl de::Visitor<'_> for Reader {
            type Value = DecimalText;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a decimal number, best written as a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<DecimalText, E> {
                parse_decimal("figure", text).map(DecimalText).map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<DecimalText, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<DecimalText, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<DecimalText, E> {
                let text = number.to_string();
                if text.bytes().filter(u8::is_ascii_digit).count() > DIGITS_OF_A_NUMBER {
                    return Err(E::custom(
                        "has too many digits for a JSON number; write it as a string",
                    ));
                }
                self.visit_str(&text)
            }
        }
        field.deserialize_any(Reader)
    }
}

/// A date `YYYY-MM-DD` in the years 1900 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Day {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        let rule = || {
            ParseError::new(
                "date",
                "must be a date YYYY-MM-DD of the years 1900 to 9999 that exists",
            )
        };
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| {
                if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
            });
        let date = shaped
            .then(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok())
            .flatten()
            .ok_or_else(rule)?;
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).ok_or_else(rule)?;
        if date < first { Err(rule()) } else { Ok(Self(date)) }
    }
}

/// A name: one text (English) or one a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameField(pub LocalName);

impl<'de> Deserialize<'de> for NameField {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> de::Visitor<'de> for Reader {
            type Value = NameField;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a name, or an object with names in en, nb and nl")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<NameField, E> {
                let name = TypeName::given(text).map_err(E::custom)?;
                Ok(NameField(LocalName::english(name)))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<NameField, A::Error> {
                LocalName::deserialize(de::value::MapAccessDeserializer::new(map)).map(NameField)
            }
        }
        field.deserialize_any(Reader)
    }
}

/// The name of something that is there: read as it was stored, though a new one may not be like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName(pub TypeName);

impl<'de> Deserialize<'de> for KnownName {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Reader;
        impl de::Visitor<'_> for Reader {
            type Value = KnownName;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<KnownName, E> {
                TypeName::parse(text).map(KnownName).map_err(E::custom)
            }
        }
        // texts that say they are one are read as lines; what can be anything is read as it is
        field.deserialize_any(Reader)
    }
}

/// Money: `{"amount":"500000.00","currency":"NOK"}`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the wire shape of events::Money in the OpenAPI document")]
pub struct Money {
    /// Decimal in a string, with at most the places of the currency, at most 10000000000000.
    #[schema(pattern = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$", example = "500000.00")]
    amount: String,
    /// ISO 4217 code.
    #[schema(pattern = "^[A-Z]{3}$", example = "NOK")]
    currency: String,
}

/// A linked company, contact or project.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the wire shape of events::Party in the OpenAPI document")]
pub struct Party {
    /// Its id.
    id: uuid::Uuid,
    /// Its display name.
    #[schema(min_length = 1, max_length = 239)]
    name: String,
}

/// A text, or one text a language.
#[derive(serde::Serialize, ToSchema)]
#[serde(untagged)]
pub enum Name {
    /// English.
    Text(String),
    /// At least one of en, nb, nl.
    Local {
        /// English.
        en: Option<String>,
        /// Norwegian.
        nb: Option<String>,
        /// Dutch.
        nl: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use service_runtime::json::parse_json;
    use service_runtime::problem::Place;

    use super::*;

    #[test]
    fn a_day_has_to_exist() {
        assert!(Day::try_from("2026-02-28".to_owned()).is_ok());
        for bad in [
            "2026-02-30",
            "2026-2-3",
            "1899-12-31",
            "10000-01-01",
            "+2026-01-01",
            "2026-01-01T00:00:00Z",
            "",
        ] {
            assert!(Day::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_decimal_is_kept_exactly() {
        let read =
            |text: &str| serde_json::from_str::<DecimalText>(text).map(|read| read.0.to_string());
        assert_eq!(read("12.677").unwrap(), "12.677");
        assert_eq!(read("\"12.6770\"").unwrap(), "12.6770");
        assert_eq!(read("40").unwrap(), "40");
        assert_eq!(read("\"0.1234567890123456789\"").unwrap(), "0.1234567890123456789");
        assert!(read("0.1234567890123456789").is_err(), "it would be rounded");
        assert!(read("1e300").is_err() && read("\"1e3\"").is_err() && read("true").is_err());
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Edit {
        #[serde(default, deserialize_with = "never_null")]
        name: Option<TypeName>,
        #[serde(default, deserialize_with = "patch")]
        category: Option<Option<TypeName>>,
    }

    fn name(text: &str) -> TypeName {
        TypeName::parse(text).unwrap()
    }

    /// SO-45: a type always has a name and need not have a category.
    #[test]
    fn null_clears_what_need_not_be_there_and_nothing_else() {
        let read = |text: &str| parse_json::<Edit>(text.as_bytes());
        assert_eq!(read("{}").unwrap(), Edit { name: None, category: None });
        let given = Edit { name: Some(name("Fjord")), category: Some(None) };
        assert_eq!(read(r#"{"name":"Fjord","category":null}"#).unwrap(), given);
        let refused = read(r#"{"name":null}"#).unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code()), (400, "wrong_type"));
        let fault = &refused.errors()[0];
        assert_eq!(fault.place, Place::Pointer("/name".into()));
        assert!(fault.detail.contains("cannot be cleared"), "{}", fault.detail);
    }

    /// SF-14: what was saved under an odd name can still be taken away.
    #[test]
    fn a_known_name_is_read_as_it_was_stored() {
        let read = parse_json::<KnownName>(r#""two\nlines""#.as_bytes());
        assert_eq!(read.unwrap(), KnownName(name("two\nlines")));
        assert!(parse_json::<TypeName>(r#""two\nlines""#.as_bytes()).is_err());
        assert!(parse_json::<KnownName>(r#"" ""#.as_bytes()).is_err());
        assert!(parse_json::<KnownName>(b"7").is_err());
    }
}
