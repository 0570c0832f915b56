//! The periods of a forecast as days.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};

use crate::targets::period_of;

/// A period, as far as the range of the question reaches into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The range holds all of it.
    pub whole: bool,
}

/// First month of a period, and how many it has.
fn months(word: &str, month: u32) -> (u32, u32) {
    if word == "year" {
        (1, 12)
    } else if word == "quarter" {
        ((month - 1) / 3 * 3 + 1, 3)
    } else {
        (month, 1)
    }
}

/// The periods of a range by name.
pub(crate) fn spans((from, to): (NaiveDate, NaiveDate), word: &str) -> BTreeMap<String, Span> {
    let mut spans = BTreeMap::new();
    let mut day = from;
    while day <= to {
        let (month, count) = months(word, day.month());
        let Some(first) = NaiveDate::from_ymd_opt(day.year(), month, 1) else { break };
        let Some(next) = first.checked_add_months(Months::new(count)) else { break };
        let last = next.pred_opt().unwrap_or(next);
        let span = Span { from: day, to: last.min(to), whole: day == first && last <= to };
        spans.insert(period_of(word, day.year(), month), span);
        day = next;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_that_is_cut_by_the_range_is_not_whole() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let spans = spans((day("2026-02-10"), day("2026-07-31")), "quarter");
        let told: Vec<_> = spans
            .iter()
            .map(|(name, span)| (name.as_str(), span.from, span.to, span.whole))
            .collect();
        assert_eq!(
            told,
            [
                ("2026-Q1", day("2026-02-10"), day("2026-03-31"), false),
                ("2026-Q2", day("2026-04-01"), day("2026-06-30"), true),
                ("2026-Q3", day("2026-07-01"), day("2026-07-31"), false),
            ]
        );
        let months = super::spans((day("2026-12-01"), day("2027-01-31")), "month");
        assert_eq!(months.keys().collect::<Vec<_>>(), ["2026-12", "2027-01"]);
        assert!(months.values().all(|span| span.whole));
    }
}
