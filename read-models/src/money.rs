//! Integer money of the read side: the weighted figure, rates as exact fractions, minor units as text.
//! Never a float, never an intermediate rounding; sums happen in SQL over `converted(…)`.

use std::collections::BTreeMap;

use events::CurrencyCode;
use rust_decimal::Decimal;

/// `amount × probability / 100` in minor units, half away from zero (§6-A36).
pub(crate) fn weighted(amount_minor: i64, probability: i16) -> i64 {
    let doubled = 2 * i128::from(amount_minor.unsigned_abs()) * i128::from(probability);
    let rounded = (doubled + 100) / 200;
    let rounded = i64::try_from(rounded).expect("invariant: at most the amount itself");
    if amount_minor < 0 { -rounded } else { rounded }
}

/// `unit` of a currency is `rate` of the base currency (SO-38).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub rate: Decimal,
    pub unit: i32,
}

impl Rate {
    /// The base currency's.
    pub const ONE: Self = Self { rate: Decimal::ONE, unit: 1 };
}

/// The rates that hold at one moment, the base currency's included.
pub(crate) type Rates = BTreeMap<CurrencyCode, Rate>;

/// How minor units of one currency become minor units of the asked one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub currency: CurrencyCode,
    pub numerator: u128,
    pub denominator: u128,
}

/// The fractions of every currency that can be expressed in `asked`. Without a rate of the asked currency
/// that is only the asked currency itself, which is exact.
pub(crate) fn fractions(rates: &Rates, asked: CurrencyCode) -> Vec<Fraction> {
    let exact = Fraction { currency: asked, numerator: 1, denominator: 1 };
    let others = rates.iter().filter(|(currency, _)| **currency != asked);
    let into_asked = rates.get(&asked);
    std::iter::once(exact)
        .chain(others.filter_map(|(from, rate)| fraction(*from, *rate, asked, *into_asked?)))
        .collect()
}

/// base = amount × rate / unit (§6-A19); asked = base × unit′ / rate′; one rounding, at the end.
fn fraction(from: CurrencyCode, rate: Rate, asked: CurrencyCode, into: Rate) -> Option<Fraction> {
    let (ours, theirs) = (rate.rate.normalize(), into.rate.normalize());
    let numerator = product(ours.mantissa(), into.unit, theirs.scale() + asked.places())?;
    let denominator = product(theirs.mantissa(), rate.unit, ours.scale() + from.places())?;
    let shared = gcd(numerator, denominator);
    Some(Fraction {
        currency: from,
        numerator: numerator / shared,
        denominator: denominator / shared,
    })
}

/// Fits: 20 digits of a rate, 7 of a unit, and 10 + 4 decimal places shifted give 41 digits only for rates
/// nobody has; those have no fraction and count as missing.
fn product(mantissa: i128, unit: i32, shift: u32) -> Option<u128> {
    let mantissa = u128::try_from(mantissa).ok()?;
    let unit = u128::try_from(unit).ok()?;
    mantissa.checked_mul(unit)?.checked_mul(10_u128.checked_pow(shift)?).filter(|&made| made > 0)
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Minor units, as SQL gives them, as a decimal with the places of its currency: `6338500` → `63385.00`.
pub(crate) fn decimal_text(minor: &str, places: u32) -> String {
    let (sign, digits) = minor.strip_prefix('-').map_or(("", minor), |digits| ("-", digits));
    let places = usize::try_from(places).expect("invariant: a currency has at most four places");
    if places == 0 {
        return minor.to_owned();
    }
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> CurrencyCode {
        CurrencyCode::parse(text).unwrap()
    }

    fn rates() -> Rates {
        let rate = |text: &str, unit| Rate { rate: text.parse().unwrap(), unit };
        [("EUR", Rate::ONE), ("NOK", rate("12.677", 100)), ("JPY", rate("0.61", 100))]
            .into_iter()
            .map(|(currency, rate)| (code(currency), rate))
            .collect()
    }

    fn of(fractions: &[Fraction], currency: &str) -> (u128, u128) {
        let found = fractions.iter().find(|fraction| fraction.currency == code(currency)).unwrap();
        (found.numerator, found.denominator)
    }

    #[test]
    fn a_weighted_amount_is_rounded_half_away_from_zero() {
        assert_eq!(weighted(50_000_000, 20), 10_000_000, "S1: 20 % of 500 000 NOK");
        assert_eq!((weighted(1, 50), weighted(1, 49)), (1, 0));
        assert_eq!((weighted(-1, 50), weighted(-3, 50)), (-1, -2));
        assert_eq!(weighted(i64::MAX, 100), i64::MAX);
    }

    #[test]
    fn a_hundred_kroner_are_12_677_euro() {
        let into_euro = fractions(&rates(), code("EUR"));
        assert_eq!(of(&into_euro, "NOK"), (12_677, 100_000));
        assert_eq!(of(&into_euro, "EUR"), (1, 1));
    }

    #[test]
    fn places_of_both_currencies_count() {
        let into_euro = fractions(&rates(), code("EUR"));
        assert_eq!(of(&into_euro, "JPY"), (61, 100), "100 JPY = 0.61 EUR = 61 cent");
        let into_yen = fractions(&rates(), code("JPY"));
        assert_eq!(of(&into_yen, "EUR"), (100, 61));
    }

    #[test]
    fn without_a_rate_of_the_asked_currency_only_itself_remains() {
        let left = fractions(&rates(), code("GBP"));
        assert_eq!(left.len(), 1);
        assert_eq!(of(&left, "GBP"), (1, 1));
    }

    #[test]
    fn minor_units_are_written_with_the_places_of_the_currency() {
        for (minor, places, text) in [
            ("6338500", 2, "63385.00"),
            ("0", 2, "0.00"),
            ("-5", 2, "-0.05"),
            ("7", 0, "7"),
            ("1", 3, "0.001"),
        ] {
            assert_eq!(decimal_text(minor, places), text);
        }
    }
}
