//! `GET /v1/tiles/big-number`: one total of any sales (SF-2).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use super::once;
use crate::ask::{
    Asked, CurrencyParam, Dated, Drill, Filters, FromGiven, Given, InCurrency, Questions, Snapshot,
    When, bad,
};
use crate::shares::shares;
use crate::standing::{Figures, Key, Taken};

const MEASURES: [&str; 4] = ["amount", "weighted", "profit", "count"];

/// What is added up.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MeasureAsked {
    /// `amount`, `weighted`, `profit` or `count`. Default: `amount`.
    #[param(value_type = Option<String>, example = "weighted")]
    measure: &'static str,
}

impl FromGiven for MeasureAsked {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let word = given.text("measure").unwrap_or_else(|| "amount".to_owned());
        let known = MEASURES.into_iter().find(|known| *known == word);
        let rule = || bad("measure", "must be one of amount, weighted, profit, count");
        Ok(Self { measure: known.ok_or_else(rule)? })
    }
}

/// The tile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BigNumber {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// What is added up.
    measure: &'static str,
    /// The total.
    #[schema(example = "69940.50")]
    value: String,
    /// Its currency; none for a count.
    currency: Option<String>,
    /// How many sales.
    count: i64,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    /// The list of these sales.
    drill: String,
}

/// One total of any sales
#[utoipa::path(
    get,
    path = "/v1/tiles/big-number",
    tag = "tiles",
    params(When, Filters, CurrencyParam, MeasureAsked),
    responses((status = 200, description = "The tile", body = BigNumber), QueryProblems)
)]
pub(crate) async fn big_number(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, mut filters, currency, asked)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        MeasureAsked,
    )>,
) -> Result<Json<BigNumber>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let taken = Taken {
        filters: &filters,
        dated: &Dated::always(currency.clone()),
        key: Key::Nothing,
        item: None,
        items: None,
        periods: None,
    };
    let shares = shares(&mut snapshot, &taken).await?;
    let mut figures = Figures::default();
    shares.shares.iter().for_each(|share| figures.join(&share.figures));
    let sums = [("weighted", figures.weighted), ("profit", figures.profit)];
    let minor = sums.into_iter().find(|(name, _)| *name == asked.measure);
    let minor = minor.map_or(figures.amount, |(_, minor)| minor);
    let counted = asked.measure == "count";
    let sum = || currency.text(&minor.to_string());
    Ok(Json(BigNumber {
        position: snapshot.position,
        as_of: snapshot.at,
        measure: asked.measure,
        value: if counted { figures.count.to_string() } else { sum() },
        currency: (!counted).then(|| currency.asked.as_str().to_owned()),
        count: figures.count,
        missing_rates: once(shares.missing.into_iter().collect()),
        drill: drill.without(&["measure"]).to_sales(),
    }))
}
