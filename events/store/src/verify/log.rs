//! The log in its own order: pages are read and hashed side by side, what hangs together is judged one after another
//! ([`Replay`]). Must not hold more than a few pages.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use events::TenantSlug;
use futures::{StreamExt, stream};

use super::findings::{Area, Finding, Findings};
use super::replay::{BatchRow, Replay};
use super::row::{PAGE, Row, page};
use super::{Scope, Step, Verified, stayed};
use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Pages read and hashed at the same time.
const AT_ONCE: usize = 4;
/// Batches read at a time.
const BATCHES: i64 = 2_000;

pub(super) async fn judge(
    store: &EventStore,
    scope: &Scope,
    archived: i64,
    findings: &mut Findings,
    progress: &mut (dyn FnMut(Step) + Send),
) -> Result<Verified, StoreError> {
    let head = store.head().await?;
    let to = scope.to.map_or(head, |to| to.min(head));
    let tenants: Arc<HashMap<i32, TenantSlug>> =
        Arc::new(store.tenants().await?.into_iter().collect());
    let wanted = scope.from.unwrap_or(1);
    let whole = stayed::behind_archives(store, archived).await?;
    let (mut replay, from) = begin(store, wanted.max(whole)).await?;
    let decode = scope.decode;
    if wanted < whole {
        stayed::judge(store, (wanted, whole.min(to + 1)), (&tenants, decode), findings).await?;
    }
    let pages = (0..).map(|n| from + n * PAGE).take_while(|first| *first <= to);
    let mut pages = stream::iter(pages)
        .map(|first| {
            let tenants = Arc::clone(&tenants);
            async move {
                let rows = page(store, first, to.min(first + PAGE - 1)).await?;
                let log_id = store.log_id();
                let slim = move |row: Row| row.slim(log_id, &tenants, decode);
                let judged = tokio::task::spawn_blocking(move || {
                    rows.into_iter().map(slim).collect::<Vec<_>>()
                });
                Ok::<_, StoreError>((first, judged.await.map_err(broken_off)?))
            }
        })
        .buffered(AT_ONCE);
    let mut behind = from - 1;
    while let Some(page) = pages.next().await {
        let (first, rows) = page?;
        for slim in rows {
            while replay.wants_batches(slim.position) {
                let batches = batches_after(store, behind, to).await?;
                behind = batches.last().map_or(i64::MAX, |batch| batch.last);
                replay.more(batches);
            }
            replay.event(slim, findings);
        }
        progress(Step {
            area: Area::Log,
            done: (first + PAGE - 1).min(to),
            all: to,
            found: findings.count(),
        });
    }
    while behind < i64::MAX {
        let batches = batches_after(store, behind, to).await?;
        behind = batches.last().map_or(i64::MAX, |batch| batch.last);
        replay.more(batches);
    }
    replay.end(to, scope.to.is_some_and(|to| to < head), findings);
    if to == head {
        without_batch(store, findings).await?;
    }
    let (batches, chain) = replay.result();
    Ok(Verified { from, head: to, batches, chain, streams: None, receipts: None, archived })
}

fn broken_off(error: tokio::task::JoinError) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Io(std::io::Error::other(error)))
}

/// The state before the batch that holds `from`, and where that batch begins: taken as the log has it, since what lies
/// before is judged elsewhere.
async fn begin(store: &EventStore, from: i64) -> Result<(Replay, i64), StoreError> {
    if from <= 1 {
        return Ok((Replay::genesis(store.log_id()), 1));
    }
    type Link = (i64, DateTime<Utc>, [u8; 32]);
    let before: Option<Link> = read_again(store.pool(), || {
        sqlx::query_as(
            "SELECT last_position, recorded_at, chain_hash FROM es.batch \
             WHERE log_id = $1 AND last_position < $2 ORDER BY last_position DESC LIMIT 1",
        )
        .bind(store.log_id())
        .bind(from)
        .fetch_optional(store.pool())
    })
    .await?;
    let Some((last, recorded_at, chain)) = before else {
        return Ok((Replay::genesis(store.log_id()), 1));
    };
    let tenants: Vec<(i32, i64, i64)> = read_again(store.pool(), || {
        sqlx::query_as(include_str!("tenants_before.sql"))
            .bind(store.log_id())
            .bind(last)
            .fetch_all(store.pool())
    })
    .await?;
    Ok((Replay::after(last, recorded_at, chain, tenants), last + 1))
}

/// Events behind the last batch: asked in one statement, so one that is just being appended is none.
async fn without_batch(store: &EventStore, findings: &mut Findings) -> Result<(), StoreError> {
    let behind: Option<i64> = read_again(store.pool(), || {
        sqlx::query_scalar(
            "SELECT e.position FROM es.event e WHERE e.log_id = $1 AND e.position > (SELECT coalesce(max(b.last_position), 0) \
             FROM es.batch b WHERE b.log_id = $1) ORDER BY e.position LIMIT 1",
        )
        .bind(store.log_id())
        .fetch_optional(store.pool())
    })
    .await?;
    if let Some(position) = behind {
        findings.add(Finding::new(Area::Log, position, "an event without a batch", "", ""));
    }
    Ok(())
}

async fn batches_after(
    store: &EventStore,
    position: i64,
    to: i64,
) -> Result<Vec<BatchRow>, StoreError> {
    read_again(store.pool(), || {
        sqlx::query_as(
            "SELECT first_position, last_position, recorded_at, chain_hash FROM es.batch \
             WHERE log_id = $1 AND last_position > $2 AND first_position <= $4 ORDER BY last_position LIMIT $3",
        )
        .bind(store.log_id())
        .bind(position)
        .bind(BATCHES)
        .bind(to)
        .fetch_all(store.pool())
    })
    .await
}
