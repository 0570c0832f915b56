//! Conversion into the asked currency: exact fractions, one rounding, half away from zero, as the SQL function
//! `converted` does it.

use super::block::Word;
use super::sales::Sales;
use super::words::Words;
use crate::ask::InCurrency;

/// Numerators up to this cannot overflow with any amount; others are left to SQL, which knows no bound.
const NUMERATOR_MAX: u128 = 1 << 62;
const DENOMINATOR_MAX: u128 = 1 << 125;

/// How one currency becomes the asked one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// There is no rate.
    None,
    /// It is the asked one, or worth the same.
    Same,
    /// By a fraction; the same in 64 bits where it fits, as in nearly all cases.
    Fraction { numerator: u128, denominator: u128, short: Option<(u64, u64)> },
}

/// The ways of all currencies a tenant's sales are in, by the number of the currency's word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Converter(Vec<Way>);

impl Converter {
    /// For these sales; none when a rate has more digits than fit.
    pub fn of(sales: &Sales, currency: &InCurrency) -> Option<Self> {
        let words = sales.words(Word::Currency);
        let ways = (0..words.len()).map(|number| {
            let number = u32::try_from(number).ok()?;
            match words.word(number).and_then(|code| currency.fraction(code)) {
                None => Some(Way::None),
                Some((numerator, denominator)) => Way::of(numerator, denominator),
            }
        });
        ways.collect::<Option<Vec<Way>>>().map(Self)
    }

    /// The ways there are, the absent word's included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Minor units of the asked currency; none without a rate.
    #[inline]
    pub fn convert(&self, currency: u32, minor: i64) -> Option<i128> {
        debug_assert_ne!(currency, Words::NONE, "a sale has a currency");
        let way = usize::try_from(currency).ok().and_then(|number| self.0.get(number))?;
        way.convert(minor)
    }
}

impl Way {
    /// Minor units of the asked currency; none without a rate.
    fn convert(self, minor: i64) -> Option<i128> {
        match self {
            Self::None => None,
            Self::Same => Some(i128::from(minor)),
            Self::Fraction { numerator, denominator, short } => {
                let amount = minor.unsigned_abs();
                let quotient = short.and_then(|short| short_of(amount, short));
                let quotient = quotient.unwrap_or_else(|| {
                    (2 * u128::from(amount) * numerator + denominator) / (2 * denominator)
                });
                let rounded = i128::try_from(quotient).ok()?;
                Some(if minor < 0 { -rounded } else { rounded })
            }
        }
    }

    fn of(numerator: u128, denominator: u128) -> Option<Self> {
        if numerator == denominator {
            return Some(Self::Same);
        }
        let fits = numerator <= NUMERATOR_MAX && denominator <= DENOMINATOR_MAX;
        let doubled = 2_u128.checked_mul(denominator).and_then(|twice| u64::try_from(twice).ok());
        let short = u64::try_from(2 * numerator.min(NUMERATOR_MAX)).ok().zip(doubled);
        fits.then_some(Self::Fraction { numerator, denominator, short })
    }
}

/// Whether no rate has more digits than fit.
pub(crate) fn fits(currency: &InCurrency) -> bool {
    currency
        .fractions()
        .all(|(_, numerator, denominator)| Way::of(numerator, denominator).is_some())
}

/// Minor units of the asked currency; none without a rate, or where it does not [fit](fits).
pub(crate) fn converted(currency: &InCurrency, code: &str, minor: i64) -> Option<i128> {
    let (numerator, denominator) = currency.fraction(code)?;
    Way::of(numerator, denominator)?.convert(minor)
}

/// The same in 64 bits: twice the numerator, twice the denominator.
fn short_of(amount: u64, (numerator, denominator): (u64, u64)) -> Option<u128> {
    let product = amount.checked_mul(numerator)?.checked_add(denominator / 2)?;
    Some(u128::from(product / denominator))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(numerator: u128, denominator: u128) -> Option<Converter> {
        Way::of(numerator, denominator).map(|way| Converter(vec![Way::None, way]))
    }

    #[test]
    fn a_conversion_is_rounded_half_away_from_zero() {
        let half = one(1, 2).unwrap();
        let of = |minor| half.convert(1, minor).unwrap();
        assert_eq!((of(1), of(-1), of(2), of(3), of(-3), of(0)), (1, -1, 1, 2, -2, 0));
    }

    #[test]
    fn long_and_short_arithmetic_agree() {
        let short = one(12_677, 100_000).unwrap();
        let long = Converter(vec![
            Way::None,
            Way::Fraction { numerator: 12_677, denominator: 100_000, short: None },
        ]);
        for minor in [0, 1, -1, 394, 50_000_000, -49_999_999, i64::MAX, i64::MIN] {
            assert_eq!(short.convert(1, minor), long.convert(1, minor), "{minor}");
        }
    }

    #[test]
    fn the_largest_amounts_and_rates_that_fit_do_not_overflow() {
        let largest = one(NUMERATOR_MAX, DENOMINATOR_MAX).unwrap();
        assert_eq!(largest.convert(1, i64::MIN), Some(-1));
        let dear = one(NUMERATOR_MAX, 1).unwrap();
        assert_eq!(dear.convert(1, i64::MIN), Some(-(1 << 125)));
        assert!(one(NUMERATOR_MAX + 1, 1).is_none() && one(1, DENOMINATOR_MAX + 1).is_none());
    }
}
