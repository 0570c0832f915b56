//! Files that others join: kept in memory, found by their key column.

use std::collections::HashMap;

use csv::StringRecord;

use super::sheet::Sheet;
use crate::failure::Failure;

/// A file kept in memory, found by its key column.
#[derive(Debug)]
pub struct Lookup {
    /// Its columns.
    pub sheet: Sheet,
    key: usize,
    rows: HashMap<String, StringRecord>,
}

impl Lookup {
    /// Reads a whole file into memory.
    ///
    /// # Errors
    /// [`Failure::Usage`] when a row cannot be read or two rows share a key.
    pub fn read(sheet: Sheet, key: &str) -> Result<Self, Failure> {
        let key = sheet.required(key)?;
        let mut rows = HashMap::new();
        for row in sheet.rows()? {
            let row = row.map_err(|fault| {
                Failure::Usage(format!("{}, line {}: {}", sheet.file, fault.line, fault.why))
            })?;
            let value = sheet.value(&row.fields, key).to_owned();
            if rows.contains_key(&value) {
                let name = sheet.name(key);
                return Err(Failure::Usage(format!(
                    "{}, line {}: `{value}` stands twice in {name}",
                    sheet.file, row.line
                )));
            }
            rows.insert(value, row.fields);
        }
        Ok(Self { sheet, key, rows })
    }

    /// A field of the row with this key; `None` when there is no such row.
    pub fn field(&self, key: &str, column: usize) -> Option<&str> {
        self.rows.get(key).map(|fields| self.sheet.value(fields, column))
    }

    /// The name of the key column.
    pub fn key_name(&self) -> &str {
        self.sheet.name(self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, "key,x\na,1\nb,2\na,3\n").unwrap();
        let sheet = Sheet::open(&path, &toml::from_str("path = 'f.csv'").unwrap()).unwrap();
        let failure = Lookup::read(sheet, "key").unwrap_err();
        assert_eq!(failure.to_string(), "f.csv, line 4: `a` stands twice in key");
    }
}
