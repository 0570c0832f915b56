//! Rows as `COPY … WITH (FORMAT binary)` takes them: each value with its length in front. Must not know a table.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Seconds between the epoch of Unix and that of Postgres, 2000-01-01.
const POSTGRES_EPOCH: i64 = 946_684_800;

/// What every binary COPY begins with.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Rows waiting to be sent.
#[derive(Debug)]
pub(super) struct Sheet(Vec<u8>);

impl Sheet {
    pub(super) fn new() -> Self {
        Self(SIGNATURE.to_vec())
    }

    /// Begins a row of so many columns.
    pub(super) fn row(&mut self, columns: i16) -> &mut Self {
        self.0.extend_from_slice(&columns.to_be_bytes());
        self
    }

    pub(super) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        let length = i32::try_from(value.len()).expect("invariant: a generated value is small");
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(value);
        self
    }

    pub(super) fn null(&mut self) -> &mut Self {
        self.0.extend_from_slice(&(-1_i32).to_be_bytes());
        self
    }

    pub(super) fn small(&mut self, value: i16) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn int(&mut self, value: i32) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn big(&mut self, value: i64) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn maybe_big(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.big(value),
            None => self.null(),
        }
    }

    pub(super) fn uuid(&mut self, value: Uuid) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    pub(super) fn at(&mut self, value: DateTime<Utc>) -> &mut Self {
        self.big(value.timestamp_micros() - POSTGRES_EPOCH * 1_000_000)
    }

    /// Everything, with the mark of its end.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&(-1_i16).to_be_bytes());
        self.0
    }
}
