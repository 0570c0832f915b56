//! Lost sales counted and summed up by reason, competitor, breakdown and currency: what every figure of the analysis adds
//! up from.

use std::collections::BTreeMap;

use service_runtime::Problem;

use crate::ask::{Filters, InCurrency, Snapshot, add, bind_matching, failed, matching};
use crate::upcoming::ahead;

/// The lost sales that have all of this in common.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct LossCell {
    pub reason: Option<String>,
    pub competitor: Option<String>,
    /// What the breakdown is by.
    pub key: Option<String>,
    pub currency: String,
    count: i64,
    amount: Option<String>,
}

/// How many, and their minor units; what has no rate counts and is worth nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Losses {
    pub count: i64,
    pub amount: i128,
}

impl LossCell {
    /// Those that match.
    pub async fn read(
        snapshot: &mut Snapshot,
        filters: &Filters,
        currency: &InCurrency,
        group_by: Option<&'static str>,
    ) -> Result<Vec<Self>, Problem> {
        snapshot.plan_anew().await?;
        let mut arguments = bind_matching(snapshot, filters, currency);
        add(&mut arguments, group_by);
        sqlx::query_as_with(
            concat!(
                include_str!("cells.sql"),
                include_str!("../../cards_from.sql"),
                ahead!(),
                " WHERE s.status = 'lost' AND ",
                matching!(),
                " GROUP BY 1, 2, 3, 4"
            ),
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))
    }

    fn losses(&self) -> Losses {
        let amount = self.amount.as_deref().and_then(|text| text.parse().ok());
        Losses { count: self.count, amount: amount.unwrap_or_default() }
    }
}

/// All of them together.
pub(super) fn total<'a>(cells: impl IntoIterator<Item = &'a LossCell>) -> Losses {
    cells.into_iter().fold(Losses::default(), |total, cell| total.and(cell.losses()))
}

/// Together by what they have in common; most lost first, then most often, then by key.
pub(super) fn ranked<'a, K: Ord + Clone>(
    cells: impl IntoIterator<Item = &'a LossCell>,
    common: impl Fn(&LossCell) -> K,
) -> Vec<(K, Losses)> {
    let mut totals: BTreeMap<K, Losses> = BTreeMap::new();
    for cell in cells {
        let total = totals.entry(common(cell)).or_default();
        *total = total.and(cell.losses());
    }
    let mut ranked: Vec<(K, Losses)> = totals.into_iter().collect();
    ranked.sort_by_key(|(_, losses)| std::cmp::Reverse((losses.amount, losses.count)));
    ranked
}

impl Losses {
    fn and(self, more: Self) -> Self {
        Self { count: self.count + more.count, amount: self.amount + more.amount }
    }
}
