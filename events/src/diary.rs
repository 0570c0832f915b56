//! What a tenant wants its diaries to be like: usual lengths, the working day, marks and notices (SD-3, SD-4, SD-13,
//! SD-15). Every figure has a default, so settings stored before a figure existed are whole.

use std::fmt;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::values::ParseError;

/// A time of day on the tenant's clock, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// Reads `HH:MM`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let shaped = text.len() == 5 && text.as_bytes()[2] == b':';
        let time = shaped.then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten();
        time.map(Self).ok_or(ParseError::new("time of day", "must be a time such as 08:00"))
    }

    /// A whole hour.
    const fn hour(hour: u32) -> Self {
        Self(NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour of the day"))
    }

    /// The time.
    pub fn time(self) -> NaiveTime {
        self.0
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%H:%M"))
    }
}

/// The settings, all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiarySettings {
    /// How long a meeting lasts when nobody says so (SD-3).
    pub meeting_minutes: u16,
    /// How long a call lasts when nobody says so (SD-3).
    pub call_minutes: u16,
    /// When the working day begins (SD-4).
    pub day_from: TimeOfDay,
    /// When it ends, after it began.
    pub day_to: TimeOfDay,
    /// Whether overdue activities are marked (SD-15).
    pub mark_overdue: bool,
    /// Whether what is done leaves the diary at once instead of the next day (SD-13).
    pub done_leave_at_once: bool,
    /// Whether somebody who is assigned something is notified (§6-A32).
    pub assignment_notices: bool,
}

impl Default for DiarySettings {
    fn default() -> Self {
        Self {
            meeting_minutes: 60,
            call_minutes: 15,
            day_from: TimeOfDay::hour(8),
            day_to: TimeOfDay::hour(16),
            mark_overdue: true,
            done_leave_at_once: false,
            assignment_notices: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_hours_and_minutes() {
        assert_eq!(TimeOfDay::parse("08:30").unwrap().to_string(), "08:30");
        for bad in ["", "8:30", "24:00", "08:60", "08:30:00", "08-30", "æ8:3"] {
            assert!(TimeOfDay::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_there_has_its_default() {
        let read: DiarySettings = serde_json::from_str(r#"{"call_minutes":20}"#).unwrap();
        assert_eq!(read, DiarySettings { call_minutes: 20, ..DiarySettings::default() });
    }
}
