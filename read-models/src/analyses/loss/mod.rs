//! `GET /v1/loss-analysis`: why sales were lost, and to whom (domain §4.10): by reason, by competitor, by both.
//!
//! The period is one of close dates. Every figure names the list of sales it adds up from (SF-6); sales of a currency
//! without a rate are counted and stand in no sum.

mod cells;
mod telling;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use crate::ask::{
    Asked, CurrencyParam, Drill, Filters, FromGiven, Given, InCurrency, Questions, Snapshot, When,
    bad, day, reversed,
};
use crate::export::OF_FILES;
use crate::sale::Status;
use cells::{LossCell, total};
use telling::{Names, Telling};

const GROUPS: [&str; 5] = ["owner", "group", "sale_type", "stage", "source"];

/// Parameters that only the analysis takes.
const OWN: [&str; 3] = ["from", "to", "group_by"];

/// Parameters of the analysis.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LossParams {
    /// First close date, inclusive.
    from: Option<NaiveDate>,
    /// Last close date, inclusive.
    to: Option<NaiveDate>,
    /// A breakdown beside it: `owner`, `group`, `sale_type`, `stage` or `source`. Default: none.
    #[param(value_type = Option<String>)]
    group_by: Option<&'static str>,
}

impl FromGiven for LossParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (from, to) = (day(given, "from")?, day(given, "to")?);
        if reversed(from, to) {
            return Err(bad("from", "must not be after to"));
        }
        let known = |word: String| {
            let known = GROUPS.into_iter().find(|known| *known == word);
            known.ok_or_else(|| bad("group_by", &format!("must be one of {}", GROUPS.join(", "))))
        };
        Ok(Self { from, to, group_by: given.text("group_by").map(known).transpose()? })
    }
}

impl LossParams {
    /// Lost sales of the period, of those the filters mean.
    fn narrow(&self, filters: &mut Filters) -> Result<(), Problem> {
        let lost = Status::Lost.as_str();
        if filters.status.as_ref().is_some_and(|statuses| !statuses.contains(&lost)) {
            return Err(bad(
                "status",
                "must be lost, or absent: it is lost sales that are analysed",
            ));
        }
        filters.status = Some(vec![lost]);
        filters.sale_date_from = filters.sale_date_from.max(self.from);
        filters.sale_date_to = [filters.sale_date_to, self.to].into_iter().flatten().min();
        if reversed(filters.sale_date_from, filters.sale_date_to) {
            return Err(bad("from", "must leave a day of the sale dates that are asked for"));
        }
        Ok(())
    }
}

/// Lost sales together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Loss {
    /// How many, also those whose currency has no rate.
    count: i64,
    /// Sum of the converted, rounded amounts.
    #[schema(example = "63385.00")]
    amount: String,
    /// Of all sales counted, in percent; none of nothing.
    #[schema(example = "33.33")]
    count_share: Option<String>,
    /// Of the whole sum, in percent; none of nothing.
    #[schema(example = "12.50")]
    amount_share: Option<String>,
    /// Path and query of the sales it adds up from.
    drill: String,
}

/// What was lost for one reason, to one competitor, or both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LossRow {
    /// Key of the reason, where it is a row of reasons.
    reason: Option<String>,
    /// Its label.
    reason_name: Option<String>,
    /// Key of the competitor, where it is a row of competitors; none for sales that name nobody.
    competitor: Option<String>,
    /// Its label.
    competitor_name: Option<String>,
    #[serde(flatten)]
    loss: Loss,
}

/// What was lost of one owner, group, type, stage or source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LossGroup {
    /// `sub`, group, id or key; none for sales without one.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    #[serde(flatten)]
    loss: Loss,
    by_reason: Vec<LossRow>,
    by_competitor: Vec<LossRow>,
}

/// The analysis.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LossAnalysis {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// First close date.
    from: Option<NaiveDate>,
    /// Last close date.
    to: Option<NaiveDate>,
    /// Currency of the sums.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    total: Loss,
    /// Most lost first, like all that follow.
    by_reason: Vec<LossRow>,
    by_competitor: Vec<LossRow>,
    by_reason_and_competitor: Vec<LossRow>,
    /// The breakdown that was asked for.
    groups: Vec<LossGroup>,
}

/// Lost sales by reason and competitor
#[utoipa::path(
    get,
    path = "/v1/loss-analysis",
    tag = "sales",
    params(When, Filters, CurrencyParam, LossParams, AcceptLanguage),
    responses((status = 200, description = "The analysis", body = LossAnalysis), QueryProblems)
)]
pub(crate) async fn loss_analysis(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((drill, when, mut filters, currency, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        LossParams,
    )>,
) -> Result<Json<LossAnalysis>, Problem> {
    actor.require(Right::ReadTenant)?;
    params.narrow(&mut filters)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let cells = LossCell::read(&mut snapshot, &filters, &currency, params.group_by).await?;
    let drill = drill.without(&OWN).without(&OF_FILES).with("status", Status::Lost.as_str());
    let drill = drill.dated(filters.sale_date_from, filters.sale_date_to);
    let names = Names::load(&mut snapshot, language.best()).await?;
    let telling = Telling { currency: &currency, names: &names, whole: total(&cells) };
    let groups = params.group_by.map(|word| telling.groups(&cells, word, &drill));
    Ok(Json(LossAnalysis {
        position: snapshot.position,
        as_of: snapshot.at,
        from: params.from,
        to: params.to,
        currency: currency.asked.as_str().to_owned(),
        total: telling.loss(telling.whole, &drill),
        by_reason: telling.by_reason(&cells, &drill),
        by_competitor: telling.by_competitor(&cells, &drill),
        by_reason_and_competitor: telling.by_both(&cells, &drill),
        groups: groups.unwrap_or_default(),
        missing_rates: currency.missing(cells.into_iter().map(|cell| cell.currency)),
    }))
}
