//! `salgslogg archive create`, `verify` and `replay`: what only reads the log.

use std::path::{Path, PathBuf};

use event_store::archive::line::Line;
use event_store::archive::{ArchiveError, file, manifest, replay as lines};
use event_store::partitions;
use serde_json::json;

use super::{Format, opened, refused, told};
use crate::commands::partition;
use crate::database::Database;
use crate::failure::Failure;
use crate::output;

/// Writes an archive and proves what was written.
pub(super) async fn create(
    database: &Database,
    first: Option<i64>,
    folder: &Path,
    format: Format,
) -> Result<(), Failure> {
    let store = database.store(1)?;
    let head = store.head().await.map_err(partition::refused)?;
    let all = partitions::list(&store).await.map_err(partition::refused)?;
    let full = |one: &&partitions::Partition| one.last_position < head && one.file.is_none();
    let log = store.log_id();
    let written = |one: &partitions::Partition| {
        let stem = manifest::stem(log, one.first_position, one.last_position);
        folder.join(format!("{stem}.ndjson.gz")).exists()
    };
    let wanted = |one: &&partitions::Partition| match first {
        Some(first) => one.first_position == first,
        None => !written(one),
    };
    let Some(chosen) = all.iter().filter(full).find(wanted) else {
        return Err(Failure::Negative(match first {
            None => {
                "no full partition is without a file there; `salgslogg partition list` shows all"
                    .to_owned()
            }
            Some(first) => format!(
                "no full partition that is not detached begins at {first}; `salgslogg partition list` shows all"
            ),
        }));
    };
    let range = (chosen.first_position, chosen.last_position);
    let program = concat!("salgslogg ", env!("CARGO_PKG_VERSION"));
    let archive = file::create(&store, range, folder, program).await.map_err(refused)?;
    archive.verify().map_err(refused)?;
    told(&archive, "written and proved", format)
}

/// Proves a file.
pub(super) async fn verify(
    against: Option<&Database>,
    path: &Path,
    format: Format,
) -> Result<(), Failure> {
    let archive = opened(path)?;
    match against {
        None => archive.verify().map_err(refused)?,
        Some(database) => {
            archive.verify_against(&database.store(1)?, false).await.map_err(refused)?;
        }
    }
    told(&archive, "proved", format)
}

/// Prints the whole log.
pub(super) async fn replay(
    database: &Database,
    files: &[PathBuf],
    quiet: bool,
    format: Format,
) -> Result<(), Failure> {
    let store = database.store(1)?;
    let mut gone = None;
    let mut print = |line: &Line| {
        if quiet {
            return Ok(());
        }
        let mut text = line.to_json(store.log_id()).map_err(|source| ArchiveError::File {
            path: PathBuf::from("a line"),
            source: source.into(),
        })?;
        text.push(b'\n');
        output::bytes(&text).map_err(|failure| {
            gone = Some(failure);
            ArchiveError::Unwanted
        })
    };
    let replayed = lines::replay(&store, files, &mut print).await;
    if let Some(failure) = gone {
        return Err(failure);
    }
    let replayed = replayed.map_err(refused)?;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (contents, chain) = (hex(&replayed.contents), hex(&replayed.chain));
    let head = replayed.head;
    match (quiet, format) {
        (true, Format::Machine) => {
            output::json(&json!({"head": head, "contents_sha256": contents, "chain_hash": chain}))
        }
        (true, Format::People) => output::line(&format!(
            "positions 1 to {head} are proved\n  contents  {contents}\n  chain     {chain}"
        )),
        (false, _) => {
            output::remark(&format!("positions 1 to {head} are proved, chain {chain}"));
            Ok(())
        }
    }
}
