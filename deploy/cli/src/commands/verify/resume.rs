//! Where a run that broke off goes on: a small file, written while the log is judged and removed at the end. It stays where
//! it is from the first contradiction on, so the next run meets that again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use event_store::verify::{Area, Step};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    log: i16,
    from: i64,
}

/// How far a run has come, and the file it is written to when there is one.
#[derive(Debug)]
pub struct Resume {
    file: Option<PathBuf>,
    log: i16,
    began: Option<i64>,
    from: i64,
}

impl Resume {
    /// At what `file` says, or at the beginning where it does not exist yet.
    ///
    /// # Errors
    /// A file that is none of ours or of another log, or that cannot be written.
    pub fn open(file: Option<&Path>, log: i16) -> Result<Self, Failure> {
        let began = file.map(|file| read(file, log)).transpose()?.flatten();
        let from = began.unwrap_or(1);
        if let Some(file) = file {
            write(file, &Noted { log, from }).map_err(|error| told(file, &error))?;
        }
        Ok(Self { file: file.map(Path::to_owned), log, began, from })
    }

    /// Where a run before this one broke off.
    #[must_use]
    pub fn began(&self) -> Option<i64> {
        self.began
    }

    /// Where the next run should go on if this one breaks off now.
    #[must_use]
    pub fn from(&self) -> i64 {
        self.from
    }

    /// Notes how far the log was judged. Its last batch may not have ended there and is judged once more.
    pub fn reached(&mut self, step: Step) {
        if step.area != Area::Log || step.found > 0 {
            return;
        }
        self.from = step.done.max(self.from);
        if let Some(file) = &self.file {
            let noted = Noted { log: self.log, from: self.from };
            // it could be written at the beginning; a full disk makes a verdict no worse
            let _unnoted = write(file, &noted);
        }
    }

    /// The run has come to its end: the next one begins anew.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn done(self) -> Result<(), Failure> {
        let Some(file) = self.file else { return Ok(()) };
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(told(&file, &error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn read(file: &Path, log: i16) -> Result<Option<i64>, Failure> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(told(file, &error)),
    };
    let noted: Noted = serde_json::from_slice(&text).map_err(|error| told(file, &error))?;
    if noted.log != log || noted.from < 1 {
        return Err(told(file, &format!("it is of log {}, from {}", noted.log, noted.from)));
    }
    Ok(Some(noted.from))
}

/// Whole or not at all: a run may be killed at any moment.
fn write(file: &Path, noted: &Noted) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    fs::write(&beside, serde_json::to_vec(noted)?)?;
    fs::rename(beside, file)
}

fn told(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Usage(format!("--resume {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(done: i64, found: u64) -> Step {
        Step { area: Area::Log, done, all: 100, found }
    }

    #[test]
    fn a_run_that_broke_off_goes_on_where_it_was_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("verify.json");
        let mut first = Resume::open(Some(&file), 1).unwrap();
        assert_eq!((first.began(), first.from()), (None, 1));
        first.reached(step(40, 0));
        first.reached(Step { area: Area::Streams, ..step(70, 0) });
        first.reached(step(80, 1));
        drop(first);
        let second = Resume::open(Some(&file), 1).unwrap();
        assert_eq!(second.began(), Some(40));
        assert!(Resume::open(Some(&file), 2).is_err(), "of another log");
        second.done().unwrap();
        assert!(!file.exists());
        fs::write(&file, "{").unwrap();
        assert!(Resume::open(Some(&file), 1).is_err());
    }
}
