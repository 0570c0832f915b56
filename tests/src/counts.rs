//! How often a fault was provoked and how often the product failed: a line for `./deploy/test --faults`, which prints
//! them all at the end. Must not judge anything.

use std::io::Write;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::world::optional;

/// Where the lines go; set by `./deploy/test --faults`.
pub const REPORT_VARIABLE: &str = "SALGSLOGG_FAULTS_REPORT";

/// Notes that fault `id` (a case's number, K1, X1, …) was provoked so many times, with so many failures, from these
/// seeds. Shown in the test's own output as well.
///
/// # Panics
/// When the report cannot be written.
#[expect(clippy::print_stdout, reason = "a test tells what it did")]
pub fn tell(id: &str, runs: usize, failures: usize, seeds: &[u64]) {
    let seeds: Vec<_> = seeds.iter().map(ToString::to_string).collect();
    let line = format!("{id},{runs},{failures},{}", seeds.join(" "));
    println!("{line}");
    if let Some(path) = optional(REPORT_VARIABLE) {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        writeln!(file.expect("the report can be opened"), "{line}").expect("the report is written");
    }
}

/// So many runs as the full counts ask for (`./deploy/test --faults`), else the few of every day.
#[must_use]
pub fn runs(few: usize, full: usize) -> usize {
    if optional("SALGSLOGG_FAULTS").as_deref() == Some("full") { full } else { few }
}

/// Rounds of one fault. A round that fails is counted, whatever comes after it; the line is told in any case.
#[derive(Debug)]
pub struct Rounds {
    id: &'static str,
    seeds: Vec<u64>,
    runs: usize,
    failures: usize,
}

impl Rounds {
    /// Of fault `id`, with what chance followed from.
    #[must_use]
    pub fn of(id: &'static str, seeds: &[u64]) -> Self {
        Self { id, seeds: seeds.to_vec(), runs: 0, failures: 0 }
    }

    /// Whether this round came to its end without a panic. After one that did not, the next begins with a new scene.
    pub async fn held(&mut self, round: impl Future<Output = ()>) -> bool {
        self.runs += 1;
        let held = AssertUnwindSafe(round).catch_unwind().await.is_ok();
        self.failures += usize::from(!held);
        held
    }

    /// All of them have been run.
    ///
    /// # Panics
    /// When one of them failed.
    pub fn end(self) {
        assert_eq!(self.failures, 0, "rounds of {} failed, of {}", self.id, self.runs);
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        tell(self.id, self.runs, self.failures, &self.seeds);
    }
}

#[cfg(test)]
mod tests {
    use super::Rounds;

    #[tokio::test]
    async fn a_round_that_fails_is_counted_and_the_rest_goes_on() {
        let mut rounds = Rounds::of("of a test", &[7]);
        assert!(rounds.held(async {}).await);
        assert!(!rounds.held(async { panic!("a round that fails") }).await);
        assert!(rounds.held(async {}).await);
        assert_eq!((rounds.runs, rounds.failures), (3, 1));
        let end = std::panic::catch_unwind(|| rounds.end());
        assert!(end.is_err(), "the test fails at the end");
    }
}
