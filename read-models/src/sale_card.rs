//! `GET /v1/sales/{id}`: everything about one sale, now or as of any moment.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::{DateTime, Utc};
use events::SaleId;
use http::header::ETAG;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{
    Asked, CurrencyParam, InCurrency, Labels, Questions, Snapshot, When, add, bind_fractions,
    coordinates, failed,
};
use crate::card::{Card, CardRow, Surface};
use crate::upcoming::Upcoming;

/// A sale with its long text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleCard {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    #[serde(flatten)]
    sale: Card,
    /// Long text.
    description: Option<String>,
}

/// One sale
#[utoipa::path(
    get,
    path = "/v1/sales/{id}",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When, CurrencyParam),
    responses(
        (status = 200, description = "The sale", body = SaleCard,
         headers(("ETag" = String, description = "Version of the sale, for If-Match"))),
        QueryProblems
    )
)]
pub(crate) async fn sale(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, currency)): Asked<(When, CurrencyParam)>,
) -> Result<impl IntoResponse, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_by_key(&questions, &actor.tenant, &when).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let stream_id = SaleId(id).stream().stream_id(&actor.tenant);
    let mut row =
        row(&mut snapshot, &currency, stream_id).await?.ok_or_else(|| no_such_sale(id))?;
    let labels = Labels::load(&mut snapshot).await?;
    let description = row.take_description();
    let ahead = Upcoming::of(&mut snapshot, &[id]).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let sale = row.card(&on, ahead.get(&id).copied().unwrap_or(Upcoming::NOTHING));
    let etag = format!("\"{}\"", sale.version);
    let card = SaleCard { position: snapshot.position, as_of: snapshot.at, sale, description };
    Ok((AppendHeaders([(ETAG, etag)]), Json(card)))
}

/// 404, the same for ids that never were, were not yet, and of other tenants.
pub(crate) fn no_such_sale(id: Uuid) -> Problem {
    Problem::not_found("no sale has this id").about(format!("/v1/sales/{id}"))
}

async fn row(
    snapshot: &mut Snapshot,
    currency: &InCurrency,
    stream_id: Uuid,
) -> Result<Option<CardRow>, Problem> {
    let mut arguments = coordinates(snapshot);
    bind_fractions(&mut arguments, currency);
    add(&mut arguments, vec![stream_id]);
    sqlx::query_as_with(
        concat!(
            "SELECT s.description, ",
            include_str!("card_columns.sql"),
            include_str!("cards_by_stream.sql")
        ),
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
