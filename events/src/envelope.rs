//! What surrounds a payload: who, when, where in the log, and the hash that seals it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::codec::{self, DecodeError, Event};
use crate::identity::{StreamName, TenantSlug};

/// Who caused an event and what it belongs to. Stored as verbatim JSON beside the payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The stream as people name it, `sale/<id>`.
    pub stream: String,
    /// The principal: a user's `sub`, or a process manager's name.
    pub actor: String,
    /// The command that was decided, such as `AdvanceStage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Ties everything that follows from one request together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Uuid>,
    /// The event that caused this one, when a process manager sent the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<Uuid>,
    /// W3C trace context of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

/// A fact decided but not yet recorded: bytes ready for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Unique for ever; CloudEvents `id`.
    pub event_id: Uuid,
    /// Wire name, `sale.stage-advanced`.
    pub event_type: &'static str,
    /// Version of the payload's shape.
    pub schema_version: i16,
    /// Verbatim JSON.
    pub payload: Vec<u8>,
    /// Verbatim JSON of [`Metadata`].
    pub meta: Vec<u8>,
}

impl NewEvent {
    /// Encodes a fact with its surroundings.
    pub fn new(event_id: Uuid, event: &Event, metadata: &Metadata) -> Self {
        let (event_type, schema_version, payload) = codec::encode(event);
        let meta = serde_json::to_vec(metadata).expect("metadata is plain text and encodes");
        Self { event_id, event_type, schema_version, payload, meta }
    }
}

/// A row of the log, as every reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The unit of order and of scale.
    pub log_id: i16,
    /// 1, 2, 3 … in commit order, without a hole.
    pub position: i64,
    /// Position of the tenant's previous event, 0 for its first.
    pub previous: i64,
    /// The tenant's slug.
    pub tenant: TenantSlug,
    /// The tenant's number in log and read models.
    pub tenant_id: i32,
    /// uuid5 of tenant, aggregate and public id.
    pub stream_id: Uuid,
    /// 1, 2, 3 … within the stream.
    pub version: i64,
    /// Unique for ever.
    pub event_id: Uuid,
    /// Wire name.
    pub event_type: String,
    /// Version of the payload's shape when it was written.
    pub schema_version: i16,
    /// Database clock, rising from batch to batch.
    pub recorded_at: DateTime<Utc>,
    /// Business time, absent when it is `recorded_at`.
    pub effective_at: Option<DateTime<Utc>>,
    /// The sale's number, on the registration only.
    pub number: Option<i64>,
    /// Verbatim JSON of [`Metadata`].
    pub meta: Vec<u8>,
    /// Verbatim JSON of the fact.
    pub payload: Vec<u8>,
    /// SHA-256 over everything the writer decided; see [`content_hash`].
    pub content_hash: [u8; 32],
}

impl Recorded {
    /// When the fact took effect: business time, else the recording.
    pub fn effective(&self) -> DateTime<Utc> {
        self.effective_at.unwrap_or(self.recorded_at)
    }

    /// The fact in its newest shape.
    pub fn decode(&self) -> Result<Event, DecodeError> {
        codec::decode(&self.event_type, self.schema_version, &self.payload)
            .map_err(|error| error.at(self.position))
    }

    /// The surroundings.
    pub fn metadata(&self) -> Result<Metadata, DecodeError> {
        serde_json::from_slice(&self.meta).map_err(|source| {
            DecodeError::Malformed { kind: "metadata".into(), version: 1, source }.at(self.position)
        })
    }

    /// The stream as people name it.
    pub fn stream(&self) -> Result<StreamName, DecodeError> {
        let text = self.metadata()?.stream;
        StreamName::parse(&text).ok_or_else(|| DecodeError::UnknownStream(text).at(self.position))
    }

    /// Whether the stored hash still fits the stored bytes.
    pub fn verify_hash(&self) -> bool {
        self.computed_hash() == self.content_hash
    }

    /// The hash of the bytes as they are.
    pub fn computed_hash(&self) -> [u8; 32] {
        let sealed = Sealed {
            tenant: &self.tenant,
            event_id: self.event_id,
            stream_id: self.stream_id,
            event_type: &self.event_type,
            schema_version: self.schema_version,
            effective_at: self.effective_at,
            meta: &self.meta,
            payload: &self.payload,
        };
        content_hash(&sealed)
    }
}

/// What a content hash covers.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// The tenant's slug, so a row cannot move to another tenant.
    pub tenant: &'a TenantSlug,
    /// The event's id.
    pub event_id: Uuid,
    /// The stream's id.
    pub stream_id: Uuid,
    /// Wire name.
    pub event_type: &'a str,
    /// Version of the payload's shape.
    pub schema_version: i16,
    /// Business time, when given; cut to microseconds, as Postgres stores it.
    pub effective_at: Option<DateTime<Utc>>,
    /// Verbatim metadata.
    pub meta: &'a [u8],
    /// Verbatim payload.
    pub payload: &'a [u8],
}

/// SHA-256 over the length-prefixed fields, made by the writer before the lock and checked by every reader.
pub fn content_hash(sealed: &Sealed<'_>) -> [u8; 32] {
    let effective = sealed
        .effective_at
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true))
        .unwrap_or_default();
    let mut hash = Sha256::new();
    for field in [
        sealed.tenant.as_str().as_bytes(),
        sealed.event_id.as_bytes(),
        sealed.stream_id.as_bytes(),
        sealed.event_type.as_bytes(),
        &sealed.schema_version.to_be_bytes(),
        effective.as_bytes(),
        sealed.meta,
        sealed.payload,
    ] {
        hash.update(u32::try_from(field.len()).expect("a field is limited to 1 MiB").to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed<'a>(tenant: &'a TenantSlug, payload: &'a [u8]) -> Sealed<'a> {
        Sealed {
            tenant,
            event_id: Uuid::from_u128(1),
            stream_id: Uuid::from_u128(2),
            event_type: "sale.completed",
            schema_version: 1,
            effective_at: None,
            meta: b"{}",
            payload,
        }
    }

    #[test]
    fn the_hash_covers_tenant_effective_time_and_every_byte() {
        let (demo, other) =
            (TenantSlug::parse("demo").unwrap(), TenantSlug::parse("other").unwrap());
        let first = content_hash(&sealed(&demo, b"{}"));
        assert_ne!(first, content_hash(&sealed(&other, b"{}")));
        assert_ne!(first, content_hash(&sealed(&demo, b"{ }")));
        let dated = Sealed { effective_at: DateTime::from_timestamp(0, 0), ..sealed(&demo, b"{}") };
        assert_ne!(first, content_hash(&dated));
    }

    #[test]
    fn fields_cannot_flow_into_each_other() {
        let demo = TenantSlug::parse("demo").unwrap();
        let left = Sealed { meta: b"ab", payload: b"c", ..sealed(&demo, b"") };
        let right = Sealed { meta: b"a", payload: b"bc", ..sealed(&demo, b"") };
        assert_ne!(content_hash(&left), content_hash(&right));
    }
}
