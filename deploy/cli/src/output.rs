//! The printing room: all text for people and machines leaves through here.
//!
//! Results go to standard output, remarks and refusals to standard error. A reader that goes away
//! (`| head`) ends the run quietly.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::tables::MARK;

/// Writes a text and its line end to standard output.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| Failure::of_output(&error))
}

/// Writes a text whose marks are red where colours are seen: on a terminal, unless NO_COLOR is set, and
/// wherever CLICOLOR_FORCE is.
pub fn marked(text: &str, environment: &Environment) -> Result<(), Failure> {
    let wanted = environment.first(&["NO_COLOR"]).is_none() && io::stdout().is_terminal();
    if wanted || environment.first(&["CLICOLOR_FORCE"]).is_some() {
        return line(&text.replace(MARK, &format!("\x1b[31m{MARK}\x1b[0m")));
    }
    line(text)
}

/// Writes bytes as they are to standard output.
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::of_output(&error))
}

/// Writes a JSON value on one line.
pub fn json(value: &Value) -> Result<(), Failure> {
    line(&value.to_string())
}

/// Writes the body of an answer as it came, on one line.
pub fn answer(body: &[u8]) -> Result<(), Failure> {
    line(String::from_utf8_lossy(body).trim_end())
}

/// Writes a remark for people to standard error; a closed standard error is nobody's loss.
pub fn remark(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Writes a question to standard error and leaves the line open for the answer.
pub fn question(text: &str) {
    let mut err = io::stderr().lock();
    drop(write!(err, "{text}").and_then(|()| err.flush()));
}
