//! The files of the house: everything below its root that people write.

use std::fs;
use std::path::{Path, PathBuf};

/// A file: its path from the root, with slashes, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Folders that are made, fetched or private; cargo's `target` beside a manifest is another one.
const NOT_OURS: [&str; 4] = [".git", ".local", "node_modules", "dist"];

/// Kinds of file people write; files without an extension are scripts.
const KINDS: [&str; 14] = [
    "css", "html", "js", "json", "md", "py", "rs", "sh", "sql", "svelte", "toml", "ts", "yaml",
    "yml",
];

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("invariant: the tests live in a folder of the workspace").to_owned()
}

/// Every file people write, in order.
pub(crate) fn all() -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    files.sort();
    assert!(files.len() > 200, "the house has more files than that: {}", files.len());
    let root = root();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, text }
    };
    files.into_iter().map(read).collect()
}

/// Every Rust source.
pub(crate) fn rust() -> Vec<Source> {
    all().into_iter().filter(|source| source.path.ends_with(".rs")).collect()
}

/// Whether a source is a test, or made for tests only.
pub(crate) fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = path.extension().map(|kind| kind.to_string_lossy().into_owned());
        let built = name == "target" && folder.join("Cargo.toml").exists();
        if built || path.is_symlink() || NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if kind.map_or(!name.starts_with('.'), |kind| KINDS.contains(&kind.as_str())) {
            files.push(path);
        }
    }
}

/// Demands that a rule finds nothing in the house.
#[track_caller]
pub(crate) fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_walk_sees_sources_and_skips_what_is_made() {
    let paths: Vec<String> = all().into_iter().map(|source| source.path).collect();
    for seen in [
        "events/src/lib.rs",
        "command-service/domain/src/target/mod.rs",
        "migrations/event_store/0001_log.sql",
        "deploy/up",
        "Cargo.toml",
    ] {
        assert!(paths.iter().any(|path| path == seen), "{seen}");
    }
    assert!(!paths.iter().any(|path| path.starts_with("target/") || path.starts_with(".git/")));
    assert!(
        is_test("tests/it/main.rs") && is_test("a/src/sale/tests.rs") && !is_test("a/src/sale.rs")
    );
}
