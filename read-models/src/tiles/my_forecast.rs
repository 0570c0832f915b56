//! `GET /v1/tiles/my-forecast`: what was closed and what is open last month, this month and next month (SF-1).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use super::{TileFigures, Whose, month_of, once};
use crate::ask::{Asked, CurrencyParam, Dated, Drill, InCurrency, Questions, Snapshot, When};
use crate::shares::shares;
use crate::standing::{Figures, Key, Periods, Taken};

/// A month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastMonth {
    /// `last`, `this` or `next`.
    month: &'static str,
    /// First sale date.
    from: NaiveDate,
    /// Last sale date.
    to: NaiveDate,
    /// Won, by their close dates.
    closed: TileFigures,
    /// Open, by their expected ones. Stalled and lost sales are in neither (§6-A12).
    open: TileFigures,
}

/// The tile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyForecast {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of the sums.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    /// Last, this and next month.
    months: Vec<ForecastMonth>,
}

/// My forecast: closed and open, last month, this month and next month
///
/// The caller's own sales, unless `owner` or `group` says whose.
#[utoipa::path(
    get,
    path = "/v1/tiles/my-forecast",
    tag = "tiles",
    params(When, Whose, CurrencyParam),
    responses((status = 200, description = "The tile", body = MyForecast), QueryProblems)
)]
pub(crate) async fn my_forecast(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, whose, currency)): Asked<(Drill, When, Whose, CurrencyParam)>,
) -> Result<Json<MyForecast>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let (whose, drill) = whose.else_own(&actor, drill);
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let dated = Dated::always(currency.clone());
    let months = [("last", -1), ("this", 0), ("next", 1)];
    let months = months.map(|(word, later)| (word, month_of(snapshot.today, later)));
    let periods = Periods::cut(months[0].1.0, months[2].1.1, "month");
    let (mut of_status, mut missing) = (Vec::new(), Vec::new());
    for status in ["won", "open"] {
        let taken = Taken {
            filters: &whose.filters(&[status]),
            dated: &dated,
            key: Key::Nothing,
            item: None,
            items: None,
            periods: Some(&periods),
        };
        let mut figures = [Figures::default(); 3];
        let shares = shares(&mut snapshot, &taken).await?;
        shares.shares.iter().for_each(|share| figures[share.period].join(&share.figures));
        missing.extend(shares.missing);
        of_status.push(figures);
    }
    let month = |(at, (month, (from, to))): (usize, (&'static str, (NaiveDate, NaiveDate)))| {
        let drill = drill.dated(Some(from), Some(to));
        let of = |figures: &Figures, status: &str| {
            TileFigures::of(figures, &currency, &drill.with("status", status))
        };
        let (closed, open) = (of(&of_status[0][at], "won"), of(&of_status[1][at], "open"));
        ForecastMonth { month, from, to, closed, open }
    };
    Ok(Json(MyForecast {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        missing_rates: once(missing),
        months: months.into_iter().enumerate().map(month).collect(),
    }))
}
