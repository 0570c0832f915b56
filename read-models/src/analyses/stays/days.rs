//! Time in stages as days of 24 hours, to two places, half away from zero.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyses::share::{divided, hundredths};

/// Microseconds of a day.
const DAY: i128 = 86_400_000_000;

/// `micros / parts` in days: `1.50`.
pub(super) fn days(micros: i128, parts: i128) -> String {
    hundredths(divided(100 * micros, DAY * parts))
}

/// How long some sales were in a stage, each with all its stays together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TimeInStage {
    /// How many sales.
    sales: i64,
    /// Mean of their days; none of nothing, like all that follow.
    #[schema(example = "12.50")]
    average: Option<String>,
    /// As many were longer as were shorter; of an even number the mean of the two in the middle.
    median: Option<String>,
    minimum: Option<String>,
    maximum: Option<String>,
}

/// How long some sales were in a stage, in microseconds: sum, lower and upper middle, least and most; nothing of none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times([Option<i128>; 5]);

impl Times {
    /// Of these.
    pub fn of(mut micros: Vec<i64>) -> Self {
        micros.sort_unstable();
        let at = |place: usize| micros.get(place).map(|micros| i128::from(*micros));
        let Some(last) = micros.len().checked_sub(1) else { return Self::default() };
        let sum = micros.iter().map(|micros| i128::from(*micros)).sum();
        Self([Some(sum), at(last / 2), at(micros.len() / 2), at(0), at(last)])
    }
}

/// As SQL gives them.
impl From<Vec<Option<String>>> for Times {
    fn from(texts: Vec<Option<String>>) -> Self {
        let micros = |at: usize| texts.get(at)?.as_deref()?.parse().ok();
        Self(std::array::from_fn(micros))
    }
}

impl TimeInStage {
    /// Of so many sales.
    pub fn of(sales: i64, Times([sum, lower, upper, least, most]): Times) -> Self {
        let middle = lower.zip(upper).map(|(lower, upper)| lower + upper);
        Self {
            sales,
            average: sum.map(|sum| days(sum, i128::from(sales.max(1)))),
            median: middle.map(|both| days(both, 2)),
            minimum: least.map(|least| days(least, 1)),
            maximum: most.map(|most| days(most, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_days_of_24_hours_with_two_places_4_5() {
        assert_eq!(days(DAY, 1), "1.00");
        assert_eq!(days(DAY * 3, 2), "1.50");
        assert_eq!(days(DAY, 200), "0.01", "half away from zero");
        assert_eq!(days(DAY - 1, 200), "0.00");
        assert_eq!(days(0, 1), "0.00");
    }

    #[test]
    fn no_sales_took_no_time() {
        let nothing = TimeInStage::of(0, Times::of(Vec::new()));
        assert_eq!((nothing.sales, nothing.average, nothing.median), (0, None, None));
        let day = |days: i64| days * 86_400_000_000;
        let times = Times::of([4, 1, 3, 2].map(day).to_vec());
        let told = [10, 2, 3, 1, 4].map(|days| Some(day(days).to_string()));
        assert_eq!(times, Times::from(told.to_vec()), "SQL tells the same");
        let four = TimeInStage::of(4, times);
        let shown = [four.average, four.median, four.minimum, four.maximum].map(Option::unwrap);
        assert_eq!(shown, ["2.50", "2.50", "1.00", "4.00"]);
        let three = TimeInStage::of(3, Times::of([4, 1, 2].map(day).to_vec()));
        assert_eq!(three.median.as_deref(), Some("2.00"), "an odd number has one in the middle");
    }
}
