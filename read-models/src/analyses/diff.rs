//! `GET /v1/sales/{id}/diff`: what differs in a sale between two moments (domain §4.5), in what was true, in what was known,
//! or in both. Read from the log itself, as its history is.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::SaleId;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ask::{
    Asked, FromGiven, Given, Labels, Moment, Questions, Snapshot, When, bad, min_position,
    moment_of,
};
use crate::changes::{Change, changes};
use crate::history::{Seen, Told, folded, then};
use crate::sale_card::no_such_sale;
use crate::sale_history::ToldSale;

/// The two moments.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Between {
    /// What was true then: an instant, or a date that means its end in the tenant's zone. It or `known_from` has to be given.
    #[param(value_type = Option<String>, example = "2026-03-01")]
    from: Option<Moment>,
    /// Beside what was true then. Default: now.
    #[param(value_type = Option<String>, example = "2026-03-31")]
    to: Option<Moment>,
    /// What was known then of `from`. Default: everything known now.
    #[param(value_type = Option<String>)]
    known_from: Option<Moment>,
    /// What was known then of `to`. Default: everything known now.
    #[param(value_type = Option<String>)]
    known_to: Option<Moment>,
    /// Wait, at most two seconds, until the read model has seen this position of the log; else 504.
    min_position: Option<i64>,
}

impl FromGiven for Between {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (from, to) = (moment_of(given, "from")?, moment_of(given, "to")?);
        let known = (moment_of(given, "known_from")?, moment_of(given, "known_to")?);
        let min_position = min_position(given)?;
        Ok(Self { from, to, known_from: known.0, known_to: known.1, min_position })
    }
}

/// One of the two.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Side {
    /// What was true then; none for now.
    as_of: Option<DateTime<Utc>>,
    /// What was known then; none for everything.
    known_at: Option<DateTime<Utc>>,
    /// Version of the sale; 0 before it was registered.
    version: i64,
}

/// What differs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleDiff {
    /// The newest position of the log.
    position: i64,
    from: Side,
    to: Side,
    /// Every field that differs, as histories tell it; before its registration a sale has none.
    changes: Vec<Change>,
}

/// What differs in one sale between two moments
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/diff",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), Between),
    responses((status = 200, description = "Every field that differs", body = SaleDiff), QueryProblems)
)]
pub(crate) async fn sale_diff(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(between): Asked<Between>,
) -> Result<Json<SaleDiff>, Problem> {
    actor.require(Right::ReadTenant)?;
    if between.from.or(between.known_from).is_none() {
        return Err(bad("from", "must be given, or known_from"));
    }
    let when = When {
        as_of: between.to,
        known_at: between.known_to,
        today: None,
        min_position: between.min_position,
    };
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let zone = snapshot.zone;
    let instant = |moment: Option<Moment>| moment.map(|moment| moment.instant(zone));
    let from = (instant(between.from), instant(between.known_from));
    let to = (snapshot.as_of, snapshot.known_at);
    forward("from", from.0, to.0.or(Some(snapshot.at)))?;
    forward("known_from", from.1, to.1)?;
    let labels = Labels::load(&mut snapshot).await?;
    let stream = SaleId(id).stream();
    let seen = Seen::of::<ToldSale>(&questions, &actor, &mut snapshot, &stream).await?;
    let seen = seen.ok_or_else(|| no_such_sale(id))?;
    let (before, from) = at(&seen, from, &labels)?;
    let (after, to) = at(&seen, to, &labels)?;
    let changes = match (before, after) {
        (_, None) if to.version == 0 && from.version == 0 => return Err(no_such_sale(id)),
        (before, Some(after)) => changes(before, after),
        // known later, true earlier: there was nothing yet
        (Some(before), None) => emptied(before),
        (None, None) => Vec::new(),
    };
    Ok(Json(SaleDiff { position: seen.head, from, to, changes }))
}

/// 400 for what ends before it begins.
fn forward(
    name: &str,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    match from.zip(to) {
        Some((from, to)) if from > to => Err(bad(name, "must not be after the other moment")),
        Some(_) | None => Ok(()),
    }
}

/// The fields of the sale at a moment; none before its registration.
fn at(
    seen: &Seen,
    (as_of, known_at): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    labels: &Labels,
) -> Result<(Option<Vec<crate::changes::Field>>, Side), Problem> {
    let events: Vec<_> = then(&seen.events, as_of, known_at).collect();
    let version = events.last().map_or(0, |event| event.version);
    let sale = folded::<ToldSale>(events)?;
    Ok((sale.map(|sale| sale.fields(labels)), Side { as_of, known_at, version }))
}

/// From every field that was set to nothing.
fn emptied(before: Vec<crate::changes::Field>) -> Vec<Change> {
    let turned = |change: Change| Change {
        from: change.to,
        to: change.from,
        from_name: change.to_name,
        to_name: change.from_name,
        ..change
    };
    changes(None, before).into_iter().map(turned).collect()
}
