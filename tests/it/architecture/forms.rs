//! What every source begins with, and what none of them holds.

use super::sources::{Source, is_test, none, rust};

/// Crates whose matches are the checklist of a new event or command: no arm for "everything else".
const EXHAUSTIVE: [&str; 3] = ["events/", "command-service/domain/", "read-models/"];

/// Sources that may have such an arm, how many, and why the compiler's checklist is not weakened.
const OPEN_ARMS: [(&str, usize, &str); 6] = [
    (
        "events/src/upcast.rs",
        1,
        "matches (type, version) of stored bytes, which are texts and numbers",
    ),
    ("events/store/src/append.rs", 1, "matches a failure together with a slice of any length"),
    ("events/store/src/error.rs", 3, "matches SQLSTATEs and sqlx's own non-exhaustive error"),
    ("events/store/src/leases.rs", 1, "matches sqlx's own non-exhaustive error"),
    ("events/store/src/outcome.rs", 1, "matches a status number of the append function"),
    (
        "command-service/domain/src/references.rs",
        4,
        "a reference of another aggregate is no answer; see its accessors",
    ),
];

/// Marks of unfinished work and of tests that do not run.
const UNFINISHED: [&str; 4] = ["todo!", "unimplemented!", "#[ignore", "dbg!("];

fn module_story(source: &Source) -> Option<String> {
    let told = source.text.lines().next().is_some_and(|line| line.starts_with("//! "));
    (!told).then(|| format!("{}: a module begins with its story, `//! …`", source.path))
}

/// Code without comments and without what stands in quotes on one line.
fn code(line: &str) -> String {
    let line = line.split("//").next().unwrap_or_default();
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

fn open_arms(source: &Source) -> usize {
    source.text.lines().filter(|line| code(line).trim_start().starts_with("_ =>")).count()
}

fn silent_arm(source: &Source) -> Option<String> {
    let watched =
        EXHAUSTIVE.iter().any(|folder| source.path.starts_with(folder)) && !is_test(&source.path);
    let allowed =
        OPEN_ARMS.iter().find(|(path, ..)| *path == source.path).map_or(0, |(_, n, _)| *n);
    let found = open_arms(source);
    (watched && found != allowed).then(|| {
        format!("{}: {found} arms `_ =>`, {allowed} are allowed with a reason", source.path)
    })
}

fn unfinished(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, number) in source.text.lines().zip(1..) {
        let line = code(line);
        let sleeps = is_test(&source.path) && line.contains("sleep(");
        if sleeps || UNFINISHED.iter().any(|mark| line.contains(mark)) {
            faults.push(format!("{}:{number}: {}", source.path, line.trim()));
        }
    }
    faults
}

#[test]
fn every_module_begins_with_its_story() {
    none(rust().iter().filter_map(module_story).collect());
}

#[test]
fn no_arm_is_silent_about_our_own_variants() {
    none(rust().iter().filter_map(silent_arm).collect());
}

#[test]
fn nothing_is_left_unfinished_and_no_test_sleeps_or_is_skipped() {
    none(rust().iter().flat_map(unfinished).collect());
}

#[test]
fn the_rules_say_no() {
    let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    assert!(module_story(&source("a.rs", "use x;\n//! late")).is_some());
    assert!(module_story(&source("a.rs", "//! Owns a.\n")).is_none());
    let silent = "match event {\n    Won => 1,\n    _ => 0,\n}";
    for folder in EXHAUSTIVE {
        assert!(silent_arm(&source(&format!("{folder}src/x.rs"), silent)).is_some(), "{folder}");
    }
    assert!(silent_arm(&source("deploy/cli/src/x.rs", silent)).is_none());
    assert!(silent_arm(&source("events/src/x.rs", "// _ => 0\n\"_ => 0\"")).is_none());
    assert!(silent_arm(&source("events/src/upcast.rs", "")).is_some(), "an allowance nobody needs");
    for bad in ["todo!()", "    unimplemented!(\"later\")", "#[ignore = \"slow\"]", "dbg!(x);"] {
        assert_eq!(unfinished(&source("a/src/x.rs", bad)).len(), 1, "{bad}");
    }
    let nap = "tokio::time::sleep(SECOND).await;";
    assert_eq!(unfinished(&source("a/tests/x.rs", nap)).len(), 1);
    assert!(unfinished(&source("a/src/clock.rs", nap)).is_empty());
    assert!(unfinished(&source("a/tests/x.rs", "// todo!() and sleep(1)")).is_empty());
}
