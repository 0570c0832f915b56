//! Parts of a whole in percent, and means, to two places, half away from zero. Never a float.

/// `part` of `whole` in percent; none of nothing.
pub(super) fn share(part: i128, whole: i128) -> Option<String> {
    (whole > 0).then(|| hundredths(divided(part * 10_000, whole)))
}

/// `x / y` rounded half away from zero; `y` is above 0.
pub(super) fn divided(x: i128, y: i128) -> i128 {
    let rounded = (2 * x.abs() + y) / (2 * y);
    if x < 0 { -rounded } else { rounded }
}

/// Hundredths as a decimal: `1250` → `12.50`.
pub(super) fn hundredths(hundredths: i128) -> String {
    crate::money::decimal_text(&hundredths.to_string(), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_two_places_rounded_half_away_from_zero() {
        assert_eq!(share(1, 3).as_deref(), Some("33.33"));
        assert_eq!(share(2, 3).as_deref(), Some("66.67"));
        assert_eq!(share(1, 800).as_deref(), Some("0.13"), "0.125");
        assert_eq!(share(7, 7).as_deref(), Some("100.00"));
        assert_eq!((share(0, 5).as_deref(), share(0, 0)), (Some("0.00"), None));
        assert_eq!(share(-1, 800).as_deref(), Some("-0.13"));
    }
}
