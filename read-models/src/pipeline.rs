//! `GET /v1/pipeline`: which sales are where, what they are worth, and the cards themselves.
//!
//! Columns hold open sales only, except with `group_by=status`; totals keep the four statuses apart (§6-A12).
//! Columns and totals are complete; `limit` and `cursor` page the cards.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::view::BoardGroup;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use crate::ask::{
    Asked, ColumnParam, CurrencyParam, Filters, FromGiven, Given, InCurrency, Labels, PageParams,
    Questions, Shown, Snapshot, When, add, bad, bind_matching, failed, matching,
};
use crate::board::Heading;
use crate::card::{Card, Surface};
use crate::card_page::{CardSort, mark_favourites, page_of_cards};
use crate::figures::{ByStatus, Measure};
use crate::sale::Status;
use crate::standing::{Key, Part, Total, totals_by};
use crate::upcoming::ahead;

/// Parameters of the pipeline.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PipelineParams {
    /// `stage`, `sale_type`, `owner`, `group` or `status`. Default: `stage`.
    #[param(value_type = Option<String>)]
    group_by: (&'static str, BoardGroup),
}

impl FromGiven for PipelineParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let word = given.text("group_by").unwrap_or_else(|| "stage".to_owned());
        let known = BoardGroup::ALL.into_iter().find(|(known, _)| *known == word);
        let rule = "must be stage, sale_type, owner, group or status";
        Ok(Self { group_by: known.ok_or_else(|| bad("group_by", rule))? })
    }
}

/// One column of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Column {
    /// Id of the stage or type, `sub` of the owner, name of the group, word of the status.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// Rank of a stage or status.
    rank: Option<i32>,
    #[serde(flatten)]
    figures: Measure,
}

/// The board.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pipeline {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of columns and totals.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    columns: Vec<Column>,
    totals: ByStatus,
    #[schema(value_type = Vec<Card>)]
    sales: Vec<Shown<Card>>,
    /// Cursor of the next page of cards.
    next: Option<String>,
}

/// The pipeline: columns, totals and cards
#[utoipa::path(
    get,
    path = "/v1/pipeline",
    tag = "sales",
    params(When, Filters, CurrencyParam, PipelineParams, CardSort, ColumnParam, PageParams),
    responses((status = 200, description = "The pipeline", body = Pipeline), QueryProblems)
)]
pub(crate) async fn pipeline(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, mut filters, currency, params, sort, columns, page)): Asked<(
        When,
        Filters,
        CurrencyParam,
        PipelineParams,
        CardSort,
        ColumnParam,
        PageParams,
    )>,
) -> Result<Json<Pipeline>, Problem> {
    actor.require(Right::ReadTenant)?;
    let chosen = columns.among(&[&Card::COLUMNS])?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let sums = sums(&mut snapshot, &filters, &currency, params.group_by.0).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let board = board(&sums, params.group_by.1, &currency, &labels);
    let shown = shown(filters, params.group_by.1);
    let on = Surface::of(&snapshot, &labels, &currency);
    let (mut sales, next) = page_of_cards(&mut snapshot, &shown, &sort, &page, &on).await?;
    mark_favourites(&mut snapshot, &actor, &mut sales).await?;
    Ok(Json(Pipeline {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        missing_rates: currency.missing(sums.into_iter().filter_map(|sum| sum.of_currency())),
        columns: board.0,
        totals: board.1,
        sales: chosen.of(sales)?,
        next,
    }))
}

/// The cards are those of the columns, unless statuses were asked for.
fn shown(mut filters: Filters, group_by: BoardGroup) -> Filters {
    if filters.status.is_none() && group_by != BoardGroup::Status {
        filters.status = Some(vec![Status::Open.as_str()]);
    }
    filters
}

/// Status, key and currency of a sum; none for what was summed over.
type Grouped = (Option<Status>, Option<String>, Option<String>);

#[derive(Debug, sqlx::FromRow)]
struct Sum {
    grouping: i32,
    status: Option<Status>,
    key: Option<String>,
    currency: Option<String>,
    count: i64,
    amount: Option<String>,
    weighted: Option<String>,
}

/// GROUPING(status, key, currency): a bit is set for what was summed over.
const OF_COLUMN: i32 = 0b001;
const OF_STATUS: i32 = 0b011;
const OF_CURRENCY: i32 = 0b110;

impl Sum {
    fn of_currency(self) -> Option<String> {
        self.currency.filter(|_| self.grouping == OF_CURRENCY)
    }

    /// The three groupings of what a standing summed up.
    fn regrouped(parts: &[Part]) -> Vec<Self> {
        let columns = totals_by(parts, |part| (Some(part.status), part.key.clone(), None));
        let statuses = totals_by(parts, |part| (Some(part.status), None, None));
        let currencies = totals_by(parts, |part| (None, None, Some(part.currency.clone())));
        let of = |grouping| {
            move |((status, key, currency), total): (Grouped, Total)| Self {
                grouping,
                status,
                key,
                currency,
                count: total.count,
                amount: Some(total.amount.to_string()),
                weighted: Some(total.weighted.to_string()),
            }
        };
        let columns = columns.into_iter().map(of(OF_COLUMN));
        let statuses = statuses.into_iter().map(of(OF_STATUS));
        columns.chain(statuses).chain(currencies.into_iter().map(of(OF_CURRENCY))).collect()
    }

    fn measure(&self, currency: &InCurrency) -> Measure {
        Measure::of(self.count, self.amount.as_deref(), self.weighted.as_deref(), currency)
    }
}

async fn sums(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    group_by: &'static str,
) -> Result<Vec<Sum>, Problem> {
    let key = if group_by == "status" { Key::Status } else { Key::Column(group_by) };
    let view = snapshot.view();
    let held = view.and_then(|view| view.sums(filters, snapshot.today, currency, key, None));
    if let Some(parts) = held {
        return Ok(Sum::regrouped(&parts));
    }
    snapshot.plan_anew().await?;
    let mut arguments = bind_matching(snapshot, filters, currency);
    add(&mut arguments, group_by);
    sqlx::query_as_with(
        concat!(
            include_str!("pipeline_columns.sql"),
            ahead!(),
            " WHERE ",
            matching!(),
            include_str!("pipeline_groups.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

fn board(
    sums: &[Sum],
    group_by: BoardGroup,
    currency: &InCurrency,
    labels: &Labels,
) -> (Vec<Column>, ByStatus) {
    let mut totals = ByStatus::zero(currency);
    let mut columns = Vec::new();
    for sum in sums {
        let Some(status) = sum.status else { continue };
        if sum.grouping == OF_STATUS {
            totals.set(status, sum.measure(currency));
        }
        let on_board = status == Status::Open || group_by == BoardGroup::Status;
        if sum.grouping == OF_COLUMN && on_board {
            let heading = Heading::of(group_by, sum.key.clone(), labels);
            columns.push((heading, sum.measure(currency)));
        }
    }
    columns.sort_by_cached_key(|(heading, _)| heading.order());
    let column = |(Heading { key, name, rank }, figures)| Column { key, name, rank, figures };
    (columns.into_iter().map(column).collect(), totals)
}
