//! Figures and texts of suggested follow-ups, within their limits (SG-4).

use events::guide::OFFSET_DAYS_MAX;
use events::{Lines, Note, ParseError};
use serde::Deserialize;

/// A day.
const MINUTES_MAX: u16 = 1_440;

/// Characters of a text at most.
const TEXT_MAX: usize = 2_047;

/// Days from the follow-up before it, up to ten years.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct OffsetDays(pub(super) u16);

impl TryFrom<i64> for OffsetDays {
    type Error = ParseError;
    fn try_from(days: i64) -> Result<Self, ParseError> {
        let days = u16::try_from(days).ok().filter(|days| *days <= OFFSET_DAYS_MAX);
        days.map(Self).ok_or(ParseError::new("offset", "must be 0 to 3650 days"))
    }
}

/// How long a follow-up lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(in crate::http) struct DurationMinutes(pub(in crate::http) u16);

impl TryFrom<i64> for DurationMinutes {
    type Error = ParseError;
    fn try_from(minutes: i64) -> Result<Self, ParseError> {
        let minutes = u16::try_from(minutes).ok().filter(|it| (1..=MINUTES_MAX).contains(it));
        minutes.map(Self).ok_or(ParseError::new("duration", "must be 1 to 1440 minutes"))
    }
}

/// The text a follow-up begins with, one character shorter than that of an activity may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Lines")]
pub(super) struct FollowUpText(pub(super) Note);

impl TryFrom<Lines> for FollowUpText {
    type Error = ParseError;
    fn try_from(text: Lines) -> Result<Self, ParseError> {
        let text: &str = text.as_ref();
        if text.trim().chars().count() > TEXT_MAX {
            return Err(ParseError::new("text", "must be 1 to 2047 characters"));
        }
        Note::given(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SG-4.
    #[test]
    fn figures_and_texts_keep_their_limits_sg_4() {
        let days = |days| OffsetDays::try_from(days).is_ok();
        assert!(days(0) && days(3_650) && !days(-1) && !days(3_651));
        let minutes = |minutes| DurationMinutes::try_from(minutes).is_ok();
        assert!(minutes(1) && minutes(1_440) && !minutes(0) && !minutes(1_441));
        let text = |n| FollowUpText::try_from(Lines::from("æ".repeat(n))).is_ok();
        assert!(text(1) && text(2_047) && !text(0) && !text(2_048));
    }
}
