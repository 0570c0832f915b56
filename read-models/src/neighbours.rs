//! `GET /v1/sales/{id}/neighbours`: previous and next of a list, from any sale one looks at (SO-26).
//!
//! Filters and order are those of `/v1/sales`. The sale itself need not pass the filters: somebody who looks at a won
//! sale with `skip_completed` steps on from where it would stand.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{
    Asked, CurrencyParam, Direction, Filters, InCurrency, Questions, Snapshot, When, add,
    bind_matching, coordinates, failed, matching, sale_is_seen,
};
use crate::card_page::CardSort;
use crate::sale_card::no_such_sale;
use crate::upcoming::ahead;

/// A sale to step to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Neighbour {
    /// Public id.
    id: Uuid,
    /// Sale number.
    #[schema(example = "1001")]
    number: String,
    /// Name of the sale.
    title: String,
}

/// What stands beside a sale.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Neighbours {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Before it in the order; none at its beginning.
    previous: Option<Neighbour>,
    /// After it; none at its end.
    next: Option<Neighbour>,
}

/// The sales before and after one in the list
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/neighbours",
    tag = "sales",
    params(
        ("id" = Uuid, Path, description = "Public id of the sale"),
        When, Filters, CurrencyParam, CardSort
    ),
    responses((status = 200, description = "Its neighbours", body = Neighbours), QueryProblems)
)]
pub(crate) async fn neighbours(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, mut filters, currency, sort)): Asked<(When, Filters, CurrencyParam, CardSort)>,
) -> Result<Json<Neighbours>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let beside = beside(&mut snapshot, &filters, &currency, &sort, id).await?;
    let [before, after] = beside.ok_or_else(|| no_such_sale(id))?;
    let mut named = named(&mut snapshot, [before, after]).await?;
    Ok(Json(Neighbours {
        position: snapshot.position,
        as_of: snapshot.at,
        previous: before.and_then(|stream| named.remove(&stream)),
        next: after.and_then(|stream| named.remove(&stream)),
    }))
}

/// The streams before and after; none when the sale is not there, or not for the caller.
async fn beside(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    sort: &CardSort,
    sale: Uuid,
) -> Result<Option<[Option<Uuid>; 2]>, Problem> {
    let view = snapshot.view();
    let held =
        view.and_then(|view| view.beside(filters, snapshot.today, currency, sort.sort, sale));
    if let Some(held) = held {
        return Ok(held);
    }
    snapshot.plan_anew().await?;
    let mut arguments = bind_matching(snapshot, filters, currency);
    add(&mut arguments, sort.sort.0);
    add(&mut arguments, sort.sort.1 == Direction::Down);
    add(&mut arguments, sale);
    let found: Option<(Option<Uuid>, Option<Uuid>)> = sqlx::query_as_with(
        concat!(
            "SELECT previous, next FROM (
               SELECT sale_id, lag(stream_id) OVER () AS previous, lead(stream_id) OVER () AS next FROM (
                 SELECT s.sale_id, s.stream_id ",
            include_str!("cards_from.sql"),
            ahead!(),
            include_str!("cards_sort.sql"),
            "(",
            matching!(),
            ") OR (s.tenant_id = $1 AND NOT s.deleted AND s.sale_id = $39
               AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at,
                        s.next_position, $2, $3, $4) AND ",
            sale_is_seen!(),
            ") ",
            include_str!("cards.sql"),
            ") AS sorted) AS stepped WHERE sale_id = $39"
        ),
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(found.map(|(previous, next)| [previous, next]))
}

async fn named(
    snapshot: &mut Snapshot,
    streams: [Option<Uuid>; 2],
) -> Result<HashMap<Uuid, Neighbour>, Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, streams.into_iter().flatten().collect::<Vec<Uuid>>());
    let rows: Vec<(Uuid, Uuid, i64, String)> = sqlx::query_as_with(
        "SELECT stream_id, sale_id, number, title FROM sale_version
          WHERE tenant_id = $1 AND stream_id = ANY ($5)
            AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let neighbour = |(stream, id, number, title): (Uuid, Uuid, i64, String)| {
        (stream, Neighbour { id, number: number.to_string(), title })
    };
    Ok(rows.into_iter().map(neighbour).collect())
}
