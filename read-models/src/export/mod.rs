//! Lists as files for spreadsheets (SD-28): `GET /v1/sales/export` and `GET /v1/activities/export`.
//!
//! Which rows, in which order, is asked once, as the list would ask; then their cells are looked up piece by piece at
//! the same position and moment, as the pages of a list are. So no answer is held whole, no connection to the database
//! waits for a slow client, and a caller is shown what the list shows them, no more. Whoever takes lists away needs the
//! right `export`.

mod activities;
mod cell;
mod csv_file;
mod params;
mod pieces;
mod sales;
mod workbook;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use service_runtime::{Actor, Problem, Right};

use crate::ask::{Questions, Snapshot};
pub(crate) use activities::{__path_activities_export, activities_export};
pub(crate) use sales::{__path_sales_export, sales_export};

use cell::Cell;
use params::{ExportParams, Format};
use pieces::{Pieces, Reading};

/// Rows of a file at most.
const ROWS_MAX: usize = 100_000;

/// Rows to ask for: one more than a file may have.
const ROWS_ASKED: i64 = 100_001;

/// Whether a caller may take lists away in their tenant, as it is now.
fn may_export(actor: &Actor, snapshot: &Snapshot) -> Result<(), Problem> {
    actor.require(Right::ReadTenant)?;
    actor.require_in(&snapshot.rights, Right::Export)
}

/// Refuses what no file holds.
fn fits(rows: usize) -> Result<(), Problem> {
    if rows <= ROWS_MAX {
        return Ok(());
    }
    let detail = format!("a file has {ROWS_MAX} rows at most; ask for fewer by filters");
    Err(Problem::refused("too_many_rows", detail))
}

/// What a file is called and of when it is.
struct Label {
    name: String,
    position: String,
}

impl Label {
    fn of(list: &str, format: Format, snapshot: &Snapshot, questions: &Questions) -> Self {
        let (day, ending) = (snapshot.today, format.as_str());
        Self {
            name: format!("attachment; filename=\"{list}-{day}.{ending}\""),
            position: format!("{}:{}", questions.log_id, snapshot.position),
        }
    }
}

/// The answer: a file that is written while it is sent.
async fn file<P: Pieces>(
    format: Format,
    label: Label,
    pieces: P,
    zone: chrono_tz::Tz,
) -> Result<Response, Problem> {
    let body = match format {
        Format::Csv => Body::from_stream(csv_file::lines(pieces).await?),
        Format::Xlsx => Body::from_stream(workbook::bytes(pieces, zone).await?),
    };
    let headers = [
        (CONTENT_TYPE, format.media_type().to_owned()),
        (CONTENT_DISPOSITION, label.name),
        (http::HeaderName::from_static("salgslogg-position"), label.position),
    ];
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_hundred_thousand_rows_at_most_sd_28() {
        assert!(fits(0).is_ok() && fits(ROWS_MAX).is_ok());
        let refused = fits(ROWS_MAX + 1).unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code()), (422, "too_many_rows"));
        assert_eq!(usize::try_from(ROWS_ASKED).unwrap(), ROWS_MAX + 1);
    }
}
