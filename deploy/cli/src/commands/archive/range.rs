//! `salgslogg archive detach` and `restore`: what changes the table.

use std::path::Path;

use event_store::archive::detach as ranges;
use serde_json::json;

use super::{Format, opened, refused};
use crate::confirm::Consent;
use crate::database::Database;
use crate::failure::Failure;
use crate::output;

/// Takes a range out.
pub(super) async fn detach(
    database: &Database,
    path: &Path,
    consent: Consent,
    format: Format,
) -> Result<(), Failure> {
    let archive = opened(path)?;
    let manifest = archive.manifest();
    let (first, last, file) = (manifest.first, manifest.last, &manifest.file);
    consent.ask(&format!(
        "take positions {first} to {last} out of the table, leaving them to {file}"
    ))?;
    let mut operator = database.operator().await?;
    let gone = ranges::detach(&mut operator, &database.store(1)?, &archive).await;
    let gone = gone.map_err(refused)?;
    match format {
        Format::Machine => {
            output::json(&json!({"first": first, "last": last, "file": file, "taken_out": gone}))
        }
        Format::People => output::line(&format!(
            "{gone} events of positions {first} to {last} lie in {file} alone now: keep it, twice; `salgslogg archive restore` puts them back"
        )),
    }
}

/// Puts a range back.
pub(super) async fn restore(
    database: &Database,
    path: &Path,
    consent: Consent,
    format: Format,
) -> Result<(), Failure> {
    let archive = opened(path)?;
    let (first, last) = (archive.manifest().first, archive.manifest().last);
    consent.ask(&format!("put positions {first} to {last} back into the table"))?;
    let mut operator = database.operator().await?;
    let events = ranges::restore(&mut operator, &database.store(1)?, &archive).await;
    let events = events.map_err(refused)?;
    match format {
        Format::Machine => output::json(&json!({"first": first, "last": last, "events": events})),
        Format::People => output::line(&format!(
            "positions {first} to {last} are in the table again: {events} events"
        )),
    }
}
