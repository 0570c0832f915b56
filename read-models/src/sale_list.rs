//! `GET /v1/sales`: sales by any field, sorted, page by page.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use crate::ask::{
    Asked, CurrencyParam, Filters, InCurrency, Labels, PageParams, Questions, Snapshot, When,
};
use crate::card::{Card, Surface};
use crate::card_page::{CardSort, mark_favourites, page_of_cards};

/// One page of sales.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of `converted`.
    currency: String,
    sales: Vec<Card>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Sales, filtered and sorted
#[utoipa::path(
    get,
    path = "/v1/sales",
    tag = "sales",
    params(When, Filters, CurrencyParam, CardSort, PageParams),
    responses((status = 200, description = "One page of sales", body = SaleList), QueryProblems)
)]
pub(crate) async fn sales(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, mut filters, currency, sort, page)): Asked<(
        When,
        Filters,
        CurrencyParam,
        CardSort,
        PageParams,
    )>,
) -> Result<Json<SaleList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let (mut sales, next) = page_of_cards(&mut snapshot, &filters, &sort, &page, &on).await?;
    mark_favourites(&mut snapshot, &actor, &mut sales).await?;
    Ok(Json(SaleList {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        sales,
        next,
    }))
}
