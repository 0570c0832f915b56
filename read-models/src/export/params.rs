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

/// Parameters of an export.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportParams {
    /// `csv` (UTF-8, commas, RFC 4180) or `xlsx`. Default: `csv`.
    #[param(value_type = Option<String>, example = "xlsx")]
    pub format: Format,
    /// Whether a CSV file begins with a byte order mark, by which spreadsheets know UTF-8: `true` or `false`, the default.
    #[param(rename = "bom", value_type = Option<bool>)]
    pub mark: bool,
    /// Headings of the columns of the file, in their order. Default: all.
    #[param(value_type = Option<Vec<String>>, explode = false, example = "number,title,amount")]
    fields: Option<Vec<String>>,
}

/// Names of these parameters: a list asked again without a file takes none of them.
pub(crate) const OF_FILES: [&str; 3] = ["format", "bom", "fields"];

impl ExportParams {
    /// The places of the columns that are asked for, among these headings.
    ///
    /// # Errors
    /// 400: one of them is none of the file's, or is asked for twice.
    pub fn places(&self, headings: &[&str]) -> Result<Vec<usize>, Problem> {
        let Some(fields) = &self.fields else { return Ok((0..headings.len()).collect()) };
        let mut places = Vec::with_capacity(fields.len());
        for field in fields {
            let place = headings.iter().position(|heading| heading == field);
            let place = place.filter(|place| !places.contains(place));
            let rule = || format!("must be some of {}, each once", headings.join(", "));
            places.push(place.ok_or_else(|| bad("fields", &rule()))?);
        }
        Ok(places)
    }
}

impl FromGiven for ExportParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let word = given.text("format").unwrap_or_else(|| Format::Csv.as_str().to_owned());
        let known = [Format::Csv, Format::Xlsx].into_iter().find(|known| known.as_str() == word);
        let format = known.ok_or_else(|| bad("format", "must be csv or xlsx"))?;
        let mark = given.take("bom", "must be true or false")?.unwrap_or(false);
        if mark && format == Format::Xlsx {
            return Err(bad("bom", "is for csv only"));
        }
        Ok(Self { format, mark, fields: given.list("fields")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_chosen_by_their_headings_in_the_order_asked_sd_28() {
        let asked = |fields: Option<&[&str]>| {
            let fields = fields.map(|fields| fields.iter().map(|f| (*f).to_owned()).collect());
            let params = ExportParams { format: Format::Csv, mark: false, fields };
            params.places(&["number", "title", "amount"])
        };
        assert_eq!(asked(None).unwrap(), [0, 1, 2]);
        assert_eq!(asked(Some(&["amount", "number"])).unwrap(), [2, 0]);
        for wrong in [&["colour"][..], &["number", "number"], &["Number"]] {
            assert_eq!(asked(Some(wrong)).unwrap_err().code(), "bad_parameter", "{wrong:?}");
        }
    }
}
