//! How long a file may be. Functions are measured by clippy (`too_many_lines`, 60 lines, `clippy.toml`).

use std::fs;

use toml::Table;

use super::sources::{Source, all, none, root};

/// Lines of a file at most, tests included.
const LINES_MAX: usize = 500;

/// Lines of prose at most.
const PROSE_LINES_MAX: usize = 250;

fn faults(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let max = if source.path.ends_with(".md") { PROSE_LINES_MAX } else { LINES_MAX };
    (lines > max).then(|| format!("{}: {lines} lines, at most {max}", source.path))
}

#[test]
fn no_file_is_longer_than_a_reader_has_patience() {
    none(all().iter().filter_map(faults).collect());
}

#[test]
fn functions_are_measured_by_clippy_at_60_lines() {
    let read =
        |name: &str| -> Table { fs::read_to_string(root().join(name)).unwrap().parse().unwrap() };
    assert_eq!(read("clippy.toml")["too-many-lines-threshold"].as_integer(), Some(60));
    let lint = &read("Cargo.toml")["workspace"]["lints"]["clippy"]["too_many_lines"];
    assert!(matches!(lint.as_str(), Some("warn" | "deny")), "{lint:?}");
}

#[test]
fn the_rule_says_no_to_a_long_file() {
    let source = |path: &str, lines: usize| Source { path: path.into(), text: "x\n".repeat(lines) };
    assert_eq!(faults(&source("a.rs", 500)), None);
    assert!(faults(&source("a.rs", 501)).is_some());
    assert!(
        faults(&source("README.md", 250)).is_none() && faults(&source("README.md", 251)).is_some()
    );
}
