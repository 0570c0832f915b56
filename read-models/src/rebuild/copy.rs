//! Rows as `COPY … FROM STDIN` takes them, collected table by table: as text to be compared, or in the binary format,
//! which the server takes in twice as fast. Knows how a value is written; must not know what it means.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::binary::{self, Cell, Ids, Infinity, Jsonb};

/// A table and the columns its rows are written in.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, without a schema.
    pub name: &'static str,
    /// The columns in the order of [`Row::put`], separated by commas.
    pub columns: &'static str,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Format {
    /// A line a row.
    #[default]
    Text,
    /// As the server keeps them, nearly.
    Binary,
}

/// Rows waiting to be copied, table by table; as text by default.
#[derive(Debug, Default)]
pub struct Sheets {
    format: Format,
    sheets: Vec<(&'static Table, Vec<u8>)>,
    rows: u64,
    bytes: usize,
}

impl Sheets {
    /// Rows for `COPY … WITH (FORMAT binary)`.
    pub(super) fn binary() -> Self {
        Self { format: Format::Binary, ..Self::default() }
    }

    /// Adds a row of `table`: `write` puts every column, in order.
    pub fn row(&mut self, table: &'static Table, write: impl FnOnce(&mut Row<'_>)) {
        let known = self.sheets.iter().position(|(other, _)| *other == table);
        let at = known.unwrap_or_else(|| {
            let sheet = match self.format {
                Format::Text => Vec::new(),
                Format::Binary => binary::BEGIN.to_vec(),
            };
            self.sheets.push((table, sheet));
            self.sheets.len() - 1
        });
        let sheet = &mut self.sheets[at].1;
        let before = sheet.len();
        match self.format {
            Format::Text => {
                write(&mut Row { sheet, format: self.format, columns: 0 });
                sheet.push(b'\n');
            }
            Format::Binary => {
                sheet.extend_from_slice(&[0; 2]);
                let mut row = Row { sheet, format: self.format, columns: 0 };
                write(&mut row);
                let columns = row.columns.to_be_bytes();
                sheet[before..before + 2].copy_from_slice(&columns);
            }
        }
        self.rows += 1;
        self.bytes += sheet.len() - before;
    }

    /// Bytes waiting.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Rows waiting.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes everything out.
    pub(crate) fn take(&mut self) -> Vec<(&'static Table, Vec<u8>)> {
        let empty = Self { format: self.format, ..Self::default() };
        let mut sheets = std::mem::replace(self, empty).sheets;
        if self.format == Format::Binary {
            for (_, sheet) in &mut sheets {
                sheet.extend_from_slice(&binary::END);
            }
        }
        sheets
    }
}

/// One row in the making.
#[derive(Debug)]
pub struct Row<'a> {
    sheet: &'a mut Vec<u8>,
    format: Format,
    columns: i16,
}

impl Row<'_> {
    /// The next column.
    pub fn put(&mut self, value: impl Column) -> &mut Self {
        match self.format {
            Format::Text => {
                if self.columns > 0 {
                    self.sheet.push(b'\t');
                }
                value.write(self.sheet);
            }
            Format::Binary => binary::put(&value, self.sheet),
        }
        self.columns += 1;
        self
    }
}

/// A value that can stand in a column.
pub trait Column: Cell {
    /// Appends it in the text format of COPY.
    fn write(&self, sheet: &mut Vec<u8>);
}

impl<T: Column + ?Sized> Column for &T {
    fn write(&self, sheet: &mut Vec<u8>) {
        (*self).write(sheet);
    }
}

impl<T: Column> Column for Option<T> {
    fn write(&self, sheet: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(sheet),
            None => sheet.extend_from_slice(br"\N"),
        }
    }
}

impl Column for str {
    fn write(&self, sheet: &mut Vec<u8>) {
        for byte in self.bytes() {
            match byte {
                b'\\' => sheet.extend_from_slice(br"\\"),
                b'\n' => sheet.extend_from_slice(br"\n"),
                b'\r' => sheet.extend_from_slice(br"\r"),
                b'\t' => sheet.extend_from_slice(br"\t"),
                other => sheet.push(other),
            }
        }
    }
}

impl Column for String {
    fn write(&self, sheet: &mut Vec<u8>) {
        self.as_str().write(sheet);
    }
}

impl Column for bool {
    fn write(&self, sheet: &mut Vec<u8>) {
        sheet.push(if *self { b't' } else { b'f' });
    }
}

impl Column for DateTime<Utc> {
    fn write(&self, sheet: &mut Vec<u8>) {
        let text = self.to_rfc3339_opts(SecondsFormat::Micros, true);
        sheet.extend_from_slice(text.as_bytes());
    }
}

impl Column for Infinity {
    fn write(&self, sheet: &mut Vec<u8>) {
        "infinity".write(sheet);
    }
}

impl Column for Jsonb {
    fn write(&self, sheet: &mut Vec<u8>) {
        self.0.write(sheet);
    }
}

impl Column for Ids {
    fn write(&self, sheet: &mut Vec<u8>) {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        format!("{{{}}}", ids.join(",")).write(sheet);
    }
}

/// Values whose text has nothing to escape.
macro_rules! plain {
    ($($kind:ty),*) => {$(
        impl Column for $kind {
            fn write(&self, sheet: &mut Vec<u8>) {
                sheet.extend_from_slice(self.to_string().as_bytes());
            }
        }
    )*};
}

plain!(i16, i32, i64, Uuid, NaiveDate, Decimal);

#[cfg(test)]
mod tests {
    use super::*;

    static PEOPLE: Table = Table { name: "people", columns: "id, name, born" };
    static PLACES: Table = Table { name: "places", columns: "name" };

    #[test]
    fn values_are_written_as_copy_reads_them() {
        let mut sheets = Sheets::default();
        sheets.row(&PEOPLE, |row| {
            row.put(7_i64).put("a\tb\\c\nd\re").put(None::<NaiveDate>);
        });
        sheets.row(&PLACES, |row| {
            row.put(String::from("Åsgård"));
        });
        let at = DateTime::from_timestamp_micros(1_773_144_000_123_456).unwrap();
        sheets.row(&PEOPLE, |row| {
            row.put(Some(Decimal::new(1250, 2))).put(true).put(at);
        });
        assert_eq!((sheets.rows(), sheets.bytes()), (3, 19 + 9 + 36));
        let written: Vec<_> = sheets.take();
        assert_eq!(written[0].0, &PEOPLE);
        assert_eq!(
            String::from_utf8(written[0].1.clone()).unwrap(),
            "7\ta\\tb\\\\c\\nd\\re\t\\N\n12.50\tt\t2026-03-10T12:00:00.123456Z\n"
        );
        assert_eq!(written[1].1, "Åsgård\n".as_bytes());
        assert_eq!((sheets.rows(), sheets.bytes()), (0, 0));
    }

    #[test]
    fn the_binary_format_is_the_servers_own() {
        let mut sheets = Sheets::binary();
        sheets.row(&PEOPLE, |row| {
            row.put(7_i64).put("\t").put(None::<NaiveDate>);
        });
        sheets.row(&PLACES, |row| {
            row.put(NaiveDate::from_ymd_opt(2000, 1, 3)).put(Infinity).put(Ids(Vec::new()));
        });
        let written = sheets.take();
        let rows = |table: usize| {
            let sheet = written[table].1.strip_prefix(binary::BEGIN).unwrap();
            sheet.strip_suffix(&binary::END).unwrap().to_vec()
        };
        let first = b"\0\x03\0\0\0\x08\0\0\0\0\0\0\0\x07\0\0\0\x01\t\xff\xff\xff\xff";
        assert_eq!(rows(0), first);
        let mut second = b"\0\x03\0\0\0\x04\0\0\0\x02\0\0\0\x08\x7f".to_vec();
        second.extend_from_slice(&[0xff; 7]);
        second.extend_from_slice(b"\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\x0b\x86");
        assert_eq!(rows(1), second);
        sheets.row(&PLACES, |row| {
            row.put(true);
        });
        assert!(sheets.take()[0].1.starts_with(binary::BEGIN), "a sheet taken begins anew");
    }
}
