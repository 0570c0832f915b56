//! The manifest beside an archive: what the file holds, in figures that anybody can compute again.

use serde::{Deserialize, Serialize};

/// What stands in `<name>.manifest.json`. Hashes are hexadecimal SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `salgslogg-archive/1`: what the lines mean.
    pub format: String,
    /// The program that wrote it.
    pub program: String,
    /// Name of the file.
    pub file: String,
    /// The log.
    pub log: i16,
    /// First position.
    pub first: i64,
    /// Last position.
    pub last: i64,
    /// Events, one a position.
    pub events: i64,
    /// Of the file as it lies there.
    pub file_sha256: String,
    /// Of the content hashes of all events (32 bytes each), in order of position.
    pub contents_sha256: String,
    /// The chain before the first batch that ends here.
    pub chain_before: Link,
    /// The chain behind the last batch that ends here.
    pub chain_after: Link,
    /// Content hashes of the events behind that batch: theirs ends in the next range.
    pub tail: Vec<String>,
}

/// A place in the chain of batches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Last position of the batch, 0 before the first one.
    pub position: i64,
    /// Its chain hash; before the first batch that of the log's name.
    pub hash: String,
}

/// The format this program writes and reads.
pub const FORMAT: &str = "salgslogg-archive/1";

/// `log-1-0000000000001-0000020000000`, without an ending.
pub fn stem(log: i16, first: i64, last: i64) -> String {
    format!("log-{log}-{first:013}-{last:013}")
}
