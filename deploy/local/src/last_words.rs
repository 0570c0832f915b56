//! What a program that ended has to say: the telling part of its log, in one line for people.

use std::path::Path;

/// So much of a log's end is read, bytes.
const TAIL_BYTES: usize = 8192;
/// So many of its last lines are considered.
const RECENT_LINES: usize = 12;
/// So much of a line is told, characters.
const TOLD_MAX: usize = 300;
/// Words that tell of trouble, as Postgres, NATS and our own services write them.
const TELLING: [&str; 6] = ["FATAL", "PANIC", "[FTL]", "[ERR]", "ERROR", "panicked"];

/// The last line of a log that tells of trouble, else its last line. An error with its causes, as a
/// program of this workspace ends with, is told as one line.
#[must_use]
pub fn last_words(log: &Path) -> Option<String> {
    let bytes = std::fs::read(log).ok()?;
    let tail = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL_BYTES)..]);
    let lines: Vec<&str> = tail.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let recent = &lines[lines.len().saturating_sub(RECENT_LINES)..];
    let told = match recent.iter().rposition(|line| line.starts_with("Error: ")) {
        Some(start) => with_causes(&recent[start..]),
        None => {
            let telling = |line: &&&str| TELLING.iter().any(|word| line.contains(word));
            plain(recent.iter().rev().find(telling).or(recent.last())?)
        }
    };
    Some(told.chars().take(TOLD_MAX).collect())
}

/// `Error: a`, `Caused by:`, `0: b`, `1: c` as `a: b: c`; a stack trace is left out.
fn with_causes(lines: &[&str]) -> String {
    let told = lines.iter().take_while(|line| !line.starts_with("Stack backtrace"));
    let told = told.filter(|line| **line != "Caused by:");
    let bare = told.map(|line| {
        let line = line.trim_start_matches("Error: ");
        match line.split_once(": ") {
            Some((number, rest)) if number.chars().all(|c| c.is_ascii_digit()) => rest,
            Some(_) | None => line,
        }
    });
    bare.collect::<Vec<_>>().join(": ")
}

/// A structured log line reduced to what it says.
fn plain(line: &str) -> String {
    let Ok(record) = serde_json::from_str::<serde_json::Value>(line) else {
        return line.to_owned();
    };
    match (record["message"].as_str(), record["error"].as_str()) {
        (Some(message), Some(error)) => format!("{message}: {error}"),
        (Some(message), None) => message.to_owned(),
        (None, _) => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(log: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, log).unwrap();
        last_words(&path)
    }

    #[test]
    fn a_structured_line_is_told_in_plain_words() {
        let line = r#"{"level":"ERROR","message":"the log cannot be reached","error":"refused"}"#;
        assert_eq!(told(line).as_deref(), Some("the log cannot be reached: refused"));
    }

    #[test]
    fn an_error_is_told_with_its_causes_and_without_its_stack() {
        let log = "starting\nError: the log's schema\n\nCaused by:\n    0: it lacks migration 3\n    1: old\n\n\
                   Stack backtrace:\n   0: main\n";
        assert_eq!(told(log).as_deref(), Some("the log's schema: it lacks migration 3: old"));
    }

    #[test]
    fn trouble_goes_before_the_last_line() {
        assert_eq!(told("a\nFATAL: no\nbye\n").as_deref(), Some("FATAL: no"));
        assert_eq!(told("a\nbye\n").as_deref(), Some("bye"));
        assert_eq!(told(""), None);
    }
}
