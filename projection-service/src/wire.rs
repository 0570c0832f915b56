//! Reads a log row back from a NATS message (CloudEvents 1.0, binary mode, with our extensions).
//! Owns the header names as a reader sees them. Must not trust a message: whoever decodes one gets
//! an error unless every header is there and the content hash fits every byte.

use async_nats::HeaderMap;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Utc};
use events::{Recorded, TenantSlug};

/// Standard alphabet; padding is welcome and not required.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a message is not a row of the log.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WireError {
    /// A header every message of the relay carries is absent.
    #[error("header {0} is missing")]
    Missing(&'static str),
    /// A header is there and says nothing readable.
    #[error("header {0} cannot be read: {1:?}")]
    Malformed(&'static str, String),
    /// Some byte differs from what the writer sealed.
    #[error("the content hash does not fit the message")]
    HashDiffers,
}

/// The position a message claims (`ce-sequence`).
pub fn position(headers: &HeaderMap) -> Result<i64, WireError> {
    parsed(headers, "ce-sequence")
}

/// The tenant a message belongs to (`ce-tenantid`, the slug).
pub fn tenant(headers: &HeaderMap) -> Result<TenantSlug, WireError> {
    parsed(headers, "ce-tenantid")
}

/// The whole row, its hash verified. `tenant_id` is the tenant's number, which travels in no header.
pub fn decode(headers: &HeaderMap, payload: &[u8], tenant_id: i32) -> Result<Recorded, WireError> {
    let recorded_at = instant(headers, "ce-recordedtime")?;
    let time = instant(headers, "ce-time")?;
    let row = Recorded {
        log_id: tail(headers, "ce-source")?,
        position: position(headers)?,
        previous: parsed(headers, "ce-prevsequence")?,
        tenant: tenant(headers)?,
        tenant_id,
        stream_id: parsed(headers, "ce-partitionkey")?,
        version: parsed(headers, "ce-streamversion")?,
        event_id: parsed(headers, "ce-id")?,
        event_type: text(headers, "ce-type")?.to_owned(),
        schema_version: tail(headers, "ce-dataschema")?,
        recorded_at,
        // A row without business time travels with the time of its recording.
        effective_at: (time != recorded_at).then_some(time),
        number: optional(headers, "ce-number")?,
        meta: bytes(headers, "ce-meta")?,
        payload: payload.to_vec(),
        content_hash: bytes(headers, "ce-contenthash")?
            .try_into()
            .map_err(|_| malformed(headers, "ce-contenthash"))?,
    };
    if row.verify_hash() { Ok(row) } else { Err(WireError::HashDiffers) }
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, WireError> {
    headers.get(name).map(|value| value.as_str()).ok_or(WireError::Missing(name))
}

fn malformed(headers: &HeaderMap, name: &'static str) -> WireError {
    WireError::Malformed(name, text(headers, name).unwrap_or_default().chars().take(80).collect())
}

fn parsed<T: std::str::FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, WireError> {
    text(headers, name)?.parse().map_err(|_| malformed(headers, name))
}

fn optional<T: std::str::FromStr>(
    headers: &HeaderMap,
    name: &'static str,
) -> Result<Option<T>, WireError> {
    match headers.get(name) {
        None => Ok(None),
        Some(_) => parsed(headers, name).map(Some),
    }
}

/// The number behind the last slash: `/sales/log/1`, `/schemas/sale.won/2`.
fn tail(headers: &HeaderMap, name: &'static str) -> Result<i16, WireError> {
    let last = text(headers, name)?.rsplit('/').next().unwrap_or_default();
    last.parse().map_err(|_| malformed(headers, name))
}

fn instant(headers: &HeaderMap, name: &'static str) -> Result<DateTime<Utc>, WireError> {
    DateTime::parse_from_rfc3339(text(headers, name)?)
        .map(|at| at.to_utc())
        .map_err(|_| malformed(headers, name))
}

fn bytes(headers: &HeaderMap, name: &'static str) -> Result<Vec<u8>, WireError> {
    BASE64.decode(text(headers, name)?).map_err(|_| malformed(headers, name))
}
