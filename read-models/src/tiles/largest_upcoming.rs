//! `GET /v1/tiles/largest-upcoming`: the open sales that are worth most by their chances (SF-3, SO-42).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use super::Whose;
use crate::ask::{
    Asked, CurrencyParam, Direction, Drill, Filters, FromGiven, Given, InCurrency, Labels, Least,
    Questions, Snapshot, When, bad,
};
use crate::card::{Card, Surface};
use crate::card_page::{CardSort, cards_at, first_places, mark_favourites};

const LIMIT_DEFAULT: i64 = 10;
const LIMIT_MAX: i64 = 100;

/// How many, and from which weighted amount on.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LargestAsked {
    /// How many at most. Default 10.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    limit: i64,
    /// Lowest weighted amount in the currency of the answer (SO-42).
    #[param(value_type = Option<String>, example = "10000.00")]
    min_weighted: Option<Least>,
}

impl FromGiven for LargestAsked {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = "must be a whole number from 1 to 100";
        let limit = given.take::<i64>("limit", rule)?.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(bad("limit", rule));
        }
        let least = given.text("min_weighted");
        let least =
            least.map(|text| Least::parse(&text).ok_or_else(|| bad("min_weighted", Least::RULE)));
        Ok(Self { limit, min_weighted: least.transpose()? })
    }
}

/// The tile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LargestUpcoming {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of `converted`.
    currency: String,
    /// By weighted amount, the highest first.
    sales: Vec<Card>,
    /// The list they begin.
    drill: String,
}

/// The open sales that are worth most, weighted
#[utoipa::path(
    get,
    path = "/v1/tiles/largest-upcoming",
    tag = "tiles",
    params(When, Whose, LargestAsked, CurrencyParam),
    responses((status = 200, description = "The tile", body = LargestUpcoming), QueryProblems)
)]
pub(crate) async fn largest_upcoming(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, whose, asked, currency)): Asked<(
        Drill,
        When,
        Whose,
        LargestAsked,
        CurrencyParam,
    )>,
) -> Result<Json<LargestUpcoming>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let filters = Filters { min_weighted: asked.min_weighted, ..whose.filters(&["open"]) };
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let sort = CardSort { sort: ("weighted", Direction::Down) };
    let places = first_places(&mut snapshot, &filters, &sort, asked.limit, &on).await?;
    let mut sales = cards_at(&mut snapshot, &places, &on).await?;
    mark_favourites(&mut snapshot, &actor, &mut sales).await?;
    let drill = drill.without(&["limit"]).with("status", "open").with("sort", "-weighted");
    Ok(Json(LargestUpcoming {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        sales,
        drill: drill.to_sales(),
    }))
}
