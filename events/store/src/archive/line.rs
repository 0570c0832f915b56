//! The lines of an archive: events and batches as JSON, and back without losing a byte.

use chrono::{DateTime, Utc};
use events::{Recorded, TenantSlug};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{hash, hex, unhex};

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// An event as the table holds it.
    Event(Box<Recorded>),
    /// A batch that ends with the event before.
    Batch(Batch),
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its first position.
    pub first: i64,
    /// Its last one.
    pub last: i64,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who wrote it.
    pub writer_id: Uuid,
    /// The link.
    pub chain: [u8; 32],
    /// Content hashes of its events that lie before the file.
    pub before: Vec<[u8; 32]>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Wire {
    Batch { batch: WireBatch },
    Event(Box<WireEvent>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireBatch {
    first: i64,
    last: i64,
    recorded_at: DateTime<Utc>,
    writer_id: Uuid,
    chain_hash: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    before: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct WireEvent {
    position: i64,
    previous: i64,
    tenant: TenantSlug,
    tenant_id: i32,
    stream_id: Uuid,
    version: i64,
    event_id: Uuid,
    #[serde(rename = "type")]
    event_type: String,
    schema_version: i16,
    recorded_at: DateTime<Utc>,
    effective_at: Option<DateTime<Utc>>,
    number: Option<i64>,
    #[serde(flatten)]
    bytes: WireBytes,
    content_hash: String,
}

/// Bytes are text, told verbatim; where they are no UTF-8, hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireBytes {
    Text { meta: String, payload: String },
    Hex { meta_hex: String, payload_hex: String },
}

impl Line {
    /// The line without its end.
    ///
    /// # Errors
    /// None in practice: every field has a shape in JSON.
    pub fn to_json(&self, log_id: i16) -> Result<Vec<u8>, serde_json::Error> {
        let wire = match self {
            Self::Batch(batch) => Wire::Batch {
                batch: WireBatch {
                    first: batch.first,
                    last: batch.last,
                    recorded_at: batch.recorded_at,
                    writer_id: batch.writer_id,
                    chain_hash: hex(&batch.chain),
                    before: batch.before.iter().map(|hash| hex(hash)).collect(),
                },
            },
            Self::Event(event) => {
                debug_assert_eq!(event.log_id, log_id, "one log a file");
                Wire::Event(Box::new(wire(event)))
            }
        };
        serde_json::to_vec(&wire)
    }

    /// Reads a line back.
    ///
    /// # Errors
    /// In words, when it is none.
    pub fn parse(text: &[u8], log_id: i16) -> Result<Self, String> {
        let wire: Wire =
            serde_json::from_slice(text).map_err(|_| "is no line of an archive".to_owned())?;
        let broken = || "a hash is not 64 hexadecimal digits".to_owned();
        match wire {
            Wire::Batch { batch } => {
                let before = batch.before.iter().map(|text| hash(text)).collect::<Option<_>>();
                Ok(Self::Batch(Batch {
                    first: batch.first,
                    last: batch.last,
                    recorded_at: batch.recorded_at,
                    writer_id: batch.writer_id,
                    chain: hash(&batch.chain_hash).ok_or_else(broken)?,
                    before: before.ok_or_else(broken)?,
                }))
            }
            Wire::Event(event) => recorded(*event, log_id)
                .map(|event| Self::Event(Box::new(event)))
                .ok_or_else(broken),
        }
    }
}

fn wire(event: &Recorded) -> WireEvent {
    let texts = (String::from_utf8(event.meta.clone()), String::from_utf8(event.payload.clone()));
    let bytes = match texts {
        (Ok(meta), Ok(payload)) => WireBytes::Text { meta, payload },
        (Err(_), _) | (_, Err(_)) => {
            WireBytes::Hex { meta_hex: hex(&event.meta), payload_hex: hex(&event.payload) }
        }
    };
    WireEvent {
        position: event.position,
        previous: event.previous,
        tenant: event.tenant.clone(),
        tenant_id: event.tenant_id,
        stream_id: event.stream_id,
        version: event.version,
        event_id: event.event_id,
        event_type: event.event_type.clone(),
        schema_version: event.schema_version,
        recorded_at: event.recorded_at,
        effective_at: event.effective_at,
        number: event.number,
        bytes,
        content_hash: hex(&event.content_hash),
    }
}

fn recorded(event: WireEvent, log_id: i16) -> Option<Recorded> {
    let (meta, payload) = match event.bytes {
        WireBytes::Text { meta, payload } => (meta.into_bytes(), payload.into_bytes()),
        WireBytes::Hex { meta_hex, payload_hex } => (unhex(&meta_hex)?, unhex(&payload_hex)?),
    };
    Some(Recorded {
        log_id,
        position: event.position,
        previous: event.previous,
        tenant: event.tenant,
        tenant_id: event.tenant_id,
        stream_id: event.stream_id,
        version: event.version,
        event_id: event.event_id,
        event_type: event.event_type,
        schema_version: event.schema_version,
        recorded_at: event.recorded_at,
        effective_at: event.effective_at,
        number: event.number,
        meta,
        payload,
        content_hash: hash(&event.content_hash)?,
    })
}
