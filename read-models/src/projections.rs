//! `GET /v1/projections`: how far each read model is.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When, failed, log_failed};

/// One generation of a read model on one log.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub(crate) struct Projection {
    /// Name of the read model.
    name: String,
    /// Generation: rises with every rebuild.
    generation: i32,
    /// `live`, `building` or `retired`.
    state: String,
    /// The log it follows.
    log: i16,
    /// Every event up to here is in it.
    position: i64,
    /// Events it still has to see.
    lag: i64,
    /// Whether somebody is working on it now.
    leased: bool,
    /// The error that stopped it.
    halted: Option<String>,
    /// Streams it set aside because they cannot be folded.
    parked_streams: i64,
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

/// Position, lag and generation of each read model
#[utoipa::path(
    get,
    path = "/v1/projections",
    tag = "log",
    params(When),
    responses((status = 200, description = "Every read model", body = Projections), QueryProblems)
)]
pub(crate) async fn projections(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(when): Asked<When>,
) -> Result<Json<Projections>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor.tenant, &when).await?;
    // after the snapshot, so a lag is never negative
    let head = questions.store.head().await.map_err(|e| log_failed(&e))?;
    let projections: Vec<Projection> = sqlx::query_as(
        "SELECT p.name, p.generation, p.state, c.log_id AS log, c.position, greatest($1 - c.position, 0) AS lag,
                c.lease_until > clock_timestamp() AS leased, c.halted,
                (SELECT count(*) FROM es_ops.parked_stream AS s
                  WHERE s.name = p.name AND s.generation = p.generation AND s.log_id = c.log_id) AS parked_streams
           FROM es_ops.projection AS p
           JOIN es_ops.projection_part AS c USING (name, generation)
          WHERE c.log_id = $2
          ORDER BY p.name, p.generation, c.part",
    )
    .bind(head)
    .bind(questions.log_id)
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(Json(Projections { position: head, as_of: snapshot.at, projections }))
}
