//! Repeatable chance: the same seed throws the same figures on every machine (splitmix64). Never for
//! secrets.

/// A sequence of draws.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A figure from `low` to `high`, both included; `low` when there is nothing between.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).saturating_add(1).max(1).unsigned_abs();
        low.saturating_add_unsigned(self.next() % span)
    }

    /// Yes in `percent` of all cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of several; there has to be one.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let last = i64::try_from(from.len()).unwrap_or(i64::MAX) - 1;
        let at = usize::try_from(self.between(0, last)).unwrap_or_default();
        *from.get(at).expect("invariant: what is drawn from holds something")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_figures_and_another_seed_others() {
        let throw = |seed| {
            let mut dice = Dice::new(seed);
            [(); 20].map(|()| dice.between(-3, 90))
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }

    #[test]
    fn every_figure_between_two_bounds_comes_up_and_none_outside() {
        let mut dice = Dice::new(1);
        let thrown: std::collections::BTreeSet<_> = (0..500).map(|_| dice.between(-1, 4)).collect();
        assert_eq!(thrown.into_iter().collect::<Vec<_>>(), [-1, 0, 1, 2, 3, 4]);
        assert_eq!(dice.between(5, 5), 5);
        assert_eq!(dice.between(5, 4), 5);
        assert!(!dice.chance(0) && dice.chance(100));
        assert_eq!(dice.pick(&[3]), 3);
    }
}
