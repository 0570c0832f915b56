//! Values parsed once and valid for ever: titles, percentages, list keys, names in three languages.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::line::{self, Lines};

/// A value that could not be: which kind it is and the rule it broke.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} {rule}")]
pub struct ParseError {
    /// The kind of value, in the glossary's word.
    pub kind: &'static str,
    /// The rule, as a sentence fragment a person can act on.
    pub rule: &'static str,
}

impl ParseError {
    /// Names a broken rule.
    pub fn new(kind: &'static str, rule: &'static str) -> Self {
        Self { kind, rule }
    }
}

// `line` or `lines`, and the type it is read as: what a new text of this kind may hold
macro_rules! text_value {
    (
        $(#[$doc:meta])*
        $name:ident, $kind:literal, $max:literal, $rule:literal, $form:ident as $read:ident $wire:literal
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = $wire, into = "String")]
        pub struct $name(String);

        impl $name {
            /// As [`parse`](Self::parse), for what somebody says now: it shows something, in characters of its kind.
            pub fn given(text: &str) -> Result<Self, ParseError> {
                if line::is_blank(text) {
                    return Err(ParseError::new($kind, $rule));
                }
                line::$form(text).map_err(|rule| ParseError::new($kind, rule))?;
                Self::parse(text)
            }

            /// Trims and checks; an empty text is refused. Takes what was ever stored.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                let text = text.trim();
                if text.is_empty() || text.chars().count() > $max || text.contains('\0') {
                    return Err(ParseError::new($kind, $rule));
                }
                Ok(Self(text.to_owned()))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<$read> for $name {
            type Error = ParseError;
            fn try_from(text: $read) -> Result<Self, ParseError> {
                Self::parse(text.as_ref())
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_value!(
    /// A sale's mandatory name, at most 219 characters (SO-F2).
    Title, "title", 219, "must be 1 to 219 characters",
    line as String "String"
);
text_value!(
    /// A name of a stage, sale type, company or person, at most 239 characters (SO-45, SO-47).
    TypeName, "name", 239, "must be 1 to 239 characters",
    line as String "String"
);
text_value!(
    /// A long text, at most 65 536 characters (design §5, note).
    Description, "description", 65_536, "must be 1 to 65536 characters",
    lines as Lines "Lines"
);
text_value!(
    /// The note of a sale, at most 65 536 characters (SO-F33, design §5).
    SaleNote, "note", 65_536, "must be 1 to 65536 characters",
    lines as Lines "Lines"
);
text_value!(
    /// What is to be known about a stakeholder, at most 2 047 characters (SK-2).
    StakeholderComment, "comment", 2_047, "must be 1 to 2047 characters",
    lines as Lines "Lines"
);
text_value!(
    /// What a custom field of kind text holds, at most 2 048 characters (SO-30).
    FieldText, "text", 2_048, "must be 1 to 2048 characters",
    lines as Lines "Lines"
);
text_value!(
    /// The text of an activity, at most 2 048 characters (SD-2).
    Note, "description", 2_048, "must be 1 to 2048 characters",
    lines as Lines "Lines"
);

text_value!(
    /// What an item of a guide is good for, a tooltip of at most 254 characters (SG-4, SG-5).
    Purpose, "purpose", 254, "must be 1 to 254 characters",
    lines as Lines "Lines"
);
text_value!(
    /// Our reference on a document, at most 99 characters (SG-5).
    OurReference, "our reference", 99, "must be 1 to 99 characters",
    line as String "String"
);

text_value!(
    /// A telephone number as people write it, at most 64 characters (SK-6).
    PhoneNumber, "phone", 64, "must be 1 to 64 characters",
    line as String "String"
);

/// An address that mail reaches, at most 254 characters (SK-6, RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address without a display name.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let rule = "must be an address such as kari@example.com";
        // the parser takes a name in front of an address too
        let parsed = text.parse::<email_address::EmailAddress>();
        let bare = text.len() <= 254 && parsed.is_ok_and(|address| address.email() == text);
        bare.then(|| Self(text.to_owned())).ok_or(ParseError::new("email", rule))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// The key of a list item: `[a-z0-9-]{1,60}` (reasons, sources, competitors; SO-19).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListKey(String);

impl ListKey {
    /// Parses a key.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > 60 || !text.chars().all(allowed) {
            return Err(ParseError::new("list key", "must match [a-z0-9-]{1,60}"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ListKey {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<ListKey> for String {
    fn from(value: ListKey) -> Self {
        value.0
    }
}

/// Chance of winning in whole percent, 0–100 (SO-F7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u8")]
pub struct Probability(u8);

impl Probability {
    /// A sold sale (§6-A13).
    pub const WON: Self = Self(100);
    /// A lost sale, and the default of a type without stages (SO-3).
    pub const NONE: Self = Self(0);

    /// Checks the range.
    pub fn parse(percent: i64) -> Result<Self, ParseError> {
        u8::try_from(percent)
            .ok()
            .filter(|percent| *percent <= 100)
            .map(Self)
            .ok_or(ParseError::new("probability", "must be a whole number from 0 to 100"))
    }

    /// Whole percent.
    pub fn percent(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Probability {
    type Error = ParseError;
    fn try_from(percent: i64) -> Result<Self, ParseError> {
        Self::parse(percent)
    }
}

impl From<Probability> for u8 {
    fn from(value: Probability) -> Self {
        value.0
    }
}

/// A company, contact or project a sale is linked to: an id and the name to show (SO-4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Public id in its own aggregate.
    pub id: Uuid,
    /// Display name.
    pub name: TypeName,
}

/// A name in up to three languages, at least one of them given: `{"en":…,"nb":…,"nl":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct LocalName(BTreeMap<String, TypeName>);

impl LocalName {
    /// The languages of the product.
    pub const LANGUAGES: [&'static str; 3] = ["en", "nb", "nl"];

    /// A name known in English only.
    pub fn english(name: TypeName) -> Self {
        Self(BTreeMap::from([("en".to_owned(), name)]))
    }

    /// The name in `language`, else English, else whichever there is.
    pub fn in_language(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.get("en"))
            .or_else(|| self.0.values().next())
            .map(TypeName::as_str)
            .expect("a local name holds at least one language")
    }

    /// Whether this is the name in one of its languages.
    pub fn reads(&self, text: &str) -> bool {
        self.0.values().any(|name| name.as_str() == text)
    }

    /// What makes two names the same: every given spelling, lower case.
    pub fn spellings(&self) -> Vec<String> {
        let mut spellings: Vec<String> =
            self.0.values().map(|name| name.as_str().to_lowercase()).collect();
        spellings.sort();
        spellings.dedup();
        spellings
    }
}

impl TryFrom<BTreeMap<String, String>> for LocalName {
    type Error = ParseError;
    fn try_from(given: BTreeMap<String, String>) -> Result<Self, ParseError> {
        if given.is_empty() || !given.keys().all(|key| Self::LANGUAGES.contains(&key.as_str())) {
            return Err(ParseError::new(
                "name",
                "must be given in at least one of en, nb and nl, and no other language",
            ));
        }
        given
            .into_iter()
            .map(|(language, name)| Ok((language, TypeName::parse(&name)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl From<LocalName> for BTreeMap<String, String> {
    fn from(name: LocalName) -> Self {
        name.0.into_iter().map(|(language, name)| (language, name.into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_219_characters_at_most() {
        assert!(Title::parse(&"æ".repeat(219)).is_ok());
        assert!(Title::parse(&"æ".repeat(220)).is_err());
        assert!(Title::parse("  ").is_err());
        assert_eq!(Title::parse("  Fjord ERP ").unwrap().as_str(), "Fjord ERP");
    }

    /// SO-F2, SO-45: a name is one line of characters that show.
    #[test]
    fn a_new_name_is_a_line_and_a_stored_one_is_read_as_it_is() {
        for bad in ["two\nlines", "bell\u{7}", "nothing\u{200b}here", "joined\u{200d}", "\u{200b}"]
        {
            assert!(Title::given(bad).is_err() && TypeName::given(bad).is_err(), "{bad:?}");
            let stored = serde_json::to_string(bad).unwrap();
            assert_eq!(serde_json::from_str::<Title>(&stored).unwrap().as_str(), bad);
            assert_eq!(serde_json::from_str::<TypeName>(&stored).unwrap().as_str(), bad);
        }
        assert_eq!(Title::given(" Fjord ERP\r\n").unwrap().as_str(), "Fjord ERP");
        assert_eq!(TypeName::given("👩\u{200d}💻").unwrap().as_str(), "👩\u{200d}💻");
        assert!(Title::given(&"æ".repeat(219)).is_ok() && Title::given(&"æ".repeat(220)).is_err());
    }

    /// SO-F3, SO-F33, SD-2: a long text has lines.
    #[test]
    fn a_new_text_has_lines_and_no_other_control_characters() {
        for good in ["one\ntwo\r\nthree\tfour", "\u{200f}one"] {
            assert_eq!(Description::given(good).unwrap().as_str(), good);
            assert!(SaleNote::given(good).is_ok() && Note::given(good).is_ok(), "{good:?}");
        }
        for bad in ["one\rtwo", "\u{1b}[31mred", "one\u{85}two", "\u{200b}\n"] {
            assert!(Description::given(bad).is_err() && Note::given(bad).is_err(), "{bad:?}");
            let stored = serde_json::to_string(bad).unwrap();
            assert_eq!(serde_json::from_str::<Note>(&stored).unwrap().as_str(), bad.trim());
        }
    }

    #[test]
    fn a_probability_is_a_whole_percent() {
        assert!(Probability::parse(0).is_ok() && Probability::parse(100).is_ok());
        assert!(Probability::parse(-1).is_err() && Probability::parse(101).is_err());
    }

    #[test]
    fn an_address_reaches_somebody_sk_6() {
        assert_eq!(EmailAddress::parse("kari@example.com").unwrap().as_str(), "kari@example.com");
        let long = format!("kari@{}.com", "a.".repeat(130));
        for bad in [
            "",
            "kari",
            "kari@",
            "@example.com",
            "a b@example.com",
            "Kari <kari@example.com>",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_key_is_lower_case_with_dashes() {
        assert!(ListKey::parse("budget-next-year").is_ok());
        for bad in ["", "Best product", "æ", &"a".repeat(61)] {
            assert!(ListKey::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_local_name_falls_back_to_english() {
        let name: LocalName = serde_json::from_str(r#"{"en":"Quotation","nb":"Tilbud"}"#).unwrap();
        assert_eq!((name.in_language("nb"), name.in_language("nl")), ("Tilbud", "Quotation"));
        assert_eq!(name.spellings(), ["quotation", "tilbud"]);
        assert!(serde_json::from_str::<LocalName>("{}").is_err());
        assert!(serde_json::from_str::<LocalName>(r#"{"de":"Angebot"}"#).is_err());
    }
}
