//! Streams a generation has set aside, and the queue behind each: references into the log, in
//! order. Everything here runs under the lane's lease; a transaction that changes it ends with
//! `advance`, so a lane that lost its lease changes nothing.

use std::collections::HashMap;

use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::fault::Fault;
use super::lease::Part;

/// What a generation has set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parked {
    /// Every parked stream with the length of its queue.
    pub(super) streams: HashMap<Uuid, i64>,
    /// The stream somebody wants to have tried again, oldest wish first.
    pub(super) wished: Option<Uuid>,
}

impl Parked {
    /// Events in all queues.
    pub(super) fn queued(&self) -> i64 {
        self.streams.values().sum()
    }
}

impl Part {
    /// Everything set aside.
    pub(super) async fn parked(&self, pool: &PgPool) -> Result<Parked, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT stream_id, queued, redrive_requested_at IS NOT NULL AS wished FROM es_ops.parked_stream
              WHERE name = $1 AND generation = $2 AND log_id = $3 ORDER BY redrive_requested_at DESC NULLS FIRST",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .fetch_all(pool)
        .await?;
        let mut parked = Parked::default();
        for row in rows {
            let stream_id = row.try_get("stream_id")?;
            parked.streams.insert(stream_id, row.try_get("queued")?);
            if row.try_get("wished")? {
                parked.wished = Some(stream_id);
            }
        }
        Ok(parked)
    }

    /// Sets the stream of an event aside; the event is the first of its queue.
    pub(super) async fn park(
        &self,
        tx: &mut PgConnection,
        fault: &Fault,
        attempts: i32,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO es_ops.parked_stream (name, generation, log_id, stream_id, from_position, error, attempts,
                                               tenant_id, tenant, stream, failed_position, event_type, reason, queued)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $5, $11, $12, 0)",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(fault.stream_id)
        .bind(fault.position)
        .bind(&fault.error)
        .bind(attempts)
        .bind(fault.tenant_id)
        .bind(&fault.tenant)
        .bind(&fault.stream)
        .bind(&fault.event_type)
        .bind(fault.reason.as_str())
        .execute(&mut *tx)
        .await?;
        self.queue(tx, &[(fault.position, fault.stream_id)]).await
    }

    /// Queues events behind their parked streams.
    pub(super) async fn queue(
        &self,
        tx: &mut PgConnection,
        events: &[(i64, Uuid)],
    ) -> Result<(), sqlx::Error> {
        let (positions, streams): (Vec<i64>, Vec<Uuid>) = events.iter().copied().unzip();
        sqlx::query(
            "WITH queue AS (SELECT * FROM unnest($4::bigint[], $5::uuid[]) AS q (position, stream_id)),
                  added AS (INSERT INTO es_ops.parked_event (name, generation, log_id, position, stream_id)
                            SELECT $1, $2, $3, position, stream_id FROM queue)
             UPDATE es_ops.parked_stream AS s SET queued = s.queued + c.events
               FROM (SELECT stream_id, count(*) AS events FROM queue GROUP BY stream_id) AS c
              WHERE s.name = $1 AND s.generation = $2 AND s.log_id = $3 AND s.stream_id = c.stream_id",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(positions)
        .bind(streams)
        .execute(tx)
        .await
        .map(drop)
    }

    /// Positions in the queue of a stream behind `after`, in order.
    pub(super) async fn queue_of(
        &self,
        tx: &mut PgConnection,
        stream_id: Uuid,
        after: i64,
        limit: i64,
    ) -> Result<Vec<i64>, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT position FROM es_ops.parked_event
              WHERE name = $1 AND generation = $2 AND log_id = $3 AND stream_id = $4 AND position > $5
              ORDER BY position LIMIT $6",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(stream_id)
        .bind(after)
        .bind(limit)
        .fetch_all(tx)
        .await
    }

    /// The stream is back: its queue has been applied.
    pub(super) async fn unpark(
        &self,
        tx: &mut PgConnection,
        stream_id: Uuid,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "WITH queue AS (DELETE FROM es_ops.parked_event
                             WHERE name = $1 AND generation = $2 AND log_id = $3 AND stream_id = $4)
             DELETE FROM es_ops.parked_stream
              WHERE name = $1 AND generation = $2 AND log_id = $3 AND stream_id = $4",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(stream_id)
        .execute(tx)
        .await
        .map(drop)
    }

    /// The stream was tried again in vain: keeps the newest error and forgets the wish.
    pub(super) async fn stays_parked(
        &self,
        tx: &mut PgConnection,
        fault: &Fault,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE es_ops.parked_stream
                SET attempts = attempts + 1, tried_at = now(), redrive_requested_at = NULL,
                    failed_position = $5, event_type = $6, reason = $7, error = $8
              WHERE name = $1 AND generation = $2 AND log_id = $3 AND stream_id = $4",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(fault.stream_id)
        .bind(fault.position)
        .bind(&fault.event_type)
        .bind(fault.reason.as_str())
        .bind(&fault.error)
        .execute(tx)
        .await
        .map(drop)
    }

    /// Asks for another try of every stream an older program could not read (case 40).
    pub(super) async fn wish_for_newer(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE es_ops.parked_stream SET redrive_requested_at = now()
              WHERE name = $1 AND generation = $2 AND log_id = $3 AND redrive_requested_at IS NULL
                AND reason IN ('unknown_event_type', 'newer_event_version')",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .execute(pool)
        .await
        .map(drop)
    }
}
