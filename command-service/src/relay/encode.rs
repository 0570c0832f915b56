//! A row of the log as a NATS message: CloudEvents 1.0 in binary mode. Owns subject, headers and
//! their escaping; must not change a byte of the payload.

use async_nats::header::{HeaderMap, HeaderName, NATS_EXPECTED_LAST_SEQUENCE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use events::{DecodeError, Recorded};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What the CloudEvents bindings escape in a header, besides everything that is not ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// The position again, as a header: a reader of a single message need not ask the stream.
pub const SEQUENCE: HeaderName = HeaderName::from_static("ce-sequence");

/// Base64 of the row's content hash; a message without it was not written by a relay.
pub const CONTENT_HASH: HeaderName = HeaderName::from_static("ce-contenthash");

/// A message ready to be published.
#[derive(Debug, Clone)]
pub struct Message {
    /// `sales.<log>.<tenant>.<aggregate>.<event>`: never an id or a person's name.
    pub subject: String,
    /// The envelope.
    pub headers: HeaderMap,
    /// The stored bytes.
    pub payload: Bytes,
}

/// Turns a row into its message. Equal rows give equal messages, so a refilled stream is identical.
///
/// # Errors
/// When the stored metadata cannot be read.
pub fn encode(row: &Recorded) -> Result<Message, DecodeError> {
    let metadata = row.metadata()?;
    let mut envelope = Envelope(HeaderMap::new());
    envelope.plain("ce-specversion", "1.0");
    envelope.plain("ce-id", row.event_id.to_string());
    envelope.plain("ce-source", format!("/sales/log/{}", row.log_id));
    envelope.escaped("ce-type", &row.event_type);
    envelope.escaped("ce-subject", &metadata.stream);
    envelope.plain("ce-time", instant(row.effective()));
    envelope.plain("ce-recordedtime", instant(row.recorded_at));
    envelope.plain("ce-datacontenttype", "application/json");
    envelope
        .escaped("ce-dataschema", &format!("/schemas/{}/{}", row.event_type, row.schema_version));
    envelope.0.insert(SEQUENCE, sequence(row.position));
    envelope.plain("ce-partitionkey", row.stream_id.to_string());
    envelope.plain("ce-streamversion", row.version.to_string());
    envelope.plain("ce-tenantid", row.tenant.as_str());
    envelope.plain("ce-prevsequence", row.previous.to_string());
    envelope.optional("ce-number", row.number.map(|number| number.to_string()).as_deref());
    envelope.escaped("ce-actor", &metadata.actor);
    envelope.optional("ce-correlationid", metadata.correlation.map(|id| id.to_string()).as_deref());
    envelope.optional("ce-causationid", metadata.causation.map(|id| id.to_string()).as_deref());
    envelope.optional("traceparent", metadata.traceparent.as_deref());
    envelope.0.insert(CONTENT_HASH, hash_text(&row.content_hash));
    envelope.plain("ce-meta", BASE64.encode(&row.meta));
    envelope.0.insert(NATS_EXPECTED_LAST_SEQUENCE, (row.position - 1).to_string());
    let payload = Bytes::copy_from_slice(&row.payload);
    Ok(Message { subject: subject(row), headers: envelope.0, payload })
}

/// A content hash as it stands in its header.
pub fn hash_text(hash: &[u8; 32]) -> String {
    BASE64.encode(hash)
}

/// A position as it stands in its header: padded, since the extension compares text.
pub fn sequence(position: i64) -> String {
    format!("{position:020}")
}

fn subject(row: &Recorded) -> String {
    let kind = row.event_type.as_str();
    let (aggregate, event) = kind.split_once('.').unwrap_or((kind, "event"));
    format!("sales.{}.{}.{aggregate}.{event}", row.log_id, row.tenant)
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

struct Envelope(HeaderMap);

impl Envelope {
    /// A value that is printable ASCII without space, quote and percent sign by construction.
    fn plain(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(HeaderName::from_static(name), value.into());
    }

    fn escaped(&mut self, name: &'static str, value: &str) {
        self.plain(name, utf8_percent_encode(value, ESCAPED).to_string());
    }

    fn optional(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.escaped(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use events::{Metadata, TenantSlug};
    use uuid::Uuid;

    use super::*;

    fn row() -> Recorded {
        let metadata = Metadata {
            stream: "sale/0198f000-0000-7000-8000-000000000001".into(),
            actor: "ola nordmann æ\"%".into(),
            command: Some("AdvanceStage".into()),
            correlation: Some(Uuid::from_u128(3)),
            causation: None,
            traceparent: None,
        };
        Recorded {
            log_id: 1,
            position: 12_345,
            previous: 12_301,
            tenant: TenantSlug::parse("demo").unwrap(),
            tenant_id: 1,
            stream_id: Uuid::from_u128(2),
            version: 7,
            event_id: Uuid::from_u128(1),
            event_type: "sale.stage-advanced".into(),
            schema_version: 3,
            recorded_at: DateTime::from_timestamp_micros(1_773_144_000_000_001).unwrap(),
            effective_at: DateTime::from_timestamp(1_773_000_000, 0),
            number: None,
            meta: serde_json::to_vec(&metadata).unwrap(),
            payload: b"{ \"verbatim\": true }".to_vec(),
            content_hash: [0xff; 32],
        }
    }

    fn header(message: &Message, name: &str) -> Option<String> {
        message.headers.get(name).map(ToString::to_string)
    }

    #[test]
    fn the_envelope_is_written_as_published() {
        let message = encode(&row()).unwrap();
        assert_eq!(message.subject, "sales.1.demo.sale.stage-advanced");
        assert_eq!(message.payload.as_ref(), b"{ \"verbatim\": true }");
        let meta = BASE64.encode(&row().meta);
        let expected = [
            ("ce-specversion", "1.0"),
            ("ce-id", "00000000-0000-0000-0000-000000000001"),
            ("ce-source", "/sales/log/1"),
            ("ce-type", "sale.stage-advanced"),
            ("ce-subject", "sale/0198f000-0000-7000-8000-000000000001"),
            ("ce-time", "2026-03-08T20:00:00.000000Z"),
            ("ce-recordedtime", "2026-03-10T12:00:00.000001Z"),
            ("ce-datacontenttype", "application/json"),
            ("ce-dataschema", "/schemas/sale.stage-advanced/3"),
            ("ce-sequence", "00000000000000012345"),
            ("ce-partitionkey", "00000000-0000-0000-0000-000000000002"),
            ("ce-streamversion", "7"),
            ("ce-tenantid", "demo"),
            ("ce-prevsequence", "12301"),
            ("ce-actor", "ola%20nordmann%20%C3%A6%22%25"),
            ("ce-correlationid", "00000000-0000-0000-0000-000000000003"),
            ("ce-contenthash", "//////////////////////////////////////////8="),
            ("ce-meta", &meta),
            ("Nats-Expected-Last-Sequence", "12344"),
        ];
        for (name, value) in expected {
            assert_eq!(header(&message, name).as_deref(), Some(value), "{name}");
        }
        assert_eq!(message.headers.len(), expected.len(), "{:?}", message.headers);
    }

    #[test]
    fn a_registration_carries_its_number_and_a_follow_up_its_cause() {
        let mut metadata = row().metadata().unwrap();
        metadata.causation = Some(Uuid::from_u128(9));
        metadata.traceparent =
            Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into());
        let meta = serde_json::to_vec(&metadata).unwrap();
        let message = encode(&Recorded { number: Some(1001), meta, ..row() }).unwrap();
        assert_eq!(header(&message, "ce-number").as_deref(), Some("1001"));
        assert!(header(&message, "ce-causationid").unwrap().ends_with("09"));
        assert!(header(&message, "traceparent").unwrap().starts_with("00-4bf9"));
    }

    #[test]
    fn an_event_without_business_time_took_effect_when_it_was_recorded() {
        let message = encode(&Recorded { effective_at: None, ..row() }).unwrap();
        assert_eq!(header(&message, "ce-time"), header(&message, "ce-recordedtime"));
    }

    #[test]
    fn unreadable_metadata_is_an_error_and_never_a_message() {
        assert!(encode(&Recorded { meta: b"{".to_vec(), ..row() }).is_err());
    }
}
