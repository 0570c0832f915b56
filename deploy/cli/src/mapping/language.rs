//! The TOML of a mapping as it is written, before any file is opened. Unknown keys are refused.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::failure::Failure;

/// A whole mapping file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the source, part of ids and keys.
    pub source: String,
    /// Texts for `{const.name}`.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// The CSV files by their names in this mapping.
    pub files: BTreeMap<String, File>,
    /// Commands that come before all records, in order.
    #[serde(default)]
    pub setup: Vec<Command>,
    /// What a row becomes.
    pub records: Records,
}

/// One CSV file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name in the imported folder.
    pub path: String,
    /// The column other files look rows up by.
    pub key: Option<String>,
    /// What separates fields.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// How dates are written.
    #[serde(default = "iso_date")]
    pub date_format: String,
    /// What separates units from decimals.
    #[serde(default = "full_stop")]
    pub decimal: char,
    /// Column → other spelling → value.
    #[serde(default)]
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
    /// Column → the values it may hold.
    #[serde(default)]
    pub allowed: BTreeMap<String, Vec<String>>,
    /// Column → the file its value leads to.
    #[serde(default)]
    pub joins: BTreeMap<String, String>,
}

/// What one row becomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// The file whose rows are records.
    pub file: String,
    /// The kind of thing a row is, part of its derived id.
    pub kind: String,
    /// Template of the id the source gives it.
    pub external_id: String,
    /// The commands of a row, in order.
    pub commands: Vec<Command>,
}

/// One command, of the setup or of each row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Its name in the bulk contract, such as `RegisterSale`.
    pub command: String,
    /// Its last word in the key; the command's name by default.
    pub name: Option<String>,
    /// Setup only: the file for whose rows it is sent.
    pub each: Option<String>,
    /// Template of the id it is about; of a row's command, the row's derived id by default.
    pub id: Option<String>,
    /// Template of its effective time.
    pub effective_at: Option<String>,
    /// Columns that must hold one of the values.
    #[serde(default)]
    pub when: BTreeMap<String, Values>,
    /// Columns that must not hold any of the values.
    #[serde(default)]
    pub unless: BTreeMap<String, Values>,
    /// Template of the body.
    #[serde(default)]
    pub body: toml::Table,
    /// Refusals that mean "done earlier" once the record was found to exist.
    pub done_if: Option<Vec<String>>,
    /// What a refusal means for the import.
    pub on_refusal: Option<OnRefusal>,
}

/// One value or several.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub enum Values {
    /// Exactly this one.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

/// What a refused command means for the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRefusal {
    /// A remark; the import succeeds all the same.
    Note,
    /// A refused line; the import goes on and ends with exit code 1.
    Report,
    /// The import ends here.
    Stop,
}

fn comma() -> char {
    ','
}

fn iso_date() -> String {
    "%Y-%m-%d".to_owned()
}

fn full_stop() -> char {
    '.'
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`Failure::Usage`] with the line and column of the fault.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            Failure::Usage(format!("the mapping is faulty: {}", error.to_string().trim_end()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_by_its_name_and_line() {
        let failure = Mapping::parse("source = \"x\"\nsauce = 1\n").unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        let said = failure.to_string();
        assert!(said.contains("sauce") && said.contains("line 2"), "{said}");
    }

    #[test]
    fn what_may_be_left_out_has_its_documented_default() {
        let mapping = Mapping::parse(
            "source = 'x'\n[files.f]\npath = 'f.csv'\n[records]\nfile = 'f'\nkind = 'sale'\nexternal_id = '{no}'\ncommands = []\n",
        )
        .unwrap();
        let file = &mapping.files["f"];
        assert_eq!(
            (file.delimiter, file.decimal, file.date_format.as_str()),
            (',', '.', "%Y-%m-%d")
        );
        assert!(file.key.is_none() && mapping.setup.is_empty() && mapping.constants.is_empty());
    }
}
