//! `GET /v1/sales/{id}/history`: every event of a sale and what it changed, field by field.
//!
//! Read from the log itself, so it is complete and never behind; only names come from the read model.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::{Event, Recorded, SaleId};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{Asked, Labels, Questions, Snapshot, When, log_failed, unreadable};
use crate::changes::{Change, changes};
use crate::sale::{Sale, Surroundings, evolve};
use crate::sale_card::no_such_sale;

/// One event of the sale.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEvent {
    /// Position in the log.
    position: i64,
    /// Position of the tenant's event before it.
    previous: i64,
    /// Version of the sale it made.
    version: i64,
    /// Wire name of the event.
    #[serde(rename = "type")]
    event_type: String,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// When it took effect.
    effective_at: DateTime<Utc>,
    /// Who caused it.
    actor: String,
    /// The command that was decided.
    command: Option<String>,
    /// Ties together what one request caused.
    correlation: Option<Uuid>,
    /// The event that caused it, when a process manager sent the command.
    causation: Option<Uuid>,
    /// Every field it changed.
    changes: Vec<Change>,
}

/// The history of a sale.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History {
    /// The newest position of the log.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    events: Vec<HistoryEvent>,
}

/// The history of one sale
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/history",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When),
    responses((status = 200, description = "Every event, oldest first", body = History), QueryProblems)
)]
pub(crate) async fn history(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<History>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor.tenant, &when).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let stream_id = SaleId(id).stream().stream_id(&actor.tenant);
    let head = questions.store.head().await.map_err(|e| log_failed(&e))?;
    let stored = questions.store.load(&actor.tenant, stream_id, 0).await;
    let stored = stored.map_err(|e| log_failed(&e))?;
    let then = stored.iter().filter(|event| {
        event.position <= head
            && snapshot.as_of.is_none_or(|as_of| event.effective() <= as_of)
            && snapshot.known_at.is_none_or(|known_at| event.recorded_at <= known_at)
    });
    let events = told(then, &labels)?;
    if events.is_empty() {
        return Err(no_such_sale(id));
    }
    Ok(Json(History { position: head, as_of: snapshot.at, events }))
}

fn told<'a>(
    events: impl Iterator<Item = &'a Recorded>,
    labels: &Labels,
) -> Result<Vec<HistoryEvent>, Problem> {
    let mut sale: Option<Sale> = None;
    let mut told = Vec::new();
    for event in events {
        let after = next(sale.clone(), event)?;
        told.push(line(event, changes(sale.as_ref(), &after, labels))?);
        sale = Some(after);
    }
    Ok(told)
}

/// The event of the log does not follow from those before it.
#[derive(Debug, thiserror::Error)]
#[error("position {position}: {what}")]
struct Unfoldable {
    position: i64,
    what: &'static str,
}

fn next(sale: Option<Sale>, event: &Recorded) -> Result<Sale, Problem> {
    let fact = event.decode().map_err(|e| unreadable(&e))?;
    let unfoldable = |what| unreadable(&Unfoldable { position: event.position, what });
    let Event::Sale(fact) = fact else { return Err(unfoldable("not an event of a sale")) };
    let id = event.stream().map_err(|e| unreadable(&e))?.id;
    let id = Uuid::parse_str(&id).map_err(|e| unreadable(&e))?;
    let registered = event.number.map(|number| (id, number));
    let around = Surroundings { effective_at: event.effective(), registered };
    evolve(sale, &fact, around).map_err(unfoldable)
}

fn line(event: &Recorded, changes: Vec<Change>) -> Result<HistoryEvent, Problem> {
    let metadata = event.metadata().map_err(|e| unreadable(&e))?;
    Ok(HistoryEvent {
        position: event.position,
        previous: event.previous,
        version: event.version,
        event_type: event.event_type.clone(),
        recorded_at: event.recorded_at,
        effective_at: event.effective(),
        actor: metadata.actor,
        command: metadata.command,
        correlation: metadata.correlation,
        causation: metadata.causation,
        changes,
    })
}
