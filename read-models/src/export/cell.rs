//! What stands in one cell, and how it is written as text without ever being read as a formula.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// What spreadsheets take for the beginning of a formula, or pass over on their way to one.
const ACTIVE: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    /// What somebody wrote, or a word of ours.
    Text(String),
    /// A decimal as answers show it.
    Number(String),
    Day(NaiveDate),
    At(DateTime<Utc>),
    Mark(bool),
}

impl Cell {
    /// As it stands in a CSV file. A text that could be a formula begins with an apostrophe; numbers cannot be one,
    /// and keep their sign.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) if text.starts_with(ACTIVE) => Cow::Owned(format!("'{text}")),
            Self::Text(text) | Self::Number(text) => Cow::Borrowed(text),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::At(at) => Cow::Owned(at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Mark(mark) => Cow::Borrowed(if *mark { "true" } else { "false" }),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Cell {
    fn from(mark: bool) -> Self {
        Self::Mark(mark)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<DateTime<Utc>> for Cell {
    fn from(at: DateTime<Utc>) -> Self {
        Self::At(at)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Empty, T::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_a_formula_and_numbers_keep_their_sign_sd_28() {
        for hostile in [
            "=cmd|' /C calc'!A0",
            "=HYPERLINK(\"http://evil\")",
            "+1+1",
            "-1+1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1+1",
        ] {
            assert_eq!(Cell::from(hostile).text(), format!("'{hostile}"));
        }
        for harmless in ["Fjord = ERP", "a-b", "", " =1 is what they wrote", "'=1"] {
            assert_eq!(Cell::from(harmless).text(), harmless);
        }
        assert_eq!(Cell::Number("-12.50".to_owned()).text(), "-12.50");
    }

    #[test]
    fn days_instants_marks_and_nothing_are_written_as_answers_write_them() {
        let at = DateTime::from_timestamp(1_773_144_000, 0).unwrap();
        assert_eq!(Cell::from(at).text(), "2026-03-10T12:00:00Z");
        assert_eq!(Cell::from(at.date_naive()).text(), "2026-03-10");
        assert_eq!((&*Cell::from(true).text(), &*Cell::from(false).text()), ("true", "false"));
        assert_eq!(Cell::from(None::<bool>).text(), "");
    }
}
