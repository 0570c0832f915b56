//! Reading the log: every event once, in pages, decoded; and a projection as other stores write them, one upsert an
//! event, each its own transaction. It leaves the checkpoint out, which only makes it faster.

use std::time::Duration;

use anyhow::ensure;
use event_store::EventStore;
use service_runtime::clock::Stopwatch;
use sqlx::{Connection, PgConnection};

use crate::load::times::rate;
use crate::machine::Stack;

/// Events of a page.
const PAGE: i64 = 1_000;

/// Events a second, read in pages by position and decoded.
pub async fn select(stack: &Stack, events: i64) -> anyhow::Result<f64> {
    let store = EventStore::new(event_store::connect(&stack.superuser_url(), 2)?, 1);
    let watch = Stopwatch::start();
    let (mut after, mut count) = (0, 0);
    while after < events {
        let page = store.read_after(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            ensure!(event.decode().is_ok(), "position {} cannot be decoded", event.position);
        }
        count += page.len();
    }
    Ok(rate(count, watch.elapsed()))
}

/// Events a second, upserted one by one for `time`.
pub async fn upsert_per_event(stack: &Stack, time: Duration) -> anyhow::Result<f64> {
    stack
        .execute(
            "CREATE TABLE IF NOT EXISTS upserted (stream uuid PRIMARY KEY, version bigint, position bigint, body text)",
        )
        .await?;
    let store = EventStore::new(event_store::connect(&stack.superuser_url(), 2)?, 1);
    let mut connection = PgConnection::connect(&stack.superuser_url()).await?;
    let watch = Stopwatch::start();
    let (mut after, mut count) = (0, 0);
    'all: loop {
        let page = store.read_after(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            ensure!(event.decode().is_ok(), "position {} cannot be decoded", event.position);
            sqlx::query(
                "INSERT INTO upserted VALUES ($1, $2, $3, $4) ON CONFLICT (stream)
                 DO UPDATE SET version = EXCLUDED.version, position = EXCLUDED.position, body = EXCLUDED.body",
            )
            .bind(event.stream_id)
            .bind(event.version)
            .bind(event.position)
            .bind("x".repeat(400))
            .execute(&mut connection)
            .await?;
            count += 1;
            if watch.elapsed() >= time {
                break 'all;
            }
        }
    }
    Ok(rate(count, watch.elapsed()))
}
