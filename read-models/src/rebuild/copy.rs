//! Rows as `COPY … FROM STDIN` takes them (text format), collected table by table. Knows how a value is written;
//! must not know what it means.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A table and the columns its rows are written in.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, without a schema.
    pub name: &'static str,
    /// The columns in the order of [`Row::put`], separated by commas.
    pub columns: &'static str,
}

/// Rows waiting to be copied, table by table.
#[derive(Debug, Default)]
pub struct Sheets {
    sheets: Vec<(&'static Table, Vec<u8>)>,
    rows: u64,
    bytes: usize,
}

impl Sheets {
    /// Adds a row of `table`: `write` puts every column, in order.
    pub fn row(&mut self, table: &'static Table, write: impl FnOnce(&mut Row<'_>)) {
        let known = self.sheets.iter().position(|(other, _)| *other == table);
        let at = known.unwrap_or_else(|| {
            self.sheets.push((table, Vec::new()));
            self.sheets.len() - 1
        });
        let sheet = &mut self.sheets[at].1;
        let before = sheet.len();
        write(&mut Row { sheet, first: true });
        sheet.push(b'\n');
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
        std::mem::take(self).sheets
    }
}

/// One row in the making.
#[derive(Debug)]
pub struct Row<'a> {
    sheet: &'a mut Vec<u8>,
    first: bool,
}

impl Row<'_> {
    /// The next column.
    pub fn put(&mut self, value: impl Column) -> &mut Self {
        if !self.first {
            self.sheet.push(b'\t');
        }
        self.first = false;
        value.write(self.sheet);
        self
    }
}

/// A value that can stand in a column.
pub trait Column {
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
}
