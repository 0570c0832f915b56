//! The oracle itself: `salgslogg verify` against logs somebody has changed by force (row T), with a login that only
//! reads, and on a generated log.

mod corrupted;
mod generated;
mod rights;
mod tamper;

use event_store::EventStore;
use event_store::verify::{Findings, Scope, judge};
use salgslogg::commands::verify::reads_answer;

/// Everything the log itself can be asked.
async fn findings(store: &EventStore) -> Findings {
    let mut findings = Findings::default();
    let scope = Scope { decode: true, receipts: Some(reads_answer), ..Scope::default() };
    judge(store, &scope, &mut findings, &mut |_| {}).await.unwrap();
    findings
}
