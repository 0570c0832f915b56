//! `GET /v1/sale-summary`: what every owner, or every company, brought in: won, lost, open and stalled (SO-41).
//!
//! The period is one of sale dates, which are the close dates of what is won or lost. Totals are complete; `limit` and
//! `cursor` page the rows. Every row names the lists of sales its figures add up from (SF-6).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use crate::ask::{
    Asked, CurrencyParam, Drill, Filters, FromGiven, Given, InCurrency, Labels, Page, PageParams,
    Questions, Snapshot, When, add, bad, bind_matching, day, failed, matching, reversed,
};
use crate::export::OF_FILES;
use crate::figures::{ByStatus, Measure};
use crate::sale::Status;
use crate::standing::{Key, Part, Total};
use crate::upcoming::ahead;

/// Whose sales a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Owner,
    Company,
}

impl Whose {
    /// The word of the contract.
    fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Company => "company",
        }
    }
}

/// Parameters that only the summary takes, or that page it.
const OWN: [&str; 5] = ["by", "from", "to", "limit", "cursor"];

/// Parameters of the summary.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryBy {
    /// `owner` or `company`. Default: `owner`.
    #[param(value_type = Option<String>)]
    by: Whose,
    /// First sale date, inclusive.
    from: Option<NaiveDate>,
    /// Last sale date, inclusive.
    to: Option<NaiveDate>,
}

impl FromGiven for SummaryBy {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let word = given.text("by").unwrap_or_else(|| Whose::Owner.as_str().to_owned());
        let by = [Whose::Owner, Whose::Company].into_iter().find(|known| known.as_str() == word);
        let by = by.ok_or_else(|| bad("by", "must be owner or company"))?;
        let (from, to) = (day(given, "from")?, day(given, "to")?);
        if reversed(from, to) {
            return Err(bad("from", "must not be after to"));
        }
        Ok(Self { by, from, to })
    }
}

impl SummaryBy {
    /// The filters within the period.
    fn narrow(&self, filters: &mut Filters) -> Result<(), Problem> {
        filters.sale_date_from = filters.sale_date_from.max(self.from);
        let ends = [filters.sale_date_to, self.to].into_iter().flatten();
        filters.sale_date_to = ends.min();
        if reversed(filters.sale_date_from, filters.sale_date_to) {
            return Err(bad("from", "must leave a day of the sale dates that are asked for"));
        }
        Ok(())
    }
}

/// The lists of sales behind the figures of a row, by status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SalesBehind {
    /// Path and query.
    #[schema(example = "/v1/sales?owner=ola&status=open")]
    open: String,
    stalled: String,
    won: String,
    lost: String,
}

impl SalesBehind {
    /// Of everything a question means, or of what a row holds of it. A status that was not asked for has no sales: its
    /// list is narrowed to none.
    fn of(drill: &Drill, filters: &Filters) -> Self {
        let asked = filters.statuses();
        let list = |status: Status| {
            let word = status.as_str();
            match asked.as_ref().is_none_or(|asked| asked.contains(&word)) {
                true => drill.with("status", word).to_sales(),
                false => drill.with("status", word).with("number", 0).to_sales(),
            }
        };
        Self {
            open: list(Status::Open),
            stalled: list(Status::Stalled),
            won: list(Status::Won),
            lost: list(Status::Lost),
        }
    }
}

/// The sales of one owner or company.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SummaryRow {
    /// `sub` of the owner, id of the company; none for sales without a company.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    #[serde(flatten)]
    figures: ByStatus,
    drill: SalesBehind,
}

/// The summary.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleSummary {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// First sale date.
    from: Option<NaiveDate>,
    /// Last sale date.
    to: Option<NaiveDate>,
    /// Currency of rows and totals.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    /// Who won most first.
    rows: Vec<SummaryRow>,
    totals: ByStatus,
    /// The sales behind the totals.
    drill: SalesBehind,
    /// Cursor of the next page of rows.
    next: Option<String>,
}

/// Sales by owner or company: won, lost, open, stalled
#[utoipa::path(
    get,
    path = "/v1/sale-summary",
    tag = "sales",
    params(When, Filters, CurrencyParam, SummaryBy, PageParams),
    responses((status = 200, description = "The summary", body = SaleSummary), QueryProblems)
)]
pub(crate) async fn sale_summary(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, mut filters, currency, summary, page)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        SummaryBy,
        PageParams,
    )>,
) -> Result<Json<SaleSummary>, Problem> {
    actor.require(Right::ReadTenant)?;
    summary.narrow(&mut filters)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let mut summed = Summed::of(&mut snapshot, &filters, &currency, summary.by, &page).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let next = page.cut(&mut summed.rows);
    let drill =
        drill.without(&OWN).without(&OF_FILES).dated(filters.sale_date_from, filters.sale_date_to);
    let row = |sums: Sums| SummaryRow {
        drill: {
            let key = Some(sums.key.as_str()).filter(|key| !key.is_empty());
            SalesBehind::of(&drill.of_key(summary.by.as_str(), key), &filters)
        },
        name: match summary.by {
            Whose::Owner => labels.users.get(&sums.key).or(Some(&sums.key)).cloned(),
            Whose::Company => sums.name,
        },
        key: Some(sums.key).filter(|key| !key.is_empty()),
        figures: figures(&sums.totals, &currency),
    };
    Ok(Json(SaleSummary {
        position: snapshot.position,
        as_of: snapshot.at,
        from: summary.from,
        to: summary.to,
        currency: currency.asked.as_str().to_owned(),
        rows: summed.rows.into_iter().map(row).collect(),
        totals: figures(&summed.totals, &currency),
        drill: SalesBehind::of(&drill, &filters),
        missing_rates: currency.missing(summed.currencies),
        next,
    }))
}

/// What stands under the statuses, in their order.
type Totals = [Total; Status::ALL.len()];

fn figures(totals: &Totals, currency: &InCurrency) -> ByStatus {
    let mut figures = ByStatus::zero(currency);
    for (status, total) in Status::ALL.into_iter().zip(totals) {
        let (amount, weighted) = (total.amount.to_string(), total.weighted.to_string());
        figures.set(status, Measure::of(total.count, Some(&amount), Some(&weighted), currency));
    }
    figures
}

/// The sums of one key; no key is the empty text.
#[derive(Debug, Default)]
struct Sums {
    key: String,
    name: Option<String>,
    totals: Totals,
}

/// A page of rows, and what all sales add up to.
#[derive(Debug, Default)]
struct Summed {
    rows: Vec<Sums>,
    totals: Totals,
    currencies: Vec<String>,
}

#[derive(Debug, sqlx::FromRow)]
struct Cell {
    place: i64,
    key: String,
    name: Option<String>,
    status: Status,
    currency: Option<String>,
    count: i64,
    amount: Option<String>,
    weighted: Option<String>,
}

impl Cell {
    fn total(&self) -> Total {
        let minor = |text: &Option<String>| {
            text.as_deref().and_then(|text| text.parse().ok()).unwrap_or_default()
        };
        Total { count: self.count, amount: minor(&self.amount), weighted: minor(&self.weighted) }
    }
}

fn grow(totals: &mut Totals, status: Status, more: Total) {
    let total = &mut totals[status as usize];
    total.count += more.count;
    total.amount += more.amount;
    total.weighted += more.weighted;
}

impl Summed {
    async fn of(
        snapshot: &mut Snapshot,
        filters: &Filters,
        currency: &InCurrency,
        by: Whose,
        page: &Page,
    ) -> Result<Self, Problem> {
        let view = snapshot.view();
        let held = view.and_then(|view| {
            view.sums(filters, snapshot.today, currency, Key::Column(by.as_str()), None)
        });
        if let Some(parts) = held {
            return Ok(Self::of_parts(parts, page));
        }
        snapshot.plan_anew().await?;
        let mut arguments = bind_matching(snapshot, filters, currency);
        add(&mut arguments, by.as_str());
        add(&mut arguments, page.fetch());
        add(&mut arguments, page.offset());
        let cells: Vec<Cell> = sqlx::query_as_with(
            concat!(
                include_str!("sale_summary_cells.sql"),
                include_str!("cards_from.sql"),
                ahead!(),
                " WHERE ",
                matching!(),
                include_str!("sale_summary.sql")
            ),
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        Ok(Self::of_cells(cells))
    }

    /// Of what SQL summed up: everything first, then the rows in their order.
    fn of_cells(cells: Vec<Cell>) -> Self {
        let (mut summed, mut place) = (Self::default(), 0);
        for cell in cells {
            let total = cell.total();
            if cell.place == 0 {
                grow(&mut summed.totals, cell.status, total);
                summed.currencies.extend(cell.currency);
                continue;
            }
            if cell.place > place {
                place = cell.place;
                let (key, name) = (cell.key, cell.name);
                summed.rows.push(Sums { key, name, totals: Totals::default() });
            }
            if let Some(sums) = summed.rows.last_mut() {
                grow(&mut sums.totals, cell.status, total);
            }
        }
        summed
    }

    /// Of what a standing summed up.
    fn of_parts(parts: Vec<Part>, page: &Page) -> Self {
        let (mut summed, mut by_key) = (Self::default(), BTreeMap::<String, Totals>::new());
        for Part { key, status, currency, count, amount, weighted, .. } in parts {
            let total = Total { count, amount, weighted };
            grow(by_key.entry(key.unwrap_or_default()).or_default(), status, total);
            grow(&mut summed.totals, status, total);
            summed.currencies.push(currency);
        }
        let row = |(key, totals)| Sums { key, name: None, totals };
        let mut rows: Vec<Sums> = by_key.into_iter().map(row).collect();
        rows.sort_by(|a, b| {
            let won = |sums: &Sums| {
                let won = sums.totals[Status::Won as usize];
                (won.amount, won.count)
            };
            let last = |sums: &Sums| (sums.key.is_empty(), sums.key.clone());
            won(b).cmp(&won(a)).then_with(|| last(a).cmp(&last(b)))
        });
        let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let rows = rows.into_iter().skip(index(page.offset())).take(index(page.fetch()));
        summed.rows = rows.collect();
        summed
    }
}
