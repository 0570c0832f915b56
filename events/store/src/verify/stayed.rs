//! What archives left in the table: each row by itself, since what hangs them together lies in the files. Streams at work
//! and settings are read from these rows. Must not hold more than a page.

use std::collections::HashMap;

use events::TenantSlug;

use super::findings::Findings;
use super::row::{PAGE, Row, select_row};
use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Where the first batch begins all of which lies behind the archives: 1 without any, the head's successor without a batch.
pub(super) async fn behind_archives(store: &EventStore, archived: i64) -> Result<i64, StoreError> {
    if archived == 0 {
        return Ok(1);
    }
    let first: Option<i64> = read_again(store.pool(), || {
        sqlx::query_scalar(
            "SELECT first_position FROM es.batch WHERE log_id = $1 AND last_position > $2 AND first_position > $2 \
             ORDER BY last_position LIMIT 1",
        )
        .bind(store.log_id())
        .bind(archived)
        .fetch_optional(store.pool())
    })
    .await?;
    match first {
        Some(first) => Ok(first),
        None => Ok(store.head().await? + 1),
    }
}

/// Judges the rows that are left from `from` on and before `up_to`.
pub(super) async fn judge(
    store: &EventStore,
    (from, up_to): (i64, i64),
    (tenants, decode): (&HashMap<i32, TenantSlug>, bool),
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut next = from;
    loop {
        let rows: Vec<Row> = read_again(store.pool(), || {
            sqlx::query_as(select_row!(
                "position >= $2 AND position < $3 ORDER BY position LIMIT $4"
            ))
            .bind(store.log_id())
            .bind(next)
            .bind(up_to)
            .bind(PAGE)
            .fetch_all(store.pool())
        })
        .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        next = last.position + 1;
        for row in rows {
            let slim = row.slim(store.log_id(), tenants, decode);
            slim.faults.into_iter().for_each(|fault| findings.add(fault));
        }
    }
}
