//! Log files of a stack's programs: opened for appending, kept below a size by moving what is old to a second file.
//! Programs go on writing into the file they were given, so none has to know of it.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A longer log is moved aside, bytes; so a program keeps at most twice as much.
const LOG_MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Opens a log for appending, after moving a long one aside.
///
/// # Errors
/// When it cannot be written.
pub fn open(path: &Path) -> Result<File> {
    bound(path, LOG_MAX_BYTES)?;
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Moves aside what is too long among the logs in `folder`, also while programs write there.
///
/// # Errors
/// When the system refuses.
pub fn bound_all(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|end| end == "log") {
            bound(&path, LOG_MAX_BYTES)?;
        }
    }
    Ok(())
}

/// Copies a log that is longer than `most` to `<name>.1` and empties it. Its writers append, so they go on at its new
/// end; lines written between copy and emptying are lost.
fn bound(path: &Path, most: u64) -> Result<()> {
    if !fs::metadata(path).is_ok_and(|found| found.len() > most) {
        return Ok(());
    }
    if fs::copy(path, older(path)).is_err() {
        // a full disk needs space more than old lines
        drop(fs::remove_file(older(path)));
    }
    let emptied = OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(0));
    emptied.with_context(|| format!("cannot empty {}", path.display()))
}

fn older(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    name.into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_long_log_is_moved_aside_while_its_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postgres.log");
        let mut writer = open(&path).unwrap();
        writer.write_all(b"one\ntwo\n").unwrap();
        bound(&path, 8).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n", "8 bytes are not too many");
        bound(&path, 7).unwrap();
        writer.write_all(b"three\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three\n");
        assert_eq!(fs::read_to_string(older(&path)).unwrap(), "one\ntwo\n");
        bound(&path, 5).unwrap();
        assert_eq!(fs::read_to_string(older(&path)).unwrap(), "three\n", "one older file is kept");
    }

    #[test]
    fn only_logs_are_looked_at_and_nothing_there_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        bound_all(&folder.path().join("nowhere")).unwrap();
        let (long, other) = (folder.path().join("a.log"), folder.path().join("a.log.1"));
        for path in [&long, &other] {
            File::create(path).unwrap().set_len(LOG_MAX_BYTES + 1).unwrap();
        }
        bound_all(folder.path()).unwrap();
        assert_eq!(fs::metadata(&long).unwrap().len(), 0);
        assert_eq!(fs::metadata(&other).unwrap().len(), LOG_MAX_BYTES + 1);
        assert!(!older(&other).exists());
    }
}
