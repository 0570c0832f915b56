//! Which crate may know which. The manifests are the truth: what is not in them does not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use toml::Table;

use super::sources::{none, root};

/// Our crates: the folder of each, and the crates of ours it may use. Never service → service, read-models →
/// domain, events → anything.
const DIRECTION: [(&str, &str, &[&str]); 11] = [
    ("events", "events", &[]),
    ("domain", "command-service/domain", &["events"]),
    ("event-store", "events/store", &["events"]),
    ("service-runtime", "deploy/runtime", &["events"]),
    ("read-models", "read-models", &["event-store", "events", "service-runtime"]),
    ("command-service", "command-service", &["domain", "event-store", "events", "service-runtime"]),
    (
        "projection-service",
        "projection-service",
        &["event-store", "events", "read-models", "service-runtime"],
    ),
    // migrations, tokens and the binaries of both services
    ("local-stack", "deploy/local", &["event-store", "events", "read-models", "service-runtime"]),
    // the public API, and the log and its read models for `verify` and migrations
    ("salgslogg", "deploy/cli", &["event-store", "events", "read-models"]),
    (
        "system-tests",
        "tests",
        &[
            "command-service",
            "domain",
            "event-store",
            "events",
            "local-stack",
            "projection-service",
            "read-models",
            "salgslogg",
            "service-runtime",
        ],
    ),
    // sources of both services under a scheduler of its own
    (
        "interleavings",
        "tests/interleavings",
        &["command-service", "domain", "event-store", "events", "service-runtime"],
    ),
];

/// What tests alone may use: the servers, and the wires between them.
const IN_TESTS: [(&str, &str); 2] =
    [("command-service", "local-stack"), ("projection-service", "local-stack")];

/// Crates that decide and remember without the world.
const PURE: [&str; 2] = ["domain", "events"];

/// What would let the world in.
const IMPURE: [&str; 13] = [
    "async-nats",
    "axum",
    "futures",
    "getrandom",
    "hyper",
    "metrics",
    "rand",
    "reqwest",
    "sqlx",
    "tokio",
    "tokio-util",
    "tower",
    "tracing",
];

/// Every crate a manifest names, tests and build scripts included.
fn named(manifest: &Table) -> BTreeSet<String> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = tables.iter().filter_map(|table| manifest.get(*table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// What one crate's manifest does that it may not.
fn faults(name: &str, manifest: &str) -> Vec<String> {
    let manifest: Table = manifest.parse().unwrap();
    let (_, _, allowed) = DIRECTION.iter().find(|(known, ..)| *known == name).unwrap();
    let ours: BTreeSet<&str> = DIRECTION.iter().map(|(name, ..)| *name).collect();
    let shipped = |used: &str| {
        let tables = ["dependencies", "build-dependencies"];
        tables
            .iter()
            .any(|table| manifest.get(*table).is_some_and(|table| table.get(used).is_some()))
    };
    let mut faults = Vec::new();
    for used in named(&manifest) {
        let in_tests = IN_TESTS.contains(&(name, used.as_str())) && !shipped(&used);
        if ours.contains(used.as_str()) && !allowed.contains(&used.as_str()) && !in_tests {
            faults.push(format!("{name} may not use {used}"));
        }
        if PURE.contains(&name) && IMPURE.contains(&used.as_str()) {
            faults.push(format!("{name} is pure and may not use {used}"));
        }
    }
    faults
}

fn manifest(folder: &str) -> String {
    fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap()
}

#[test]
fn crates_use_each_other_in_one_direction_only() {
    none(DIRECTION.iter().flat_map(|(name, folder, _)| faults(name, &manifest(folder))).collect());
}

#[test]
fn the_workspace_has_exactly_the_crates_of_the_list() {
    let workspace: Table = manifest("").parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap().iter();
    let members: BTreeSet<&str> = members.map(|member| member.as_str().unwrap()).collect();
    let listed: BTreeSet<&str> = DIRECTION.iter().map(|(_, folder, _)| *folder).collect();
    assert_eq!(members, listed);
    for (name, folder, _) in DIRECTION {
        let crate_manifest: Table = manifest(folder).parse().unwrap();
        assert_eq!(crate_manifest["package"]["name"].as_str(), Some(name), "{folder}");
    }
}

#[test]
fn the_list_itself_has_no_circle() {
    let uses: BTreeMap<&str, &[&str]> =
        DIRECTION.iter().map(|(name, _, allowed)| (*name, *allowed)).collect();
    let mut built: BTreeSet<&str> = BTreeSet::new();
    while built.len() < uses.len() {
        let next = uses.iter().find(|(name, allowed)| {
            !built.contains(*name) && allowed.iter().all(|used| built.contains(used))
        });
        built.insert(next.expect("a circle").0);
    }
}

#[test]
fn the_rule_says_no_to_a_forbidden_crate() {
    let manifest = "[dependencies]\nevents.workspace = true\n";
    assert!(faults("domain", manifest).is_empty());
    for (name, line) in [
        ("events", "[dependencies]\ndomain = { path = \"x\" }"),
        ("command-service", "[dependencies]\nprojection-service.workspace = true"),
        ("command-service", "[dependencies]\nlocal-stack.workspace = true"),
        ("read-models", "[dev-dependencies]\ndomain.workspace = true"),
        ("domain", "[dependencies]\ntokio = \"1\""),
        ("events", "[dev-dependencies]\nsqlx.workspace = true"),
        ("salgslogg", "[build-dependencies.command-service]\nworkspace = true"),
    ] {
        assert_eq!(faults(name, line).len(), 1, "{line}");
    }
}
