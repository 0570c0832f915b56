//! `GET /v1/projections`: how far each read model is, why one stands still, and which of the asking tenant's
//! streams are set aside. Names no stream of another tenant and repeats nothing an event holds: the whole error is
//! for operators (`salgslogg parked`).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::ask::{AsItStands, Asked, Questions, Snapshot, failed, log_failed};

/// Most parked streams named for each generation; the counts are always complete.
const NAMED: i64 = 50;

/// One generation of a read model on one log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Projection {
    /// Name of the read model.
    name: String,
    /// Generation: rises with every rebuild.
    generation: i32,
    /// `live`, `building`, `retired` (kept and followed) or `dropping`.
    state: String,
    /// The log it follows.
    log: i16,
    /// Every event up to here is in it, or waits behind a parked stream.
    position: i64,
    /// Events it still has to see.
    lag: i64,
    /// Whether somebody is working on it now.
    leased: bool,
    /// What it does about an event that cannot be applied: `halt` or `park_stream`.
    on_poison: String,
    /// Where and why it stands still; null while it goes on.
    halted: Option<Halted>,
    /// Streams of yours it has set aside because they cannot be folded.
    parked_streams: i64,
    /// Events of yours that wait behind them.
    parked_events: i64,
    /// The first 50 of these streams, in the order they were met.
    parked: Vec<Parked>,
}

/// A read model that stands still.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Halted {
    /// The position it stands before.
    position: i64,
    /// Why: `unknown_event_type`, `newer_event_version`, `unreadable_event`, `does_not_follow`,
    /// `refused_by_database`, `log_contradicted`, `other_history` or `too_many_parked`.
    reason: String,
}

/// A stream that was set aside; its later events wait behind it, in order.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub(crate) struct Parked {
    /// The stream, `activity/0198…`.
    stream: String,
    /// The event that cannot be applied.
    position: i64,
    /// Its type.
    event_type: String,
    /// Why, in the words of a halt.
    reason: String,
    /// Events that wait, this one included.
    queued: i64,
    /// How often it was tried.
    attempts: i32,
    /// Since when.
    parked_at: DateTime<Utc>,
}

/// Every read model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Projections {
    /// The newest position of the log.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    projections: Vec<Projection>,
}

/// Position, lag and generation of each read model, and what stands still or is parked
#[utoipa::path(
    get,
    path = "/v1/projections",
    tag = "log",
    params(AsItStands),
    responses((status = 200, description = "Every read model", body = Projections), QueryProblems)
)]
pub(crate) async fn projections(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(now): Asked<AsItStands>,
) -> Result<Json<Projections>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &now.into()).await?;
    // after the snapshot, so a lag is never negative
    let head = questions.store.head().await.map_err(|e| log_failed(&e))?;
    let rows = sqlx::query(
        "SELECT p.name, p.generation, p.state, c.log_id AS log, c.position, greatest($1 - c.position, 0) AS lag,
                c.lease_until > clock_timestamp() AS leased, p.on_poison, c.halted IS NOT NULL AS halted,
                COALESCE(c.halted_position, c.position + 1) AS halted_position,
                COALESCE(c.halted_reason, 'unknown') AS halted_reason, s.streams, s.events
           FROM es_ops.projection AS p
           JOIN es_ops.projection_part AS c USING (name, generation),
                LATERAL (SELECT count(*) AS streams, COALESCE(sum(queued), 0)::bigint AS events FROM es_ops.parked_stream AS s
                          WHERE s.name = p.name AND s.generation = p.generation AND s.log_id = c.log_id
                            AND s.tenant_id = $3) AS s
          WHERE c.log_id = $2
          ORDER BY p.name, p.generation, c.part",
    )
    .bind(head)
    .bind(questions.log_id)
    .bind(snapshot.tenant_id)
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let mut projections = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut projection = read(row).map_err(|e| failed(&e))?;
        if projection.parked_streams > 0 {
            projection.parked = parked(&mut snapshot, &projection).await?;
        }
        projections.push(projection);
    }
    Ok(Json(Projections { position: head, as_of: snapshot.at, projections }))
}

fn read(row: &PgRow) -> Result<Projection, sqlx::Error> {
    let halted =
        Halted { position: row.try_get("halted_position")?, reason: row.try_get("halted_reason")? };
    Ok(Projection {
        name: row.try_get("name")?,
        generation: row.try_get("generation")?,
        state: row.try_get("state")?,
        log: row.try_get("log")?,
        position: row.try_get("position")?,
        lag: row.try_get("lag")?,
        leased: row.try_get("leased")?,
        on_poison: row.try_get("on_poison")?,
        halted: row.try_get::<bool, _>("halted")?.then_some(halted),
        parked_streams: row.try_get("streams")?,
        parked_events: row.try_get("events")?,
        parked: Vec::new(),
    })
}

/// What a generation has set aside of the asking tenant; row-level security says the same as the condition.
async fn parked(snapshot: &mut Snapshot, projection: &Projection) -> Result<Vec<Parked>, Problem> {
    sqlx::query_as(
        "SELECT stream, failed_position AS position, event_type, reason, queued, attempts, parked_at
           FROM es_ops.parked_stream
          WHERE name = $1 AND generation = $2 AND log_id = $3 AND tenant_id = $4
          ORDER BY from_position LIMIT $5",
    )
    .bind(&projection.name)
    .bind(projection.generation)
    .bind(projection.log)
    .bind(snapshot.tenant_id)
    .bind(NAMED)
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
