//! Lists as files for spreadsheets (SD-28): `GET /v1/<list>/export`.
//!
//! Of sales and activities, which row stands where is asked once, as the list would ask; then their cells are looked up
//! piece by piece at the same position and moment, as the pages of a list are. So no answer is held whole, no connection
//! to the database waits for a slow client, and a caller is shown what the list shows them, no more. Lists of figures are
//! short: they are asked as anybody asks them, and [`table`] shows the answer as rows. Whoever takes lists away needs the
//! right `export`.

mod activities;
mod analyses;
mod answers;
mod catalogue;
mod cell;
mod csv_file;
mod due;
mod histories;
mod nested;
mod params;
mod parties;
mod pieces;
mod sales;
mod selections;
mod sums;
pub(crate) mod table;
mod targets;
mod workbook;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use service_runtime::{Actor, Problem, Right};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ask::{Questions, Snapshot};
pub(crate) use answers::FileAnswers;
pub(crate) use params::{ExportParams, OF_FILES};

use cell::Cell;
use params::Format;
use pieces::{Chosen, Pieces, Reading};

/// Every list that can be taken away, one line each.
pub(crate) fn routes() -> OpenApiRouter<Questions> {
    OpenApiRouter::new()
        .routes(routes!(sales::sales_export))
        .routes(routes!(sums::sale_summary_export))
        .routes(routes!(sums::pipeline_export))
        .routes(routes!(analyses::loss_analysis_export))
        .routes(routes!(analyses::stage_conversion_export))
        .routes(routes!(analyses::stage_sales_export))
        .routes(routes!(due::due_export))
        .routes(routes!(catalogue::users_export))
        .routes(routes!(catalogue::stages_export))
        .routes(routes!(catalogue::sale_types_export))
        .routes(routes!(catalogue::currencies_export))
        .routes(routes!(catalogue::target_types_export))
        .routes(routes!(parties::companies_export))
        .routes(routes!(parties::contacts_export))
        .routes(routes!(histories::sale_history_export))
        .routes(routes!(histories::activity_history_export))
        .routes(routes!(histories::target_history_export))
        .routes(routes!(sums::forecast_export))
        .routes(routes!(nested::grouped_export))
        .routes(routes!(nested::board_export))
        .routes(routes!(selections::selections_export))
        .routes(routes!(selections::members_export))
        .routes(routes!(targets::targets_export))
        .routes(routes!(activities::activities_export))
}

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
        Self::at(list, format, snapshot.today, (questions.log_id, snapshot.position))
    }

    fn at(list: &str, format: Format, day: NaiveDate, position: (i16, i64)) -> Self {
        let ending = format.as_str();
        Self {
            name: format!("attachment; filename=\"{list}-{day}.{ending}\""),
            position: format!("{}:{}", position.0, position.1),
        }
    }
}

/// The answer: a file that is written while it is sent.
async fn file<P: Pieces>(
    params: ExportParams,
    label: Label,
    pieces: P,
    zone: chrono_tz::Tz,
) -> Result<Response, Problem> {
    let pieces = Chosen::of(pieces, &params)?;
    let body = match params.format {
        Format::Csv => Body::from_stream(csv_file::lines(pieces, params.mark).await?),
        Format::Xlsx => Body::from_stream(workbook::bytes(pieces, zone).await?),
    };
    let headers = [
        (CONTENT_TYPE, params.format.media_type().to_owned()),
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
