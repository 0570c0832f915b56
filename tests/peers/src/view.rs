//! Emptying, filling and checking the table of `upsert`.

use anyhow::ensure;
use sqlx::{PgExecutor, PgPool};

use crate::sale::Event;
use crate::upsert::{TABLE, UPSERT, row};

/// Empties the table.
pub async fn empty(pool: &PgPool) -> anyhow::Result<()> {
    sqlx::query(TABLE).execute(pool).await?;
    sqlx::query("TRUNCATE peer_view").execute(pool).await?;
    Ok(())
}

/// Writes one event.
pub async fn upsert(to: impl PgExecutor<'_>, event: &Event) -> Result<(), sqlx::Error> {
    let (stage, closed) = row(event.kind);
    sqlx::query(UPSERT).bind(event.sale).bind(stage).bind(closed).execute(to).await?;
    Ok(())
}

/// Demands that the table holds every sale to its end: a projection that skips is not a fast one.
pub async fn whole(pool: &PgPool, sales: usize) -> anyhow::Result<()> {
    let found: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM peer_view WHERE closed AND events = 7 AND stage = 5",
    )
    .fetch_one(pool)
    .await?;
    ensure!(usize::try_from(found)? == sales, "{found} of {sales} sales are whole");
    Ok(())
}
