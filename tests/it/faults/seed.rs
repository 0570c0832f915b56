//! Chance that can be repeated: a seed that is told, and numbers that follow from it.

use service_runtime::ids;

/// A small generator (splitmix64): equal seeds, equal storms.
pub struct Chance(u64);

impl Chance {
    /// From `SALGSLOGG_SEED`, else a new one. Told in the test's output, which cargo shows when the test fails.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no configuration but these variables"
    )]
    pub fn told() -> Self {
        let given = std::env::var("SALGSLOGG_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| ids::new_id().as_u64_pair().1 & 0xffff_ffff);
        tell(&format!("SALGSLOGG_SEED={seed}"));
        Self::from_seed(seed)
    }

    /// From a given seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// What the next numbers follow from: the seed, before anything was drawn.
    pub fn seed(&self) -> u64 {
        self.0
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap();
        usize::try_from(self.next() % n).unwrap()
    }

    /// Yes once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// The same things in another order.
    pub fn shuffled<T>(&mut self, mut things: Vec<T>) -> Vec<T> {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
        things
    }
}

/// Whether the long tests run too (`./deploy/test --faults`).
#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
pub fn all_faults() -> bool {
    std::env::var("SALGSLOGG_FAULTS").is_ok_and(|which| which == "full")
}

/// A line for whoever reads a test's output, which cargo shows when the test fails.
#[expect(clippy::print_stdout, reason = "a test tells what it did")]
pub fn tell(text: &str) {
    println!("{text}");
}
