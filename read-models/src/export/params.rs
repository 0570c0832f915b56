//! How a list is taken away.

use service_runtime::Problem;
use utoipa::IntoParams;

use crate::ask::{FromGiven, Given, bad};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Xlsx,
}

impl Format {
    /// The word of the contract, and the ending of the file's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Parameter of an export.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportParams {
    /// `csv` (UTF-8, commas, RFC 4180) or `xlsx`. Default: `csv`.
    #[param(value_type = Option<String>, example = "xlsx")]
    pub format: Format,
}

impl FromGiven for ExportParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let word = given.text("format").unwrap_or_else(|| Format::Csv.as_str().to_owned());
        let known = [Format::Csv, Format::Xlsx].into_iter().find(|known| known.as_str() == word);
        Ok(Self { format: known.ok_or_else(|| bad("format", "must be csv or xlsx"))? })
    }
}
