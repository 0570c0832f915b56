//! What a message of the stream must be for an event of the log, written down a second time from the published contract:
//! a witness that asks the relay how it encodes would agree with its mistakes.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use events::Recorded;

/// The subject an event is published under.
pub(super) fn subject(event: &Recorded) -> String {
    format!("sales.{}.{}.{}", event.log_id, event.tenant, event.event_type)
}

/// Every header of its message, in no order; none when its metadata cannot be read.
pub(super) fn headers(event: &Recorded) -> Option<Vec<(&'static str, String)>> {
    let metadata = event.metadata().ok()?;
    let mut headers = vec![
        ("ce-specversion", "1.0".to_owned()),
        ("ce-id", event.event_id.to_string()),
        ("ce-source", format!("/sales/log/{}", event.log_id)),
        ("ce-type", escaped(&event.event_type)),
        ("ce-subject", escaped(&metadata.stream)),
        ("ce-time", instant(event.effective())),
        ("ce-recordedtime", instant(event.recorded_at)),
        ("ce-datacontenttype", "application/json".to_owned()),
        (
            "ce-dataschema",
            escaped(&format!("/schemas/{}/{}", event.event_type, event.schema_version)),
        ),
        ("ce-sequence", format!("{:020}", event.position)),
        ("ce-partitionkey", event.stream_id.to_string()),
        ("ce-streamversion", event.version.to_string()),
        ("ce-tenantid", event.tenant.to_string()),
        ("ce-prevsequence", event.previous.to_string()),
        ("ce-actor", escaped(&metadata.actor)),
        ("ce-contenthash", BASE64.encode(event.content_hash)),
        ("ce-meta", BASE64.encode(&event.meta)),
        ("Nats-Expected-Last-Sequence", (event.position - 1).to_string()),
    ];
    let also = [
        ("ce-number", event.number.map(|number| number.to_string())),
        ("ce-correlationid", metadata.correlation.map(|id| id.to_string())),
        ("ce-causationid", metadata.causation.map(|id| id.to_string())),
        ("traceparent", metadata.traceparent.as_deref().map(escaped)),
    ];
    headers.extend(also.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Some(headers)
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Printable ASCII without space, quote and percent sign stays; every other byte is %XX.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'%') {
            written.push(char::from(byte));
        } else {
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

#[cfg(test)]
mod tests {
    #[test]
    fn headers_are_escaped_as_the_bindings_say() {
        assert_eq!(super::escaped("ola nordmann æ\"%"), "ola%20nordmann%20%C3%A6%22%25");
    }
}
