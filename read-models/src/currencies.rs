//! `GET /v1/currencies`: the currencies of the tenant with the rates that hold at the moment.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use events::CurrencyCode;
use rust_decimal::Decimal;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use sqlx::postgres::PgArguments;
use utoipa::ToSchema;

use crate::ask::{Asked, PageParams, Questions, Snapshot, When, add, failed, unreadable};

/// A currency: `unit` of it = `rate` of the base currency (SO-38).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Currency {
    /// ISO 4217.
    #[schema(example = "NOK")]
    code: String,
    /// Whether it is the tenant's base currency, whose rate is 1.
    base: bool,
    /// Decimal.
    #[schema(example = "12.677")]
    rate: String,
    /// How many of it the rate is for.
    #[schema(example = 100)]
    unit: i32,
    /// First day of the rate; none for the base currency.
    valid_from: Option<NaiveDate>,
    /// When the rate was recorded; none for the base currency.
    recorded_at: Option<DateTime<Utc>>,
    /// Decimal places of amounts.
    places: u32,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CurrencyList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    currencies: Vec<Currency>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Currencies and their rates
#[utoipa::path(
    get,
    path = "/v1/currencies",
    tag = "catalogue",
    params(When, PageParams),
    responses((status = 200, description = "One page", body = CurrencyList), QueryProblems)
)]
pub(crate) async fn currencies(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, page)): Asked<(When, PageParams)>,
) -> Result<Json<CurrencyList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut found = found(&mut snapshot, page.fetch(), page.offset()).await?;
    let next = page.cut(&mut found);
    let base = snapshot.base_currency;
    let currencies = found.into_iter().map(|row| row.shown(base)).collect::<Result<_, _>>()?;
    Ok(Json(CurrencyList { position: snapshot.position, as_of: snapshot.at, currencies, next }))
}

#[derive(Debug, sqlx::FromRow)]
struct Found {
    currency: String,
    rate: Decimal,
    unit: i32,
    valid_from: Option<NaiveDate>,
    recorded_at: Option<DateTime<Utc>>,
}

impl Found {
    fn shown(self, base: CurrencyCode) -> Result<Currency, Problem> {
        let code = CurrencyCode::parse(&self.currency).map_err(|e| unreadable(&e))?;
        Ok(Currency {
            code: self.currency,
            base: code == base,
            rate: self.rate.normalize().to_string(),
            unit: self.unit,
            valid_from: self.valid_from,
            recorded_at: self.recorded_at,
            places: code.places(),
        })
    }
}

/// The base currency for a known tenant, and the newest rate of each other one.
async fn found(snapshot: &mut Snapshot, fetch: i64, offset: i64) -> Result<Vec<Found>, Problem> {
    let mut arguments = PgArguments::default();
    add(&mut arguments, snapshot.tenant_id);
    add(&mut arguments, snapshot.known_at);
    add(&mut arguments, snapshot.pin);
    add(&mut arguments, snapshot.day());
    add(&mut arguments, snapshot.base_currency.as_str());
    add(&mut arguments, fetch);
    add(&mut arguments, offset);
    sqlx::query_as_with(
        "SELECT currency, rate, unit, valid_from, recorded_at FROM (
           SELECT $5::text AS currency, 1::numeric AS rate, 1 AS unit, NULL::date AS valid_from, NULL::timestamptz AS recorded_at
            WHERE EXISTS (SELECT FROM tenant_version WHERE tenant_id = $1)
           UNION ALL
           (SELECT DISTINCT ON (currency) currency, rate, unit, valid_from, recorded_at FROM rate_version
             WHERE tenant_id = $1 AND valid_from <= $4 AND currency <> $5
               AND ($2::timestamptz IS NULL OR recorded_at <= $2) AND ($3::bigint IS NULL OR position <= $3)
             ORDER BY currency, valid_from DESC, position DESC)) AS held
          ORDER BY currency LIMIT $6 OFFSET $7",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
