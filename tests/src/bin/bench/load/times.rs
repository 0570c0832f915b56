//! How long answers took.

use std::time::Duration;

/// Times of one measurement, and how long it lasted as a whole.
#[derive(Debug, Clone, Default)]
pub struct Times {
    sorted: Vec<Duration>,
    elapsed: Duration,
}

impl Times {
    /// Of all connections together.
    pub fn new(mut times: Vec<Duration>, elapsed: Duration) -> Self {
        times.sort_unstable();
        Self { sorted: times, elapsed }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// How many a second.
    pub fn rate(&self) -> f64 {
        rate(self.sorted.len(), self.elapsed)
    }

    /// So many of a hundred took at most this long, in milliseconds.
    #[expect(clippy::float_arithmetic, reason = "milliseconds for people")]
    pub fn percentile_ms(&self, of_hundred: usize) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        let at = (self.sorted.len() * of_hundred / 100).min(last);
        self.sorted.get(at).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    }
}

/// So many a second.
#[expect(clippy::float_arithmetic, reason = "a rate")]
pub fn rate(count: usize, elapsed: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / elapsed.as_secs_f64()
}
