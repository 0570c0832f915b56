//! `GET /v1/sales/grouped`: sales in groups within groups, with sums, averages, minima and maxima (§4, common filter set).
//!
//! A group of one level holds the sales of the groups below it, so each level adds up to the one above, and the outermost
//! to the totals. There is no paging: more groups than an answer holds are refused.

mod by;
mod rows;
mod spread;

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{
    Asked, CurrencyParam, Drill, Filters, InCurrency, Labels, Questions, Snapshot, When,
};
pub(crate) use by::GroupedParams;
use by::{By, Narrowed};
use rows::{Path, Row};
use spread::Figures;

/// Sales that have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleGroup {
    /// What they have in common: an id, a key, a `sub`, a period; none for sales that have nothing there.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    #[serde(flatten)]
    figures: Figures,
    /// The list of these sales.
    drill: String,
    /// The groups within it.
    #[schema(no_recursion)]
    groups: Vec<SaleGroup>,
}

/// Sales in groups.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupedSales {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of all amounts.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no amount.
    missing_rates: Vec<String>,
    /// What they are grouped by, the outermost first.
    group_by: Vec<&'static str>,
    /// By rank, then name; sales that have nothing there come last.
    groups: Vec<SaleGroup>,
    totals: Figures,
}

/// Sales in groups, up to three levels
#[utoipa::path(
    get,
    path = "/v1/sales/grouped",
    tag = "sales",
    params(When, Filters, CurrencyParam, GroupedParams),
    responses((status = 200, description = "The groups", body = GroupedSales), QueryProblems)
)]
pub(crate) async fn grouped(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, mut filters, currency, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        GroupedParams,
    )>,
) -> Result<Json<GroupedSales>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let rows = rows::rows(&mut snapshot, &filters, &currency, &params.group_by).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let companies = match ids_of_companies(&rows, &params.group_by) {
        ids if ids.is_empty() => HashMap::new(),
        ids => rows::companies(&mut snapshot, &filters, &currency, ids).await?,
    };
    let mut levels: HashMap<Path, Vec<Row>> = HashMap::new();
    let mut all = None;
    for row in rows {
        let mut path = row.path();
        match path.pop() {
            None => all = Some(row),
            Some(_) => levels.entry(path).or_default().push(row),
        }
    }
    let list = Narrowed {
        drill: drill.without(&["group_by", "min_position"]),
        from: filters.sale_date_from,
        to: filters.sale_date_to,
    };
    let nesting =
        Nesting { group_by: &params.group_by, labels: &labels, companies, currency: &currency };
    let totals = all.ok_or_else(|| Problem::internal(&NoTotals))?;
    let missing = totals.missing.clone().unwrap_or_default();
    Ok(Json(GroupedSales {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        missing_rates: currency.missing(missing),
        group_by: params.group_by.iter().map(|by| by.word()).collect(),
        groups: nesting.groups(&mut levels, Vec::new(), &list),
        totals: Figures::of(&totals, &currency),
    }))
}

/// A statement over any number of sales has a row of all of them.
#[derive(Debug, thiserror::Error)]
#[error("groups came without their totals")]
struct NoTotals;

/// The companies among the keys.
fn ids_of_companies(rows: &[Row], group_by: &[By]) -> Vec<Uuid> {
    let Some(level) = group_by.iter().position(|by| *by == By::Company) else {
        return Vec::new();
    };
    let keys = rows.iter().filter_map(|row| row.path().get(level).cloned().flatten());
    let mut ids: Vec<Uuid> = keys.filter_map(|key| Uuid::parse_str(&key).ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What groups are shown with.
struct Nesting<'a> {
    group_by: &'a [By],
    labels: &'a Labels,
    companies: HashMap<String, String>,
    currency: &'a InCurrency,
}

impl Nesting<'_> {
    /// The groups below a path, in order.
    fn groups(
        &self,
        levels: &mut HashMap<Path, Vec<Row>>,
        above: Path,
        list: &Narrowed,
    ) -> Vec<SaleGroup> {
        let Some(by) = self.group_by.get(above.len()) else { return Vec::new() };
        let rows = levels.remove(&above).unwrap_or_default();
        let mut headed = Vec::with_capacity(rows.len());
        for row in rows {
            let path = row.path();
            let key = path.last().cloned().flatten();
            headed.push((by.heading(key, self.labels, &self.companies), path, row));
        }
        headed.sort_by_cached_key(|(heading, ..)| heading.order());
        let mut groups = Vec::with_capacity(headed.len());
        for (heading, path, row) in headed {
            let narrowed = by.narrow(list, heading.key.as_deref());
            groups.push(SaleGroup {
                key: heading.key,
                name: heading.name,
                figures: Figures::of(&row, self.currency),
                drill: narrowed.path(),
                groups: self.groups(levels, path, &narrowed),
            });
        }
        groups
    }
}
