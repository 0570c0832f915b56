//! `GET /v1/forecast`: what is expected and what was won, period by period.
//!
//! A sale counts in the period of its sale date: expected while open, actual once won or lost. Stalled sales
//! are in no open figure (§6-A12). Rows and totals are complete.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ask::{
    Asked, CurrencyParam, Filters, FromGiven, Given, InCurrency, Labels, Questions, Snapshot, When,
    add, bad, bind_matching, day, failed, matching,
};
use crate::figures::{ByStatus, Measure};
use crate::sale::Status;
use crate::standing::{Key, Part, Periods, Total, totals_by};
use crate::upcoming::ahead;

/// The longest range, in years.
const YEARS_MAX: i32 = 100;

const GROUPS: [&str; 6] = ["owner", "group", "sale_type", "stage", "source", "category"];
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
    /// `owner`, `group`, `sale_type`, `stage`, `source` or `category`. Default: one row a period.
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

/// One period of one key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ForecastRow {
    /// `2026-03`, `2026-Q1` or `2026`.
    period: String,
    /// `sub`, group, id or key of what is grouped by.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// Under the word of `group_by`: `sub`, group or key; the name of a stage or sale type.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, Option<String>>)]
    grouped: BTreeMap<&'static str, Option<String>>,
    #[serde(flatten)]
    figures: ByStatus,
    /// Target of the period and key, once there are targets.
    target: Option<String>,
    /// Won in percent of the target.
    attainment: Option<String>,
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
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    rows: Vec<ForecastRow>,
    totals: ByStatus,
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
    Asked((when, mut filters, currency, params)): Asked<(
        When,
        Filters,
        CurrencyParam,
        ForecastParams,
    )>,
) -> Result<Json<Forecast>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let range = params.range(snapshot.today)?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let cells = cells(&mut snapshot, &filters, &currency, &params, range).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let present = cells.iter().filter(|cell| cell.grouping == OF_CURRENCY);
    let missing_rates = currency.missing(present.filter_map(|cell| cell.currency.clone()));
    let (rows, totals) = table(cells, params.group_by, &currency, &labels);
    Ok(Json(Forecast {
        position: snapshot.position,
        as_of: snapshot.at,
        from: range.0,
        to: range.1,
        currency: currency.asked.as_str().to_owned(),
        missing_rates,
        rows,
        totals,
    }))
}

#[derive(Debug, sqlx::FromRow)]
struct Cell {
    grouping: i32,
    period: Option<String>,
    key: Option<String>,
    status: Option<Status>,
    currency: Option<String>,
    count: i64,
    amount: Option<String>,
    weighted: Option<String>,
}

/// GROUPING(period, key, status, currency): a bit is set for what was summed over.
const OF_ROW: i32 = 0b0001;
const OF_STATUS: i32 = 0b1101;
const OF_CURRENCY: i32 = 0b1110;

/// Period, key, status and currency of a cell; none for what was summed over.
type Grouped = (Option<String>, Option<String>, Option<Status>, Option<String>);

impl Cell {
    /// The three groupings of what a standing summed up.
    fn regrouped(parts: &[Part]) -> Vec<Self> {
        let rows = totals_by(parts, |part| {
            (part.period.clone(), part.key.clone(), Some(part.status), None)
        });
        let statuses = totals_by(parts, |part| (None, None, Some(part.status), None));
        let currencies = totals_by(parts, |part| (None, None, None, Some(part.currency.clone())));
        let of = |grouping| {
            move |((period, key, status, currency), total): (Grouped, Total)| Self {
                grouping,
                period,
                key,
                status,
                currency,
                count: total.count,
                amount: Some(total.amount.to_string()),
                weighted: Some(total.weighted.to_string()),
            }
        };
        let rows = rows.into_iter().map(of(OF_ROW));
        let statuses = statuses.into_iter().map(of(OF_STATUS));
        rows.chain(statuses).chain(currencies.into_iter().map(of(OF_CURRENCY))).collect()
    }
}

async fn cells(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    params: &ForecastParams,
    range: (NaiveDate, NaiveDate),
) -> Result<Vec<Cell>, Problem> {
    if let Some(view) = snapshot.view() {
        let key = params.group_by.map_or(Key::Nothing, Key::Column);
        let periods = Periods::cut(range.0, range.1, params.period);
        let held = view.sums(filters, snapshot.today, currency, key, Some(&periods));
        if let Some(parts) = held {
            return Ok(Cell::regrouped(&parts));
        }
    }
    snapshot.plan_anew().await?;
    let mut arguments = bind_matching(snapshot, filters, currency);
    add(&mut arguments, params.group_by);
    add(&mut arguments, params.period);
    add(&mut arguments, range.0);
    add(&mut arguments, range.1);
    sqlx::query_as_with(
        concat!(
            include_str!("forecast_cells.sql"),
            ahead!(),
            " WHERE s.sale_date BETWEEN $39 AND $40 AND ",
            matching!(),
            include_str!("forecast_groups.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

fn table(
    cells: Vec<Cell>,
    group_by: Option<&'static str>,
    currency: &InCurrency,
    labels: &Labels,
) -> (Vec<ForecastRow>, ByStatus) {
    let mut totals = ByStatus::zero(currency);
    let mut rows: BTreeMap<(String, Option<String>), ByStatus> = BTreeMap::new();
    for cell in cells {
        let Some(status) = cell.status else { continue };
        let measure =
            Measure::of(cell.count, cell.amount.as_deref(), cell.weighted.as_deref(), currency);
        match (cell.grouping, cell.period) {
            (OF_STATUS, _) => totals.set(status, measure),
            (OF_ROW, Some(period)) => {
                let row =
                    rows.entry((period, cell.key)).or_insert_with(|| ByStatus::zero(currency));
                row.set(status, measure);
            }
            (_, _) => {}
        }
    }
    let row = |((period, key), figures)| ForecastRow::of(period, key, figures, group_by, labels);
    (rows.into_iter().map(row).collect(), totals)
}

impl ForecastRow {
    fn of(
        period: String,
        key: Option<String>,
        figures: ByStatus,
        group_by: Option<&'static str>,
        labels: &Labels,
    ) -> Self {
        let id = key.as_deref().and_then(|key| Uuid::parse_str(key).ok());
        let name = match group_by {
            Some("stage") => {
                id.and_then(|id| labels.stages.get(&id)).map(|label| label.name.clone())
            }
            Some("sale_type") => id.and_then(|id| labels.sale_types.get(&id)).cloned(),
            Some("owner") => key.as_ref().and_then(|key| labels.users.get(key)).cloned(),
            Some(_) | None => None,
        };
        let name = name.or_else(|| key.clone());
        let word = match group_by {
            Some(word @ ("stage" | "sale_type")) => Some((word, name.clone())),
            Some(word) => Some((word, key.clone())),
            None => None,
        };
        let grouped = word.into_iter().collect();
        Self { period, key, name, grouped, figures, target: None, attainment: None }
    }
}
