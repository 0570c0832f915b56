//! A row of the log as it is judged by itself: part, tenant, content hash, contents. Must not ask what comes before it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::identity::part_of;
use events::{Recorded, TenantSlug};
use sqlx::FromRow;
use uuid::Uuid;

use super::findings::{Area, Finding, hex};
use super::replay::Slim;
use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Rows read at a time.
pub(super) const PAGE: i64 = 4_000;

/// Rows of events, as far as they are judged.
macro_rules! select_row {
    ($which:literal) => {
        concat!(
            "SELECT position, previous_position, tenant_id, stream_id, stream_version, event_id, event_type, ",
            "schema_version, recorded_at, effective_at, number, meta, payload, content_hash, part FROM es.event ",
            "WHERE log_id = $1 AND ",
            $which
        )
    };
}
pub(super) use select_row;

/// The rows from `first` to `last`, in order.
pub(super) async fn page(
    store: &EventStore,
    first: i64,
    last: i64,
) -> Result<Vec<Row>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as(select_row!("position BETWEEN $2 AND $3 ORDER BY position"))
            .bind(store.log_id())
            .bind(first)
            .bind(last)
            .fetch_all(store.pool())
    })
    .await
}

/// What is read of an event.
#[derive(Debug, FromRow)]
pub(super) struct Row {
    pub position: i64,
    previous_position: i64,
    tenant_id: i32,
    stream_id: Uuid,
    stream_version: i64,
    event_id: Uuid,
    event_type: String,
    schema_version: i16,
    recorded_at: DateTime<Utc>,
    effective_at: Option<DateTime<Utc>>,
    number: Option<i64>,
    meta: Vec<u8>,
    payload: Vec<u8>,
    content_hash: [u8; 32],
    part: i16,
}

impl Row {
    /// What the replay needs of it, with what is wrong with it by itself.
    pub fn slim(self, log_id: i16, tenants: &HashMap<i32, TenantSlug>, decode: bool) -> Slim {
        let mut slim = Slim {
            position: self.position,
            previous: self.previous_position,
            tenant_id: self.tenant_id,
            recorded_at: self.recorded_at,
            number: self.number,
            registers: self.event_type == "sale.registered",
            content_hash: self.content_hash,
            faults: Vec::new(),
        };
        let mut fault = |what: &str, stored: String, expected: String| {
            slim.faults.push(Finding::new(Area::Log, self.position, what, stored, expected));
        };
        let part = part_of(&self.stream_id);
        if self.part != part {
            fault("the part is not that of its stream", self.part.to_string(), part.to_string());
        }
        let Some(tenant) = tenants.get(&self.tenant_id) else {
            fault(
                "the tenant is unknown",
                self.tenant_id.to_string(),
                "a tenant of this log".into(),
            );
            return slim;
        };
        let event = Recorded {
            log_id,
            position: self.position,
            previous: self.previous_position,
            tenant: tenant.clone(),
            tenant_id: self.tenant_id,
            stream_id: self.stream_id,
            version: self.stream_version,
            event_id: self.event_id,
            event_type: self.event_type,
            schema_version: self.schema_version,
            recorded_at: self.recorded_at,
            effective_at: self.effective_at,
            number: self.number,
            meta: self.meta,
            payload: self.payload,
            content_hash: self.content_hash,
        };
        let computed = event.computed_hash();
        if computed != event.content_hash {
            fault(
                "the content hash does not fit the content",
                hex(&event.content_hash),
                hex(&computed),
            );
        }
        if decode {
            unreadable(&event, &mut fault);
        }
        slim
    }
}

/// An event of an unknown type, of a newer version or without its shape, and one that names another stream.
fn unreadable(event: &Recorded, fault: &mut impl FnMut(&str, String, String)) {
    let kind = || format!("{} version {}", event.event_type, event.schema_version);
    if let Err(error) = event.decode() {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        fault("the event cannot be read", kind(), cause.unwrap_or_else(|| error.to_string()));
    }
    match event.stream() {
        Ok(name) if name.stream_id(&event.tenant) == event.stream_id => {}
        Ok(name) => {
            fault("the event names another stream", name.to_string(), event.stream_id.to_string())
        }
        Err(error) => fault("the metadata cannot be read", kind(), error.to_string()),
    }
}
