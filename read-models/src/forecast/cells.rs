//! Sums of sales by period, key and status: from memory, else by SQL.

use chrono::NaiveDate;
use service_runtime::Problem;

use super::ForecastParams;
use crate::ask::{Filters, InCurrency, Snapshot, add, bind_matching, failed, matching};
use crate::sale::Status;
use crate::standing::{Key, OfCompany, Part, Periods, Total, totals_by};
use crate::upcoming::ahead;

/// A sum of sales.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Cell {
    pub grouping: i32,
    pub period: Option<String>,
    pub key: Option<String>,
    pub status: Option<Status>,
    pub currency: Option<String>,
    pub count: i64,
    pub amount: Option<String>,
    pub weighted: Option<String>,
}

/// GROUPING(period, key, status, currency): a bit is set for what was summed over.
pub(super) const OF_ROW: i32 = 0b0001;
pub(super) const OF_STATUS: i32 = 0b1101;
pub(super) const OF_CURRENCY: i32 = 0b1110;

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

/// The sums of what is asked about, by memory or SQL.
pub(super) async fn cells(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    params: &ForecastParams,
    range: (NaiveDate, NaiveDate),
) -> Result<Vec<Cell>, Problem> {
    if let Some(view) = snapshot.view() {
        let (today, periods) = (snapshot.today, Periods::cut(range.0, range.1, params.period));
        let held = match params.group_by.and_then(OfCompany::parse) {
            Some(of) => snapshot.companies().await?.and_then(|companies| {
                view.sums_by_company(filters, today, currency, (of, &companies), &periods)
            }),
            None => {
                let key = params.group_by.map_or(Key::Nothing, Key::Column);
                view.sums(filters, today, currency, key, Some(&periods))
            }
        };
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
            include_str!("cells.sql"),
            ahead!(),
            " WHERE s.sale_date BETWEEN $39 AND $40 AND ",
            matching!(),
            include_str!("groups.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
