//! The command line from outside: mappings over files, and the binary with its exit codes.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod binary;
mod manual;
mod opportunities;
mod parked;
mod shop;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use events::TenantSlug;
use salgslogg::import::rehearsal::Rehearsal;
use salgslogg::mapping::language::Mapping;
use salgslogg::mapping::{Names, Plan};
use serde_json::Value;

/// A file or folder of this crate.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The plan of a mapping file over an input.
fn plan(mapping: &Path, input: &Path) -> Arc<Plan> {
    let text = std::fs::read_to_string(mapping).unwrap();
    Arc::new(Plan::open(&Mapping::parse(&text).unwrap(), input).unwrap())
}

/// The rehearsal of a plan for a tenant, with all lines.
fn rehearse(plan: &Arc<Plan>, tenant: &str) -> (Rehearsal, Vec<Value>) {
    let tenant = TenantSlug::parse(tenant).unwrap();
    let names = Arc::new(Names { tenant, source: plan.source.clone() });
    let rehearsal = Rehearsal::of(plan, &names, usize::MAX).unwrap();
    let lines = rehearsal.sample.iter();
    let lines = lines.map(|line| serde_json::from_str(line).unwrap());
    let lines = lines.collect();
    (rehearsal, lines)
}
