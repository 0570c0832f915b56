//! What is reached beside what was to be reached: percent, gap and coverage in exact decimals (domain §4.3, §4.7).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use utoipa::ToSchema;

/// A target and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Compared {
    /// What was to be won; none when there is no target.
    #[schema(example = "83333.33")]
    pub target: Option<String>,
    /// Won in percent of it, two places; none when it is 0.
    #[schema(example = "95.48")]
    pub attainment: Option<String>,
    /// Target minus won: below 0 when more was won.
    #[schema(example = "3762.73")]
    pub gap: Option<String>,
}

impl Compared {
    /// A target beside what was won, both with these places.
    pub fn of(target: Decimal, won: Decimal, places: u32) -> Self {
        Self {
            target: Some(shown(target, places)),
            attainment: percent(won, target).map(|percent| shown(percent, 2)),
            gap: target.checked_sub(won).map(|gap| shown(gap, places)),
        }
    }
}

/// Percent with two places, half away from zero; none of nothing.
pub(crate) fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let percent = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    Some(rounded(percent, 2))
}

/// How often what may come covers what is missing, two places; none when nothing is missing.
pub(crate) fn coverage(weighted: Decimal, gap: Decimal) -> Option<String> {
    let missing = gap > Decimal::ZERO;
    let times = missing.then(|| weighted.checked_div(gap)).flatten()?;
    Some(shown(rounded(times, 2), 2))
}

/// Half away from zero.
pub(crate) fn rounded(figure: Decimal, places: u32) -> Decimal {
    figure.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Minor units as a decimal; none beyond what a decimal holds.
pub(crate) fn of_minor(minor: i128, places: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(minor, places).ok()
}

/// With the places of its currency, and more where it has more digits.
pub(crate) fn shown(figure: Decimal, places: u32) -> String {
    let mut figure = figure.normalize();
    if figure.scale() < places {
        figure.rescale(places);
    }
    figure.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn attainment_has_two_places_and_none_of_nothing_st_20() {
        let percent =
            |won: &str, target: &str| Compared::of(decimal(target), decimal(won), 2).attainment;
        assert_eq!(percent("79570.60", "83333.33").as_deref(), Some("95.48"), "S16");
        assert_eq!(percent("18721.00", "83333.33").as_deref(), Some("22.47"), "S16, reopened");
        assert_eq!(percent("1", "8000").as_deref(), Some("0.01"), "0.0125");
        assert_eq!(percent("1.5", "3000").as_deref(), Some("0.05"), "half goes up");
        assert_eq!(percent("-1.5", "3000").as_deref(), Some("-0.05"), "away from zero");
        assert_eq!(percent("5", "0"), None);
    }

    #[test]
    fn a_gap_is_what_is_missing_and_coverage_what_may_fill_it() {
        let of = Compared::of(decimal("100"), decimal("120.5"), 2);
        assert_eq!(of.gap.as_deref(), Some("-20.50"));
        assert_eq!(of.target.as_deref(), Some("100.00"));
        assert_eq!(coverage(decimal("150"), decimal("400")).as_deref(), Some("0.38"));
        assert_eq!(coverage(decimal("150"), decimal("0")), None);
        assert_eq!(coverage(decimal("150"), decimal("-1")), None);
    }

    #[test]
    fn digits_are_never_lost() {
        assert_eq!(shown(decimal("83333.33"), 0), "83333.33", "of euro, shown in yen");
        assert_eq!(shown(decimal("12.500"), 2), "12.50");
        assert_eq!(shown(decimal("3"), 0), "3");
        assert_eq!(of_minor(6_084_960, 2), Some(decimal("60849.60")));
        assert_eq!(of_minor(i128::MAX, 2), None);
    }
}
