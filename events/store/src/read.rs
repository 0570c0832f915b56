//! Reading the log: one stream, the whole log in pages, one tenant's part of it.

use chrono::{DateTime, Utc};
use events::{Aggregate, Recorded, TenantSlug};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};

macro_rules! select_event {
    ($rest:literal) => {
        concat!(
            "SELECT position, previous_position, tenant_id, stream_id, stream_version, event_id, event_type, \
             schema_version, recorded_at, effective_at, number, meta, payload, content_hash FROM es.event ",
            $rest
        )
    };
}
pub(crate) use select_event;

/// Which of a tenant's events to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only events behind this position.
    pub after: i64,
    /// At most so many.
    pub limit: i64,
    /// Only these types; empty = all.
    pub types: Vec<String>,
    /// Only events of this kind of stream.
    pub aggregate: Option<Aggregate>,
    /// Only events of this stream.
    pub stream_id: Option<Uuid>,
}

/// A stretch of the log, stream by stream instead of in its own order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Behind this event: a stream and a version of it, 0 for all of them.
    pub after: (Uuid, i64),
    /// The last stream.
    pub last: Uuid,
    /// Only events up to this position.
    pub up_to: i64,
    /// Only events of these aggregates.
    pub aggregates: &'static [Aggregate],
    /// At most so many.
    pub limit: i64,
}

impl EventStore {
    /// The events of a stream behind a version, oldest first.
    pub async fn load(
        &self,
        tenant: &TenantSlug,
        stream_id: Uuid,
        after_version: i64,
    ) -> Result<Vec<Recorded>, StoreError> {
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND stream_id = $2 AND stream_version > $3 ORDER BY stream_version"
            ))
            .bind(self.log_id())
            .bind(stream_id)
            .bind(after_version)
            .fetch_all(self.pool())
        });
        // a stream id is derived from its tenant; a row of another tenant could only be a forged id
        let mut events = self.recorded(rows.await?).await?;
        self.whole_stream(stream_id, after_version, &events).await?;
        events.retain(|event| event.tenant == *tenant);
        Ok(events)
    }

    /// The next events of the whole log behind a position, without a hole.
    pub async fn read_after(&self, position: i64, limit: i64) -> Result<Vec<Recorded>, StoreError> {
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND position > $2 ORDER BY position LIMIT $3"
            ))
            .bind(self.log_id())
            .bind(position)
            .bind(limit)
            .fetch_all(self.pool())
        });
        let events = self.recorded(rows.await?).await?;
        self.whole(position, &events).await?;
        Ok(events)
    }

    /// The events of some types behind a position, among the next `within` positions, and the position up to which the log
    /// was looked through: the head, or `after + within`. Others are not read at all.
    pub async fn read_of_types(
        &self,
        after: i64,
        types: &[&str],
        within: i64,
    ) -> Result<(Vec<Recorded>, i64), StoreError> {
        let up_to = self.head().await?.min(after.saturating_add(within));
        if up_to <= after {
            return Ok((Vec::new(), up_to));
        }
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND position > $2 AND position <= $3 AND event_type = ANY ($4) ORDER BY position"
            ))
            .bind(self.log_id())
            .bind(after)
            .bind(up_to)
            .bind(types)
            .fetch_all(self.pool())
        });
        let events = self.recorded(rows.await?).await?;
        self.not_archived(after, up_to, None).await?;
        Ok((events, up_to))
    }

    /// The events at these positions, in order; those behind the head are missing.
    pub async fn read_at(&self, positions: &[i64]) -> Result<Vec<Recorded>, StoreError> {
        let rows = read_again(self.pool(), || {
            // probes of an index, as in `recorded_event_hashes`
            sqlx::query(concat!(
                "SELECT e.* FROM (SELECT DISTINCT unnest($2::bigint[]) AS position) AS wanted CROSS JOIN LATERAL (",
                select_event!("WHERE log_id = $1 AND position = wanted.position LIMIT 1"),
                ") AS e ORDER BY e.position"
            ))
            .bind(self.log_id())
            .bind(positions)
            .fetch_all(self.pool())
        });
        let events = self.recorded(rows.await?).await?;
        let absent = |position: &&i64| events.iter().all(|event| event.position != **position);
        if events.len() < positions.len()
            && let Some(missing) = positions.iter().find(absent)
        {
            self.not_archived(missing - 1, *missing, None).await?;
        }
        Ok(events)
    }

    /// The next events of whole streams, ordered by stream and version: what a rebuild folds.
    pub async fn read_streams(&self, sweep: &Sweep) -> Result<Vec<Recorded>, StoreError> {
        let aggregates: Vec<&str> = sweep.aggregates.iter().map(|kind| kind.as_str()).collect();
        let rows = read_again(self.pool(), || {
            // the sum keeps the planner off the index by position, which has another order
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND (stream_id, stream_version) > ($2, $3) AND stream_id <= $4 \
                 AND position + 0 <= $5 AND split_part(event_type, '.', 1) = ANY ($6) \
                 ORDER BY log_id, stream_id, stream_version LIMIT $7"
            ))
            .bind(self.log_id())
            .bind(sweep.after.0)
            .bind(sweep.after.1)
            .bind(sweep.last)
            .bind(sweep.up_to)
            .bind(&aggregates)
            .bind(sweep.limit)
            .fetch_all(self.pool())
        });
        let events = self.recorded(rows.await?).await?;
        self.not_archived(0, sweep.up_to, None).await?;
        Ok(events)
    }

    /// A tenant's events behind a position, in order; empty for an unknown tenant.
    pub async fn read_tenant(
        &self,
        tenant: &TenantSlug,
        filter: &Filter,
    ) -> Result<Vec<Recorded>, StoreError> {
        let Some(tenant_id) = self.tenant_id(tenant).await? else { return Ok(Vec::new()) };
        let types = (!filter.types.is_empty()).then_some(&filter.types);
        let prefix = filter.aggregate.map(|aggregate| format!("{aggregate}."));
        let rows = read_again(self.pool(), || {
            let query = match filter.stream_id {
                Some(_) => sqlx::query(select_event!(
                    "WHERE log_id = $1 AND tenant_id = $2 AND position > $3 AND stream_id = $7 \
                     AND ($4::text[] IS NULL OR event_type = ANY ($4)) \
                     AND ($5::text IS NULL OR starts_with(event_type, $5)) \
                     ORDER BY stream_version LIMIT $6"
                )),
                None => sqlx::query(select_event!(
                    "WHERE log_id = $1 AND tenant_id = $2 AND position > $3 AND $7::uuid IS NULL \
                     AND ($4::text[] IS NULL OR event_type = ANY ($4)) \
                     AND ($5::text IS NULL OR starts_with(event_type, $5)) \
                     ORDER BY position LIMIT $6"
                )),
            };
            query
                .bind(self.log_id())
                .bind(tenant_id)
                .bind(filter.after)
                .bind(types)
                .bind(&prefix)
                .bind(filter.limit)
                .bind(filter.stream_id)
                .fetch_all(self.pool())
        });
        let events = self.recorded(rows.await?).await?;
        self.not_archived(filter.after, i64::MAX, filter.stream_id).await?;
        Ok(events)
    }

    /// The clock that `recorded_at` comes from.
    pub async fn clock(&self) -> Result<DateTime<Utc>, StoreError> {
        read_again(self.pool(), || {
            sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(self.pool())
        })
        .await
    }

    /// The log's newest position, 0 when it is empty.
    pub async fn head(&self) -> Result<i64, StoreError> {
        let head: Option<i64> = read_again(self.pool(), || {
            sqlx::query_scalar(
                "SELECT last_position FROM es.batch WHERE log_id = $1 ORDER BY last_position DESC LIMIT 1",
            )
            .bind(self.log_id())
            .fetch_optional(self.pool())
        })
        .await?;
        Ok(head.unwrap_or(0))
    }

    /// The content hash stored at a position; none behind the head.
    pub async fn recorded_event_hash(&self, position: i64) -> Result<Option<[u8; 32]>, StoreError> {
        read_again(self.pool(), || {
            sqlx::query_scalar(
                "SELECT content_hash FROM es.event WHERE log_id = $1 AND position = $2",
            )
            .bind(self.log_id())
            .bind(position)
            .fetch_optional(self.pool())
        })
        .await
    }

    pub(crate) async fn recorded(&self, rows: Vec<PgRow>) -> Result<Vec<Recorded>, StoreError> {
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let tenant_id: i32 = row.try_get("tenant_id")?;
            let position: i64 = row.try_get("position")?;
            let tenant = match self.tenants.slug(tenant_id) {
                Some(known) => known,
                None => self.tenant_slug(tenant_id).await?.ok_or_else(|| StoreError::Corrupt {
                    position,
                    what: format!("tenant {tenant_id} is unknown"),
                })?,
            };
            events.push(Recorded {
                log_id: self.log_id(),
                position,
                previous: row.try_get("previous_position")?,
                tenant,
                tenant_id,
                stream_id: row.try_get("stream_id")?,
                version: row.try_get("stream_version")?,
                event_id: row.try_get("event_id")?,
                event_type: row.try_get("event_type")?,
                schema_version: row.try_get("schema_version")?,
                recorded_at: row.try_get("recorded_at")?,
                effective_at: row.try_get("effective_at")?,
                number: row.try_get("number")?,
                meta: row.try_get("meta")?,
                payload: row.try_get("payload")?,
                content_hash: row.try_get("content_hash")?,
            });
        }
        Ok(events)
    }
}
