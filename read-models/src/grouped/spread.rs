//! Sum, average, minimum and maximum of a figure: integers until they are written.

use serde::Serialize;
use utoipa::ToSchema;

use super::rows::Row;
use crate::ask::InCurrency;
use crate::money::decimal_text;

/// Places of an average of percents.
const PERCENT_PLACES: u32 = 2;

/// A figure of several sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Spread {
    /// All of them together.
    #[schema(example = "63385.00")]
    sum: String,
    /// The sum divided by the sales in it, rounded half away from zero; none without a sale.
    average: Option<String>,
    /// The lowest.
    minimum: Option<String>,
    /// The highest.
    maximum: Option<String>,
}

/// The figures of a group. Sales whose currency has no rate are counted and stand in no amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Figures {
    /// Sales.
    count: i64,
    /// Amounts, converted one by one.
    amount: Spread,
    /// Weighted amounts, likewise.
    weighted: Spread,
    /// Profits, likewise.
    profit: Spread,
    /// Chances in percent.
    probability: Spread,
}

impl Figures {
    /// Of a row.
    pub fn of(row: &Row, currency: &InCurrency) -> Self {
        let places = currency.asked.places();
        let money = |sum: &Option<String>, least: &Option<String>, most: &Option<String>| {
            let text = |minor: i128| decimal_text(&minor.to_string(), places);
            Spread {
                sum: text(minor(sum)),
                average: average(minor(sum), row.rated).map(text),
                minimum: least.as_ref().map(|least| decimal_text(least, places)),
                maximum: most.as_ref().map(|most| decimal_text(most, places)),
            }
        };
        Self {
            count: row.count,
            amount: money(&row.amount, &row.amount_min, &row.amount_max),
            weighted: money(&row.weighted, &row.weighted_min, &row.weighted_max),
            profit: money(&row.profit, &row.profit_min, &row.profit_max),
            probability: Spread {
                sum: row.chance.clone().unwrap_or_else(|| "0".to_owned()),
                average: average(minor(&row.chance) * 100, row.count)
                    .map(|hundredths| decimal_text(&hundredths.to_string(), PERCENT_PLACES)),
                minimum: row.chance_min.clone(),
                maximum: row.chance_max.clone(),
            },
        }
    }
}

fn minor(text: &Option<String>) -> i128 {
    text.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Rounded half away from zero; none of nothing.
fn average(sum: i128, count: i64) -> Option<i128> {
    let count = u128::try_from(count).ok().filter(|count| *count > 0)?;
    let rounded = (2 * sum.unsigned_abs() + count) / (2 * count);
    let rounded = i128::try_from(rounded).ok()?;
    Some(if sum < 0 { -rounded } else { rounded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_rounded_half_away_from_zero() {
        for (sum, count, expected) in
            [(10, 4, 3), (-10, 4, -3), (9, 4, 2), (11, 4, 3), (1, 3, 0), (2, 3, 1), (-1, 2, -1)]
        {
            assert_eq!(average(sum, count), Some(expected), "{sum} / {count}");
        }
        assert_eq!((average(0, 0), average(5, 0), average(0, 7)), (None, None, Some(0)));
    }
}
