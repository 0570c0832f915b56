//! CSV files: their columns, aliases and joins, and the rows in file order.
//!
//! A sheet holds no row: the file of the records is only ever read row by row.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::StringRecord;

use super::language;
use super::lookup::Lookup;
use crate::failure::Failure;

/// The columns of a file and what the mapping says about their values.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The file's name for people.
    pub file: String,
    path: PathBuf,
    delimiter: u8,
    header: Vec<String>,
    aliases: Vec<HashMap<String, String>>,
    allowed: Vec<Option<HashSet<String>>>,
    joins: Vec<Option<Arc<Lookup>>>,
    /// How its dates are written.
    pub date_format: String,
    /// Its decimal mark.
    pub decimal: char,
}

/// A row where it stands in its file.
#[derive(Debug, Clone)]
pub struct Row {
    /// The fields.
    pub fields: StringRecord,
    /// Line of its first character, from 1.
    pub line: u64,
    /// Offset of its first byte.
    pub byte: u64,
}

/// A row that cannot be read, and why.
#[derive(Debug)]
pub struct Unreadable {
    /// Line of its first character.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
}

impl Sheet {
    /// No file at all: what a setup command without `each` sees.
    pub fn none() -> Self {
        Self { date_format: "%Y-%m-%d".to_owned(), decimal: '.', ..Self::default() }
    }

    /// Opens a file, reads its header and checks the columns the mapping names; joins come later.
    pub fn open(path: &Path, spec: &language::File) -> Result<Self, Failure> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let delimiter = u8::try_from(spec.delimiter).map_err(|_| {
            Failure::Usage(format!("the delimiter of {file} must be one ASCII character"))
        })?;
        let mut sheet = Self {
            file,
            path: path.to_owned(),
            delimiter,
            date_format: spec.date_format.clone(),
            decimal: spec.decimal,
            ..Self::default()
        };
        let header = sheet.reader()?.headers().map_err(|error| sheet.unusable(&error))?.clone();
        sheet.header = header.iter().map(|name| name.trim().to_owned()).collect();
        sheet.aliases = vec![HashMap::new(); sheet.header.len()];
        sheet.allowed = vec![None; sheet.header.len()];
        sheet.joins = vec![None; sheet.header.len()];
        for (column, aliases) in &spec.aliases {
            let column = sheet.required(column)?;
            sheet.aliases[column] = aliases.clone().into_iter().collect();
        }
        for (column, values) in &spec.allowed {
            let column = sheet.required(column)?;
            sheet.allowed[column] = Some(values.iter().cloned().collect());
        }
        Ok(sheet)
    }

    /// Connects the columns that lead to other files.
    pub fn joined(
        mut self,
        spec: &language::File,
        lookups: &BTreeMap<String, Arc<Lookup>>,
    ) -> Result<Self, Failure> {
        for (column, target) in &spec.joins {
            let column = self.required(column)?;
            let lookup = lookups.get(target).ok_or_else(|| {
                Failure::Usage(format!(
                    "{} joins `{target}`, which is no file with a key",
                    self.file
                ))
            })?;
            self.joins[column] = Some(Arc::clone(lookup));
        }
        Ok(self)
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The name of a column.
    pub fn name(&self, column: usize) -> &str {
        &self.header[column]
    }

    /// The file a column leads to.
    pub fn join(&self, column: usize) -> Option<&Arc<Lookup>> {
        self.joins.get(column)?.as_ref()
    }

    /// A value as the mapping sees it: trimmed, aliases applied.
    pub fn value<'a>(&'a self, fields: &'a StringRecord, column: usize) -> &'a str {
        let written = fields.get(column).unwrap_or_default().trim();
        self.aliases[column].get(written).map_or(written, String::as_str)
    }

    /// The first value a column may not hold, as a sentence.
    pub fn disallowed(&self, fields: &StringRecord) -> Option<String> {
        let mut bounded = self
            .allowed
            .iter()
            .enumerate()
            .filter_map(|(column, allowed)| Some((column, allowed.as_ref()?)));
        let (column, _) =
            bounded.find(|(column, allowed)| !allowed.contains(self.value(fields, *column)))?;
        Some(format!(
            "`{}` is no value the mapping knows for {}",
            self.value(fields, column),
            self.header[column]
        ))
    }

    /// Size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.path.metadata().map_or(0, |metadata| metadata.len())
    }

    /// The rows from the first one on. A row that cannot be read does not end the walk.
    pub fn rows(&self) -> Result<impl Iterator<Item = Result<Row, Unreadable>> + use<>, Failure> {
        let mut reader = self.reader()?;
        reader.headers().map_err(|error| self.unusable(&error))?;
        let mut ended = false;
        Ok(std::iter::from_fn(move || {
            let mut fields = StringRecord::new();
            if ended {
                return None;
            }
            match reader.read_record(&mut fields) {
                Ok(false) => None,
                Ok(true) => {
                    let (line, byte) =
                        fields.position().map_or((0, 0), |at| (at.line(), at.byte()));
                    Some(Ok(Row { fields, line, byte }))
                }
                Err(error) => {
                    ended = error.is_io_error();
                    let line =
                        error.position().map_or(reader.position().line(), csv::Position::line);
                    Some(Err(Unreadable { line, why: explain(&error) }))
                }
            }
        }))
    }

    fn reader(&self) -> Result<csv::Reader<File>, Failure> {
        let file = File::open(&self.path).map_err(|error| {
            Failure::Usage(format!("cannot read {}: {error}", self.path.display()))
        })?;
        Ok(csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(file))
    }

    /// The place of a column the mapping names.
    pub fn required(&self, column: &str) -> Result<usize, Failure> {
        self.column(column)
            .ok_or_else(|| Failure::Usage(format!("{} has no column `{column}`", self.file)))
    }

    fn unusable(&self, error: &csv::Error) -> Failure {
        Failure::Usage(format!("cannot read the header of {}: {}", self.file, explain(error)))
    }
}

fn explain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => format!("field {} is not UTF-8", err.field() + 1),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} fields, the header has {expected_len}")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(extra: &str) -> language::File {
        toml::from_str(&format!("path = 'f.csv'\n{extra}")).unwrap()
    }

    fn sheet(text: &[u8], extra: &str) -> (tempfile::TempDir, Sheet) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, text).unwrap();
        let sheet = Sheet::open(&path, &spec(extra)).unwrap();
        (folder, sheet)
    }

    #[test]
    fn rows_keep_their_line_numbers_across_quoted_line_ends_and_faults() {
        let (_folder, sheet) = sheet(
            b"\xef\xbb\xbfno;text\n1;\"two\nlines\"\n2\n3;caf\xe9\n4;end\n",
            "delimiter = ';'",
        );
        let seen: Vec<_> = sheet
            .rows()
            .unwrap()
            .map(|row| match row {
                Ok(row) => (row.line, row.fields[0].to_owned()),
                Err(fault) => (fault.line, fault.why),
            })
            .collect();
        let expected = [
            (2, "1"),
            (4, "it has 1 fields, the header has 2"),
            (5, "field 2 is not UTF-8"),
            (6, "4"),
        ];
        assert_eq!(seen, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn values_are_trimmed_and_aliased_and_checked() {
        let (_folder, sheet) = sheet(
            b"product,state\n GTXPro ,new\nGTX Pro,odd\n",
            "aliases.product = { GTXPro = 'GTX Pro' }\nallowed.state = ['new']",
        );
        let rows: Vec<_> = sheet.rows().unwrap().map(Result::unwrap).collect();
        assert_eq!(sheet.value(&rows[0].fields, 0), "GTX Pro");
        assert_eq!(sheet.disallowed(&rows[0].fields), None);
        assert_eq!(
            sheet.disallowed(&rows[1].fields).unwrap(),
            "`odd` is no value the mapping knows for state"
        );
    }
}
