//! What `deploy/compose/compose.yaml` describes, without a container engine: the files are held against linters and
//! rules, and the same services run from local programs with exactly the environment it gives them.

mod compose;
mod files;
mod journey;
mod stage;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Runs a Python program with the packages of the tests; answers what it printed, or what it complained about.
fn python(program: &str, arguments: &[&Path]) -> Result<String, String> {
    let mut python = Command::new(variable("SALGSLOGG_TEST_PYTHON"));
    let told = python.args(["-c", program]).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    if told.status.success() { Ok(text(told.stdout)) } else { Err(text(told.stderr)) }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; ./deploy/test sets it"))
}
