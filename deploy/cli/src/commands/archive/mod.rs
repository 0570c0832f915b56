//! `salgslogg archive`: full partitions of the log in files that prove themselves. The work is done by
//! `event_store::archive`; here are only arguments and words.

mod files;
mod range;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use event_store::archive::ArchiveError;
use event_store::archive::file::Archive;
use serde_json::{Value, json};

use super::Format;
use crate::confirm::Consent;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::stack::Stack;

/// What to do with archives.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Write a full partition to a compressed file with its manifest; the table stays as it is
    Create(Create),
    /// Prove a file: its own hash, every event, the chain of batches, what the manifest says
    Verify(Verify),
    /// Take the range of a file out of the table, after comparing every row with it
    Detach(Change),
    /// Put the range of a file back into the table
    Restore(Change),
    /// The whole log as lines, from archives and the table alike, proved on the way
    Replay(Replay),
}

/// Arguments of `archive create`.
#[derive(Debug, Args)]
#[command(after_help = "\
The file is NDJSON under gzip, a line for each event with its verbatim bytes and its hash, and one for each batch:
  gzip -dc log-1-0000000000001-0000020000000.ndjson.gz | jq -r .payload

Examples:
  salgslogg archive create --to /backup/log
  salgslogg archive create --first 20000001 --to /backup/log")]
pub struct Create {
    /// First position of the partition [default: of the oldest full one without a file there]
    #[arg(long, value_name = "POSITION")]
    first: Option<i64>,
    /// The folder
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Arguments of `archive verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Needs no database, unless --against-log is given: then both ends of the chain are compared with the log.

Examples:
  salgslogg archive verify log-1-0000000000001-0000020000000.ndjson.gz
  salgslogg archive verify log-1-0000000000001-0000020000000.ndjson.gz --against-log")]
pub struct Verify {
    /// The file; its manifest lies beside it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compare the ends of its chain with the log
    #[arg(long)]
    against_log: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Arguments of `archive detach` and `archive restore`.
#[derive(Debug, Args)]
#[command(after_help = "\
Detaching takes out events of sales and activities that had no event since, except the newest of each; everything
else stays. Commands and live questions go on. Whoever needs what is gone (history of such a sale, /v1/events from
before, a rebuild, verify) is refused with the name of the file until `salgslogg archive restore` has put it back.
The oldest range goes first and comes back last; the newest partition never goes. Asks first, unless --yes is given.

Examples:
  salgslogg archive detach log-1-0000000000001-0000020000000.ndjson.gz
  salgslogg archive restore log-1-0000000000001-0000020000000.ndjson.gz --yes")]
pub struct Change {
    /// The file; its manifest lies beside it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Arguments of `archive replay`.
#[derive(Debug, Args)]
#[command(after_help = "\
Prints the lines an archive of the whole log would hold: equal logs give equal bytes, wherever they lie.

Examples:
  salgslogg archive replay | sha256sum
  salgslogg archive replay --quiet log-1-0000000000001-0000020000000.ndjson.gz")]
pub struct Replay {
    /// Archives of the ranges that were detached
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Prove only, print no lines
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Does it.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let find = |database: &DatabaseArguments| Database::find(database, stack.environment());
    match arguments {
        Arguments::Create(create) => {
            files::create(&find(&create.database)?, create.first, &create.to, format).await
        }
        Arguments::Verify(verify) => {
            let against = verify.against_log.then(|| find(&verify.database)).transpose()?;
            files::verify(against.as_ref(), &verify.file, format).await
        }
        Arguments::Detach(change) => {
            range::detach(&find(&change.database)?, &change.file, change.consent, format).await
        }
        Arguments::Restore(change) => {
            range::restore(&find(&change.database)?, &change.file, change.consent, format).await
        }
        Arguments::Replay(replay) => {
            files::replay(&find(&replay.database)?, &replay.files, replay.quiet, format).await
        }
    }
}

/// What went wrong, with its exit code.
fn refused(error: ArchiveError) -> Failure {
    let said = error.to_string();
    match error {
        ArchiveError::Refuted { .. } | ArchiveError::NotNow(_) | ArchiveError::Missing(_) => {
            Failure::Negative(said)
        }
        ArchiveError::File { .. } => Failure::Usage(said),
        ArchiveError::Log(_) => Failure::Unreachable(said),
        ArchiveError::Database(error) => failed(&error),
        ArchiveError::Unwanted => Failure::ReaderGone,
    }
}

fn opened(file: &Path) -> Result<Archive, Failure> {
    Archive::open(file).map_err(refused)
}

/// What is said of an archive that stood its proof.
fn told(archive: &Archive, deed: &str, format: Format) -> Result<(), Failure> {
    let manifest = archive.manifest();
    let mut value = serde_json::to_value(manifest).unwrap_or(Value::Null);
    match format {
        Format::Machine => {
            value["done"] = json!(deed);
            output::json(&value)
        }
        Format::People => output::line(&format!(
            "{} {deed}: log {}, positions {} to {}, {} events\n  file      {}\n  contents  {}\n  chain     {} (up to {})",
            manifest.file,
            manifest.log,
            manifest.first,
            manifest.last,
            manifest.events,
            manifest.file_sha256,
            manifest.contents_sha256,
            manifest.chain_after.hash,
            manifest.chain_after.position,
        )),
    }
}
