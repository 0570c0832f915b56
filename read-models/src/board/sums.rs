//! Sums of the board, from memory or by SQL, and what they add up to.

use std::collections::{BTreeMap, BTreeSet};

use service_runtime::Problem;

use super::headings::{key, word};
use super::params::Looked;
use crate::ask::{Filters, InCurrency, Snapshot, add, bind_matching, failed, matching};
use crate::figures::{ByStatus, Measure};
use crate::sale::Status;
use crate::standing::{Key, Piece, Total};
use crate::upcoming::ahead;

/// A sum as SQL gives it.
#[derive(Debug, sqlx::FromRow)]
struct Row {
    status: Status,
    key: Option<String>,
    sub: Option<String>,
    currency: String,
    count: i64,
    amount: Option<String>,
    weighted: Option<String>,
}

impl From<Row> for Piece {
    fn from(row: Row) -> Self {
        let minor = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
        let total =
            Total { count: row.count, amount: minor(row.amount), weighted: minor(row.weighted) };
        Self { key: row.key, sub: row.sub, status: row.status, currency: row.currency, total }
    }
}

/// What all sales of the board add up to, by column and subgroup.
pub(super) async fn pieces(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    looked: &Looked,
) -> Result<Vec<Piece>, Problem> {
    let keys = [key(looked.group_by), looked.subgroup_by.map_or(Key::Nothing, key)];
    let view = snapshot.view();
    let held = view.and_then(|view| view.pieces(filters, snapshot.today, currency, keys));
    if let Some(held) = held {
        return Ok(held);
    }
    snapshot.plan_anew().await?;
    let mut arguments = bind_matching(snapshot, filters, currency);
    add(&mut arguments, word(looked.group_by));
    add(&mut arguments, looked.subgroup_by.map(word));
    let rows: Vec<Row> = sqlx::query_as_with(
        concat!(
            include_str!("sums.sql"),
            ahead!(),
            " WHERE ",
            matching!(),
            include_str!("sums_by.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(rows.into_iter().map(Piece::from).collect())
}

/// Subgroups with their sums; no key comes first.
pub(super) type Below = BTreeMap<Option<String>, Total>;

/// The sums of a column or lane.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub total: Total,
    pub below: Below,
}

impl Sum {
    fn join(&mut self, piece: &Piece) {
        self.total.join(&piece.total);
        self.below.entry(piece.sub.clone()).or_default().join(&piece.total);
    }
}

/// The pieces put together: columns by key, lanes by status, the four totals, the currencies there are.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub columns: BTreeMap<Option<String>, Sum>,
    pub lanes: BTreeMap<usize, Sum>,
    pub statuses: [Total; 4],
    pub currencies: BTreeSet<String>,
}

impl Sums {
    /// Open sales stand in columns, all others in the lane of their status; `by_status` there are columns only.
    pub fn of(pieces: &[Piece], by_status: bool) -> Self {
        let mut sums = Self::default();
        for piece in pieces {
            let status = piece.status as usize;
            sums.statuses[status].join(&piece.total);
            sums.currencies.insert(piece.currency.clone());
            let sum = match by_status || piece.status == Status::Open {
                true => sums.columns.entry(piece.key.clone()).or_default(),
                false => sums.lanes.entry(status).or_default(),
            };
            sum.join(piece);
        }
        sums
    }

    /// The four totals.
    pub fn totals(&self, currency: &InCurrency) -> ByStatus {
        let mut totals = ByStatus::zero(currency);
        for (status, total) in Status::ALL.into_iter().zip(self.statuses) {
            totals.set(status, measure(total, currency));
        }
        totals
    }
}

/// A sum in the currency of the answer.
pub(super) fn measure(total: Total, currency: &InCurrency) -> Measure {
    let (amount, weighted) = (total.amount.to_string(), total.weighted.to_string());
    Measure::of(total.count, Some(&amount), Some(&weighted), currency)
}
