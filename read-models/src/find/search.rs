//! `GET /v1/search`: sales by words in their titles, companies and contacts, the best first.

use std::cmp::Ordering;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::{places, ranks};
use crate::ask::{
    Asked, CurrencyParam, Direction, Filters, InCurrency, Labels, PageParams, Questions, Snapshot,
    When,
};
use crate::card::{Card, Surface};
use crate::card_page::{CardSort, cards_at, first_places, mark_favourites};

/// Sales that are put in order; of more, those that were registered first.
const RANKED_MAX: i64 = 10_000;

/// A sale that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hit {
    #[serde(flatten)]
    card: Card,
    /// Where some of the words are: `title`, `company`, `contact`.
    #[serde(rename = "in")]
    within: Vec<&'static str>,
}

/// One page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hits {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of `converted`.
    currency: String,
    /// The best first; of equals the one registered first.
    sales: Vec<Hit>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Sales by words, the best first
#[utoipa::path(
    get,
    path = "/v1/search",
    tag = "sales",
    params(When, Filters, CurrencyParam, PageParams),
    responses((status = 200, description = "One page of hits", body = Hits), QueryProblems)
)]
pub(crate) async fn search(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, mut filters, currency, page)): Asked<(When, Filters, CurrencyParam, PageParams)>,
) -> Result<Json<Hits>, Problem> {
    actor.require(Right::ReadTenant)?;
    let text = filters.q.clone().ok_or_else(|| {
        Problem::bad_parameter("missing_parameter", "q", "is needed: words to search for")
    })?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let ranks = ranks(&mut snapshot, &text).await?;
    let sort = CardSort { sort: ("number", Direction::Up) };
    let mut found = first_places(&mut snapshot, &filters, &sort, RANKED_MAX, &on).await?;
    let rank = |stream: &Uuid| ranks.get(stream).copied().unwrap_or(0.0);
    found.sort_by(|a, b| rank(&b.stream).partial_cmp(&rank(&a.stream)).unwrap_or(Ordering::Equal));
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX).min(found.len());
    found.drain(..skipped);
    let next = page.cut(&mut found);
    let mut cards = cards_at(&mut snapshot, &found, &on).await?;
    mark_favourites(&mut snapshot, &actor, &mut cards).await?;
    let streams: Vec<Uuid> = found.iter().map(|place| place.stream).collect();
    let mut within = places(&mut snapshot, &text, &streams).await?;
    let hit = |card: Card| Hit { within: within.remove(&card.id).unwrap_or_default(), card };
    Ok(Json(Hits {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        sales: cards.into_iter().map(hit).collect(),
        next,
    }))
}
