//! The least amount a question asks for, whatever the currency of its answer (SO-42, SO-43).

/// Places of the currency with the most of them.
const PLACES_MAX: u32 = 4;

/// Digits before the point at most: amounts of the largest sales in the weakest currency have fewer.
const WHOLE_DIGITS_MAX: usize = 18;

/// An amount in ten-thousandths of a currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Least(i128);

impl Least {
    /// What a parameter must be.
    pub const RULE: &str = "must be a decimal number such as 50000.00, with 18 digits before the point and 4 behind it at most";

    /// Reads `50000` or `50000.00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, max: usize| {
            (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let places = usize::try_from(PLACES_MAX).ok()?;
        if !digits(whole, WHOLE_DIGITS_MAX) || !digits(fraction, places) {
            return None;
        }
        format!("{whole}{fraction:0<places$}").parse().ok().map(Self)
    }

    /// The fewest minor units of a currency that are not less.
    pub fn minor(self, places: u32) -> i128 {
        let unit = 10_i128.pow(PLACES_MAX.saturating_sub(places));
        (self.0 + unit - 1) / unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly_and_rounded_up_to_minor_units() {
        for (text, places, minor) in [
            ("50000", 2, 5_000_000),
            ("50000.00", 2, 5_000_000),
            ("0.001", 2, 1),
            ("0.010", 2, 1),
            ("0.0101", 2, 2),
            ("12.3", 0, 13),
            ("7", 0, 7),
            ("1.2345", 4, 12_345),
            ("0", 3, 0),
            ("999999999999999999.9999", 2, 100_000_000_000_000_000_000),
        ] {
            assert_eq!(Least::parse(text).unwrap().minor(places), minor, "{text} {places}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let long = "1".repeat(19);
        for bad in ["", "-1", "+1", "1e3", "1.", ".5", "1.00000", "1_000", "1,5", "١", &long] {
            assert_eq!(Least::parse(bad), None, "{bad}");
        }
    }
}
