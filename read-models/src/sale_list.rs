//! `GET /v1/sales`: sales by any field, sorted, page by page.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use crate::ask::{
    Asked, ColumnParam, CurrencyParam, Filters, InCurrency, Labels, PageParams, Questions,
    RatesParam, Shown, Snapshot, When,
};
use crate::card::{Card, Surface};
use crate::card_page::{CardSort, mark_favourites, page_of_cards};
use crate::card_rates::rated;

/// One page of sales.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of `converted`.
    currency: String,
    #[schema(value_type = Vec<Card>)]
    sales: Vec<Shown<Card>>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Sales, filtered and sorted
#[utoipa::path(
    get,
    path = "/v1/sales",
    tag = "sales",
    params(When, Filters, CurrencyParam, RatesParam, CardSort, ColumnParam, PageParams),
    responses((status = 200, description = "One page of sales", body = SaleList), QueryProblems)
)]
pub(crate) async fn sales(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(asked): Asked<ListAsked>,
) -> Result<Json<SaleList>, Problem> {
    list_of_sales(&questions, &actor, asked).await
}

/// What the list is asked with.
pub(crate) type ListAsked =
    (When, Filters, (CurrencyParam, RatesParam), CardSort, ColumnParam, PageParams);

/// The list, however its filters were given.
pub(crate) async fn list_of_sales(
    questions: &Questions,
    actor: &Actor,
    (when, mut filters, worth, sort, columns, page): ListAsked,
) -> Result<Json<SaleList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let columns = columns.among(&[&Card::COLUMNS])?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(questions, actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, actor).await?;
    let (currency, rates) = worth;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let (mut sales, next) = page_of_cards(&mut snapshot, &filters, &sort, &page, &on).await?;
    mark_favourites(&mut snapshot, actor, &mut sales).await?;
    rated(&mut snapshot, actor, rates, &currency, &mut sales).await?;
    Ok(Json(SaleList {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        sales: columns.of(sales)?,
        next,
    }))
}
