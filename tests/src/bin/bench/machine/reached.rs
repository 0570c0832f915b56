//! How far log and read models are, asked of the database as a superuser.

use std::time::Duration;

use anyhow::ensure;
use service_runtime::clock::{Stopwatch, back_off};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use super::Stack;

impl Stack {
    /// Two connections of a superuser.
    pub async fn superuser(&self) -> anyhow::Result<PgPool> {
        Ok(PgPoolOptions::new().max_connections(2).connect(&self.superuser_url()).await?)
    }

    /// Waits until every live read model in `read_side` has seen `head`; answers how long that took.
    pub async fn until_followed(
        &self,
        read_side: &PgPool,
        head: i64,
        at_most: Duration,
    ) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        while position(read_side).await? < head {
            ensure!(watch.elapsed() < at_most, "the read models are not at {head} in time");
            back_off(Duration::from_millis(10)).await;
        }
        Ok(watch.elapsed())
    }
}

/// The newest position of the log.
pub async fn head(log: &PgPool) -> sqlx::Result<i64> {
    let text = "SELECT COALESCE(max(last_position), 0) FROM es.batch WHERE log_id = 1";
    sqlx::query_scalar(text).fetch_one(log).await
}

/// The lowest position of a live read model.
pub async fn position(read_side: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT COALESCE(min(COALESCE(part.position, 0)), 0) FROM es_ops.projection
           LEFT JOIN es_ops.projection_part AS part USING (name, generation) WHERE state = 'live'",
    )
    .fetch_one(read_side)
    .await
}
