//! Archives: a full partition of the log in a file that proves itself and that anybody reads with `gzip` and `jq`.
//!
//! The file is NDJSON under gzip: a line for each event with its verbatim bytes and content hash, and behind the last
//! event of each batch a line with the batch and its link of the chain. Beside it lies a manifest. What a file promises
//! is checked by [`proof`]; [`detach`] takes verified ranges out of the table and puts them back. Whoever reads a range
//! that is not whole is refused with [`StoreError::Archived`](crate::StoreError::Archived), never given a hole (case 53).

pub mod detach;
pub mod file;
mod guard;
pub mod line;
pub mod manifest;
pub mod proof;
pub mod replay;

use std::path::PathBuf;

use thiserror::Error;

use crate::StoreError;

pub use manifest::Manifest;

/// An archive cannot be made, believed, taken out or put back.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The file contradicts itself, its manifest or the log.
    #[error("{file}: {what}")]
    Refuted {
        /// The file.
        file: String,
        /// What is wrong, with the position where there is one.
        what: String,
    },
    /// It may not be done with this range.
    #[error("{0}")]
    NotNow(String),
    /// A range of the replay lies in a file that was not given.
    #[error("{0}")]
    Missing(StoreError),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Log(StoreError),
    /// The database could not be reached or gave up.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// Whoever takes the lines wants no more.
    #[error("the reader of the lines went away")]
    Unwanted,
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        match error {
            archived @ StoreError::Archived { .. } => Self::Missing(archived),
            other @ (StoreError::Unavailable(_) | StoreError::Corrupt { .. }) => Self::Log(other),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // writing to a string cannot fail
        write!(text, "{byte:02x}").ok();
        text
    })
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| pair.len() == 2)
        })
        .collect()
}

pub(crate) fn hash(text: &str) -> Option<[u8; 32]> {
    unhex(text)?.try_into().ok()
}
