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

impl TimeInStage {
    /// Of sum, lower and upper middle, least and most as SQL gives them.
    pub fn of(sales: i64, micros: &[Option<String>]) -> Self {
        let micros = |at: usize| micros.get(at)?.as_deref()?.parse::<i128>().ok();
        let middle = micros(1).zip(micros(2)).map(|(lower, upper)| lower + upper);
        Self {
            sales,
            average: micros(0).map(|sum| days(sum, i128::from(sales.max(1)))),
            median: middle.map(|both| days(both, 2)),
            minimum: micros(3).map(|least| days(least, 1)),
            maximum: micros(4).map(|most| days(most, 1)),
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
        let nothing = TimeInStage::of(0, &[None, None, None, None, None]);
        assert_eq!((nothing.sales, nothing.average, nothing.median), (0, None, None));
        let day = |days: i128| Some((days * DAY).to_string());
        let four = TimeInStage::of(4, &[day(10), day(2), day(3), day(1), day(4)]);
        let shown = [four.average, four.median, four.minimum, four.maximum].map(Option::unwrap);
        assert_eq!(shown, ["2.50", "2.50", "1.00", "4.00"]);
    }
}
