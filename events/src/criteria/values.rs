//! Values of criteria, read by the kind of their field.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::fault::{Fault, beginning};
use super::field::Item;
use super::{Criterion, VALUE_CHARS_MAX, VALUES_MAX};

/// Stands for whoever asks, among users.
pub const ME: &str = "@me";

/// Stretches of the calendar at most.
const COUNT_MAX: i32 = 1_000;

/// Digits before the point at most, and behind it.
const DIGITS_MAX: (usize, usize) = (18, 6);

/// Refuses what is too much, and values where an operator takes none.
pub(super) fn check_size(criterion: &Criterion) -> Result<(), Fault> {
    if criterion.values.len() > VALUES_MAX {
        return Err(Fault::TooMany { what: "values", most: VALUES_MAX });
    }
    for value in &criterion.values {
        if value.chars().count() > VALUE_CHARS_MAX {
            return Err(Fault::TooMany { what: "characters of a value", most: VALUE_CHARS_MAX });
        }
        if value.contains('\0') {
            return Err(wrong(criterion, value, "may not contain the character U+0000"));
        }
    }
    let (least, most) = criterion.operator.takes();
    let given = criterion.given().count();
    if (given > 0 || most == 0) && !(least..=most).contains(&given) {
        let takes = match (least, most) {
            (0, 0) => "no value",
            (2, 2) => "two values",
            (1, 1) => "one value",
            (_, _) => "one or more values",
        };
        return Err(Fault::OtherCount { operator: criterion.operator.word(), takes });
    }
    Ok(())
}

/// The refusal of a value.
pub(super) fn wrong(criterion: &Criterion, value: &str, rule: &'static str) -> Fault {
    Fault::Value { field: criterion.field.to_string(), value: beginning(value), rule }
}

impl Criterion {
    /// The only value.
    pub(super) fn one(&self) -> &str {
        self.given().next().unwrap_or_default()
    }

    pub(super) fn yes(&self) -> Result<bool, Fault> {
        let text = self.one();
        text.trim().parse().map_err(|_| wrong(self, text, "must be true or false"))
    }

    pub(super) fn numbers(&self) -> Result<Vec<Decimal>, Fault> {
        let rule = "must be a decimal number such as 5000 or -12.50, with 18 digits before the point and 6 behind it at most";
        self.given()
            .map(|text| number(text.trim()).ok_or_else(|| wrong(self, text, rule)))
            .collect()
    }

    pub(super) fn dates(&self) -> Result<Vec<NaiveDate>, Fault> {
        let rule = "must be a date (YYYY-MM-DD)";
        self.given().map(|text| date(text.trim()).ok_or_else(|| wrong(self, text, rule))).collect()
    }

    pub(super) fn count(&self) -> Result<i32, Fault> {
        let text = self.one();
        let count = text.trim().parse().ok().filter(|count| (1..=COUNT_MAX).contains(count));
        count.ok_or_else(|| wrong(self, text, "must be a whole number from 1 to 1000"))
    }

    /// Items of a list, as they are compared.
    pub(super) fn items(&self, item: Item) -> Result<Vec<String>, Fault> {
        let rule = match item {
            Item::Word | Item::User => "",
            Item::Id => "must be a UUID",
            Item::IdOrNone => "must be a UUID or none",
            Item::Of(_) => "is not one of the words of this field",
        };
        let id = |text: &str| Uuid::parse_str(text).ok().map(|id| id.to_string());
        let read = |text: &str| match item {
            Item::Word | Item::User => Some(text.to_owned()),
            Item::Id => id(text),
            Item::IdOrNone if text == "none" => Some(text.to_owned()),
            Item::IdOrNone => id(text),
            Item::Of(words) => words.contains(&text).then(|| text.to_owned()),
        };
        self.given().map(|text| read(text.trim()).ok_or_else(|| wrong(self, text, rule))).collect()
    }
}

/// Reads `5000`, `-5000.00`.
fn number(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (before, behind) = DIGITS_MAX;
    if !digits(whole, before) || !digits(fraction, behind) {
        return None;
    }
    text.parse().ok()
}

/// `YYYY-MM-DD`, exactly.
fn date(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (day.to_string() == text && text.len() == 10).then_some(day)
}
