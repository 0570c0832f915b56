//! The answer put together: columns and lanes with their figures, cards, lists and moves.

use std::collections::HashMap;

use events::view::{BoardGroup, Summarize};
use service_runtime::Actor;

use super::firsts::Stand;
use super::headings::{self, Heading};
use super::moves::Move;
use super::params::Looked;
use super::sums::{Sum, Sums, measure};
use super::{Board, BoardCard, BoardColumn, Subgroup};
use crate::ask::{Drill, Filters, InCurrency, Labels, Pinned, Shown, Snapshot};
use crate::figures::Measure;
use crate::sale::Status;
use crate::standing::Total;

/// What the columns are laid out with.
pub(super) struct Laid<'a> {
    pub looked: &'a Looked,
    pub filters: &'a Filters,
    pub currency: &'a InCurrency,
    pub labels: &'a Labels,
    pub snapshot: &'a Snapshot,
    pub actor: &'a Actor,
    pub drill: Drill,
}

impl Laid<'_> {
    /// The whole answer.
    pub fn board(&self, sums: Sums, cards: HashMap<Stand, Vec<Shown<BoardCard>>>) -> Board {
        let totals = sums.totals(self.currency);
        let missing_rates = self.currency.missing(sums.currencies.iter().cloned());
        let (columns, lanes) = self.out(sums, cards);
        Board {
            position: self.snapshot.position,
            as_of: self.snapshot.at,
            group_by: headings::word(self.looked.group_by),
            subgroup_by: self.looked.subgroup_by.map(headings::word),
            summarize: match self.looked.summarize {
                Summarize::Amount => "amount",
                Summarize::Weighted => "weighted",
            },
            hide_closed: self.looked.hide_closed,
            sort: self.looked.order(),
            currency: self.currency.asked.as_str().to_owned(),
            missing_rates,
            columns,
            lanes,
            totals,
        }
    }

    /// Columns and lanes, in order.
    fn out(
        &self,
        mut sums: Sums,
        mut cards: HashMap<Stand, Vec<Shown<BoardCard>>>,
    ) -> (Vec<BoardColumn>, Vec<BoardColumn>) {
        let group = self.looked.group_by;
        for key in headings::offered(group, self.filters, self.labels) {
            sums.columns.entry(Some(key)).or_default();
        }
        let mut columns: Vec<(Heading, Sum)> = std::mem::take(&mut sums.columns)
            .into_iter()
            .map(|(key, sum)| (Heading::of(group, key, self.labels), sum))
            .collect();
        columns.sort_by_cached_key(|(heading, _)| heading.order());
        let by_status = group == BoardGroup::Status;
        let columns = columns.into_iter().map(|(heading, sum)| {
            let status = heading.key.as_deref().and_then(Status::parse).filter(|_| by_status);
            let stand = match status {
                Some(status) => (status as usize, None),
                None => (Status::Open as usize, heading.key.clone()),
            };
            let own = cards.remove(&stand).unwrap_or_default();
            let drill = match by_status {
                true => self.drill.clone(),
                false => self.drill.with("status", Status::Open.as_str()),
            };
            let drill = drill.of_key(headings::word(group), heading.key.as_deref());
            let into = Move::into_key(group, heading.key.as_deref());
            self.column((heading, into), sum, own, &drill)
        });
        let columns = columns.collect();
        let lanes =
            headings::statuses(self.filters).filter(|status| !by_status && *status != Status::Open);
        let lanes = lanes.map(|status| {
            let sum = sums.lanes.remove(&(status as usize)).unwrap_or_default();
            let own = cards.remove(&(status as usize, None)).unwrap_or_default();
            let heading =
                Heading::of(BoardGroup::Status, Some(status.as_str().to_owned()), self.labels);
            let drill = self.drill.with("status", status.as_str());
            self.column((heading, Some(Move::into_status(status))), sum, own, &drill)
        });
        let lanes = lanes.collect();
        (columns, lanes)
    }

    fn column(
        &self,
        (heading, into): (Heading, Option<Move>),
        sum: Sum,
        cards: Vec<Shown<BoardCard>>,
        drill: &Drill,
    ) -> BoardColumn {
        let figures = measure(sum.total, self.currency);
        let sorted = drill.with("sort", self.looked.order());
        let shown = i64::try_from(cards.len()).unwrap_or(i64::MAX);
        let more = match shown {
            shown if sum.total.count <= shown => None,
            0 => Some(sorted.to_sales()),
            offset => {
                let (position, at) = (self.snapshot.position, self.snapshot.at);
                let from = Pinned { position, at, offset };
                Some(sorted.going_on("/v1/sales", from, &self.actor.tenant))
            }
        };
        BoardColumn {
            key: heading.key,
            name: heading.name,
            rank: heading.rank,
            sum: self.sum_of(&figures),
            figures,
            subgroups: self.subgroups(sum, drill),
            cards,
            more,
            drill: drill.to_sales(),
            into,
        }
    }

    fn subgroups(&self, sum: Sum, drill: &Drill) -> Vec<Subgroup> {
        let Some(group) = self.looked.subgroup_by else { return Vec::new() };
        let below = sum.below.into_iter();
        let mut below: Vec<(Heading, Total)> =
            below.map(|(key, total)| (Heading::of(group, key, self.labels), total)).collect();
        below.sort_by_cached_key(|(heading, _)| heading.order());
        let subgroup = |(heading, total): (Heading, Total)| {
            let figures = measure(total, self.currency);
            Subgroup {
                drill: drill.of_key(headings::word(group), heading.key.as_deref()).to_sales(),
                into: Move::into_key(group, heading.key.as_deref()),
                key: heading.key,
                name: heading.name,
                rank: heading.rank,
                sum: self.sum_of(&figures),
                figures,
            }
        };
        below.into_iter().map(subgroup).collect()
    }

    fn sum_of(&self, figures: &Measure) -> String {
        match self.looked.summarize {
            Summarize::Amount => figures.amount.clone(),
            Summarize::Weighted => figures.weighted.clone(),
        }
    }
}
