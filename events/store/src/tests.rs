//! One test per guarantee, on real Postgres. Case numbers are those of the failure list.

mod appending;
mod archives;
mod as_seen;
mod concurrency;
mod controls;
mod followers;
mod gleaning;
mod groups;
mod immutability;
mod lost_connection;
mod partitions;
mod plans;
mod receipts;
mod resting;
mod sale_types;
mod schema;
mod slow_neighbours;
mod targets;
mod tenants;
mod times;
mod verifying;
mod what_stayed;

use std::sync::atomic::{AtomicU64, Ordering};

use events::{Aggregate, NewEvent, StreamName, TenantSlug};
use uuid::Uuid;

use crate::{Appended, EventStore, Group, Outcome, ReceiptRequest, StreamAppend};

const WRITER: Uuid = Uuid::from_u128(0xA);

fn tenant(slug: &str) -> TenantSlug {
    TenantSlug::parse(slug).unwrap()
}

fn demo() -> TenantSlug {
    tenant("demo")
}

fn sale(id: impl ToString) -> StreamName {
    StreamName::new(Aggregate::Sale, id.to_string())
}

fn event(event_type: &'static str) -> NewEvent {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NewEvent {
        event_id: Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed))),
        event_type,
        schema_version: 1,
        payload: b"{}".to_vec(),
        meta: br#"{"stream":"sale/1","actor":"ola"}"#.to_vec(),
    }
}

fn registered() -> NewEvent {
    event("sale.registered")
}

fn advanced() -> NewEvent {
    event("sale.stage-advanced")
}

/// Breaks a CHECK of the log: a payload is at least two bytes.
fn poisoned() -> NewEvent {
    NewEvent { payload: Vec::new(), ..advanced() }
}

fn to(stream: StreamName, expected: i64, events: Vec<NewEvent>) -> StreamAppend {
    StreamAppend { stream, expected, events }
}

fn group(appends: Vec<StreamAppend>) -> Group {
    Group { tenant: demo(), receipt: None, effective_at: None, appends }
}

fn one(stream: StreamName, expected: i64, events: Vec<NewEvent>) -> Group {
    group(vec![to(stream, expected, events)])
}

fn keyed(key: u8, group: Group) -> Group {
    let receipt = ReceiptRequest { key: [key; 32], request: [1; 32], answer: vec![b'a', key] };
    Group { receipt: Some(receipt), ..group }
}

fn appended(versions: &[i64], first: i64, last: i64, number: Option<i64>) -> Outcome {
    let versions = versions.to_vec();
    Outcome::Appended(Appended { versions, first: Some(first), last: Some(last), number })
}

/// The only outcome of a batch of one.
async fn append(store: &EventStore, group: Group) -> Outcome {
    let mut outcomes = store.append(WRITER, &[group]).await.unwrap();
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

async fn types(store: &EventStore) -> Vec<String> {
    let events = store.read_after(0, 10_000).await.unwrap();
    events.into_iter().map(|event| event.event_type).collect()
}

/// Positions, versions, hashes, chain and numbers hold; returns the head.
async fn log_is_ok(store: &EventStore) -> i64 {
    crate::verify::verify(store).await.unwrap().head
}
