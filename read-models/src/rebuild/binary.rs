//! Values as `COPY … FROM STDIN WITH (FORMAT binary)` takes them: what the server would have parsed from text is laid
//! out by us. Knows Postgres's formats on the wire; must not know what a value means.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::Encode;
use sqlx::postgres::PgArgumentBuffer;
use uuid::Uuid;

/// What a sheet begins with: the signature, no flags, no extension.
pub(super) const BEGIN: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
pub(super) const END: [u8; 2] = (-1_i16).to_be_bytes();

/// Microseconds from 1970 to 2000, where Postgres counts from.
const MICROS_TO_2000: i64 = 946_684_800_000_000;
/// Object id of the type uuid.
const UUID: u32 = 2950;

/// A value in its column's binary format.
pub trait Cell {
    /// Appends it, without its length.
    fn write_binary(&self, sheet: &mut Vec<u8>);

    /// Whether there is none.
    fn is_null(&self) -> bool {
        false
    }
}

/// Appends a value behind its length.
pub(super) fn put(value: &impl Cell, sheet: &mut Vec<u8>) {
    if value.is_null() {
        sheet.extend_from_slice(&(-1_i32).to_be_bytes());
        return;
    }
    let at = sheet.len();
    sheet.extend_from_slice(&[0; 4]);
    value.write_binary(sheet);
    let length = i32::try_from(sheet.len() - at - 4).expect("invariant: a value is below 2 GiB");
    sheet[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

impl<T: Cell + ?Sized> Cell for &T {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        (*self).write_binary(sheet);
    }

    fn is_null(&self) -> bool {
        (*self).is_null()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write_binary(sheet);
        }
    }

    fn is_null(&self) -> bool {
        self.as_ref().is_none_or(Cell::is_null)
    }
}

impl Cell for str {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        sheet.extend_from_slice(self.as_bytes());
    }
}

impl Cell for String {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        sheet.extend_from_slice(self.as_bytes());
    }
}

impl Cell for bool {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        sheet.push(u8::from(*self));
    }
}

/// Whole numbers of a fixed width.
macro_rules! whole {
    ($($kind:ty),*) => {$(
        impl Cell for $kind {
            fn write_binary(&self, sheet: &mut Vec<u8>) {
                sheet.extend_from_slice(&self.to_be_bytes());
            }
        }
    )*};
}

whole!(i16, i32, i64);

impl Cell for Uuid {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        sheet.extend_from_slice(self.as_bytes());
    }
}

impl Cell for DateTime<Utc> {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        (self.timestamp_micros() - MICROS_TO_2000).write_binary(sheet);
    }
}

impl Cell for NaiveDate {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        let from = NaiveDate::from_ymd_opt(2000, 1, 1).expect("invariant: a date");
        let days = self.signed_duration_since(from).num_days();
        i32::try_from(days).expect("invariant: a date of our calendar").write_binary(sheet);
    }
}

impl Cell for Decimal {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        let mut numeric = PgArgumentBuffer::default();
        let encoded = Encode::<sqlx::Postgres>::encode_by_ref(self, &mut numeric);
        assert!(encoded.is_ok(), "invariant: every decimal is a numeric");
        sheet.extend_from_slice(&numeric);
    }
}

/// The end of a version that is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Infinity;

impl Cell for Infinity {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        i64::MAX.write_binary(sheet);
    }
}

/// JSON in a column of type `jsonb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jsonb(pub String);

impl Cell for Jsonb {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        sheet.push(1);
        self.0.write_binary(sheet);
    }
}

/// Ids in a column of type `uuid[]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids(pub Vec<Uuid>);

impl Cell for Ids {
    fn write_binary(&self, sheet: &mut Vec<u8>) {
        let length = i32::try_from(self.0.len()).expect("invariant: a list is short");
        let dimensions = i32::from(length > 0);
        (dimensions).write_binary(sheet);
        0_i32.write_binary(sheet);
        sheet.extend_from_slice(&UUID.to_be_bytes());
        if length > 0 {
            length.write_binary(sheet);
            1_i32.write_binary(sheet);
        }
        for id in &self.0 {
            put(id, sheet);
        }
    }
}
