//! How often a fault was provoked and how often the product failed: a line for `./deploy/test --faults`, which prints
//! them all at the end. Must not judge anything.

use std::io::Write;

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
