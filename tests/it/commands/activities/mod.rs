//! Activities through HTTP and in bulk: every command, who may send it, and on several replicas (SD-1 to SD-9).

mod answers;
mod bulk;
mod fields;
mod replicas;
mod rights;
mod series;
mod times;
mod types;
mod walk;

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// A meeting of an hour on 2026-03-17 in the diary of the importer, `ola`; `more` adds or replaces fields.
async fn meeting(world: &World, fixture: &Fixture, more: Value) -> String {
    let mut body = json!({"kind": "meeting", "title": "Demo", "start": "2026-03-17T09:00:00Z"});
    for (field, value) in more.as_object().cloned().unwrap_or_default() {
        body[field] = value;
    }
    let reply = world.post(&fixture.importer, "/v1/activities", &body).await.expect(201);
    reply.json()["id"].as_str().unwrap().to_owned()
}

fn path(activity: &str, command: &str) -> String {
    format!("/v1/activities/{activity}/{command}")
}

/// Types and payloads of what was stored after a position.
async fn stored_after(world: &World, position: i64) -> Vec<(String, Value)> {
    let events = world.store().read_after(position, 1_000).await.unwrap();
    let read = |event: &events::Recorded| {
        (event.event_type.clone(), serde_json::from_slice(&event.payload).unwrap())
    };
    events.iter().map(read).collect()
}
