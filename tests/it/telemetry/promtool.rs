//! promtool, as `./deploy/test` found or fetched it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with rules, dashboard and example configuration.
pub fn observability() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/observability")
}

/// Runs promtool; answers what it said when it is not content.
pub fn promtool(arguments: &[&str], input: &str) -> Result<String, String> {
    let mut child = Command::new(program())
        .args(arguments)
        .current_dir(observability())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let told = child.wait_with_output().unwrap();
    let text = [told.stdout, told.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    if told.status.success() { Ok(text) } else { Err(text) }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
fn program() -> PathBuf {
    let said = std::env::var("SALGSLOGG_TEST_PROMTOOL")
        .expect("SALGSLOGG_TEST_PROMTOOL is not set; ./deploy/test sets it");
    assert!(Path::new(&said).is_file(), "{said}");
    said.into()
}
