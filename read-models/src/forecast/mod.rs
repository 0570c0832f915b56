//! `GET /v1/forecast`: what is expected and what was won, period by period.
//!
//! A sale counts in the period of its sale date: expected while open, actual once won or lost. Stalled sales
//! are in no open figure (§6-A12). Rows and totals are complete.
//!
//! Where there are targets of the same sales a row is compared with its own: won in percent of it, what is missing, and
//! how far what is open covers that. Targets are converted like sales, at the rates of the day of the answer.

mod cells;
mod goals;
mod rows;
mod spans;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use events::target_type::Unit;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use crate::ask::{
    Asked, CurrencyParam, Drill, Filters, FromGiven, Given, InCurrency, Labels, Questions,
    Snapshot, When, bad, day,
};
use crate::export::OF_FILES;
use cells::{OF_CURRENCY, cells};
pub(crate) use goals::Goals;
use rows::{ForecastRow, ForecastTotals, Making};
pub(crate) use spans::{Span, spans};

/// The longest range, in years.
const YEARS_MAX: i32 = 100;

const GROUPS: [&str; 11] = [
    "owner",
    "group",
    "sale_type",
    "stage",
    "source",
    "category",
    "credited",
    "competitor",
    "company_category",
    "company_business",
    "company_country",
];
/// Parameters that only a forecast takes.
const OWN: [&str; 4] = ["from", "to", "period", "group_by"];
const PERIODS: [&str; 3] = ["month", "quarter", "year"];

/// Parameters of the forecast.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ForecastParams {
    /// First sale date, inclusive. Default: the first day of the year of `today`.
    from: Option<NaiveDate>,
    /// Last sale date, inclusive. Default: the last day of the year of `from`, else of `today`.
    to: Option<NaiveDate>,
    /// `month`, `quarter` or `year`. Default: `month`.
    #[param(value_type = Option<String>)]
    period: &'static str,
    /// `owner`, `group`, `sale_type`, `stage`, `source`, `category`, `credited`, `competitor`, `company_category`,
    /// `company_business` or `company_country`. Default: one row a period.
    #[param(value_type = Option<String>)]
    group_by: Option<&'static str>,
}

impl FromGiven for ForecastParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (from, to) = (day(given, "from")?, day(given, "to")?);
        let mut word = |name, known: &[&'static str]| match given.text(name) {
            None => Ok(None),
            Some(text) => match known.iter().find(|word| **word == text) {
                Some(word) => Ok(Some(*word)),
                None => Err(bad(name, &format!("must be one of {}", known.join(", ")))),
            },
        };
        let period = word("period", &PERIODS)?.unwrap_or("month");
        Ok(Self { from, to, period, group_by: word("group_by", &GROUPS)? })
    }
}

impl ForecastParams {
    /// First and last day, defaults filled in.
    fn range(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
        let year = self.from.or(self.to).unwrap_or(today).year();
        let edge = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
        let (from, to) = (self.from.unwrap_or(edge(1, 1)), self.to.unwrap_or(edge(12, 31)));
        if from > to {
            return Err(bad("from", "must not be after to"));
        }
        if to.year() - from.year() > YEARS_MAX {
            return Err(bad("to", "must not be more than 100 years after from"));
        }
        Ok((from, to))
    }
}

/// The forecast.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Forecast {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// First sale date.
    from: NaiveDate,
    /// Last sale date.
    to: NaiveDate,
    /// Currency of rows and totals.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum, and their targets are compared with none.
    missing_rates: Vec<String>,
    rows: Vec<ForecastRow>,
    totals: ForecastTotals,
}

/// The forecast: open, won, lost and stalled by period
#[utoipa::path(
    get,
    path = "/v1/forecast",
    tag = "sales",
    params(When, Filters, CurrencyParam, ForecastParams),
    responses((status = 200, description = "The forecast", body = Forecast), QueryProblems)
)]
pub(crate) async fn forecast(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, mut filters, currency, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        ForecastParams,
    )>,
) -> Result<Json<Forecast>, Problem> {
    actor.require(Right::ReadTenant)?;
    // what a file is like narrows no sales, so it parts them from no target
    let drill = drill.without(&OF_FILES);
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let range = params.range(snapshot.today)?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let cells = cells(&mut snapshot, &filters, &currency, &params, range).await?;
    let spans = spans(range, params.period);
    let asked = (&drill, &filters, params.group_by, Unit::Amount);
    let goals = Goals::of(&mut snapshot, &actor, asked, (params.period, &spans), &currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let present = cells.iter().filter(|cell| cell.grouping == OF_CURRENCY);
    let mut missing = currency.missing(present.filter_map(|cell| cell.currency.clone()));
    missing.extend(goals.missing.iter().cloned());
    missing.sort();
    missing.dedup();
    let making = Making {
        drill: &drill.clone().without(&OWN),
        filters: &filters,
        group_by: params.group_by,
        spans: &spans,
        currency: &currency,
        labels: &labels,
        goals: &goals,
    };
    let (rows, totals) = making.table(cells);
    Ok(Json(Forecast {
        position: snapshot.position,
        as_of: snapshot.at,
        from: range.0,
        to: range.1,
        currency: currency.asked.as_str().to_owned(),
        missing_rates: missing,
        rows,
        totals,
    }))
}
