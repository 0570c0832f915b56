//! Publishes rows of the log as the relay does, and wrongly where a test wants it wrong.

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Config;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;
use events::Recorded;

/// The stream, empty, its first sequence `first`; deletion and purge stay allowed, for the faults.
pub async fn create_stream(nats: &Context, first: i64) {
    let config = Config {
        name: "SALES_1".into(),
        subjects: vec!["sales.1.>".into()],
        first_sequence: Some(first.unsigned_abs()),
        ..Config::default()
    };
    nats.create_stream(config).await.unwrap();
}

/// The envelope of a row.
pub fn headers(row: &Recorded) -> HeaderMap {
    let mut map = HeaderMap::new();
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let mut put = |name: &'static str, value: String| map.insert(name, value);
    put("ce-specversion", "1.0".into());
    put("ce-id", row.event_id.to_string());
    put("ce-source", format!("/sales/log/{}", row.log_id));
    put("ce-type", row.event_type.clone());
    put("ce-time", time(row.effective()));
    put("ce-recordedtime", time(row.recorded_at));
    put("ce-dataschema", format!("/schemas/{}/{}", row.event_type, row.schema_version));
    put("ce-sequence", format!("{:020}", row.position));
    put("ce-partitionkey", row.stream_id.to_string());
    put("ce-streamversion", row.version.to_string());
    put("ce-tenantid", row.tenant.to_string());
    put("ce-prevsequence", row.previous.to_string());
    if let Some(number) = row.number {
        put("ce-number", number.to_string());
    }
    put("ce-contenthash", STANDARD.encode(row.content_hash));
    put("ce-meta", STANDARD.encode(&row.meta));
    map
}

/// Publishes rows in the order given, without asking whether the sequence fits.
pub async fn publish(nats: &Context, rows: &[Recorded]) {
    let mut acks = Vec::new();
    for row in rows {
        acks.push(send(nats, row, headers(row)).await);
    }
    for ack in acks {
        ack.await.unwrap();
    }
}

/// Publishes one row under a changed envelope.
pub async fn publish_as(nats: &Context, row: &Recorded, change: impl FnOnce(&mut HeaderMap)) {
    let mut map = headers(row);
    change(&mut map);
    send(nats, row, map).await.await.unwrap();
}

async fn send(
    nats: &Context,
    row: &Recorded,
    headers: HeaderMap,
) -> async_nats::jetstream::context::PublishAckFuture {
    let subject = format!("sales.1.{}.{}", row.tenant, row.event_type);
    nats.publish_with_headers(subject, headers, row.payload.clone().into()).await.unwrap()
}
