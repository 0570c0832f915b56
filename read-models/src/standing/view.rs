//! What a question looks at: a tenant's rows as they are now, or as they were at a moment.

use std::sync::Arc;

use super::Standing;
use super::agenda::{Item, Owners};
use super::chosen::Chosen;
use super::places::Instant;
use super::remembered::{Ask, Cell};
use super::sales::{Ahead, Block, Sales};
use super::seen::{SeenItems, SeenSales};
use super::sums::Periods;
use super::versions::Past;
use crate::ask::Sight;

/// Rows of one moment, as a caller sees them.
#[derive(Debug, Clone)]
pub(crate) struct View {
    rows: Rows,
    /// None: everything.
    sight: Option<Arc<Sight>>,
}

#[derive(Debug, Clone)]
enum Rows {
    /// The current ones.
    Now(Arc<Standing>),
    /// Those that held then.
    Then(Arc<Past>, Instant),
}

/// Where a sale of a view stands: block and place.
pub(super) type At = (usize, usize);

impl View {
    /// The current rows.
    pub fn now(standing: Arc<Standing>, sight: Option<Arc<Sight>>) -> Self {
        Self { rows: Rows::Now(standing), sight }
    }

    /// The rows that held at a moment.
    pub fn then(past: Arc<Past>, moment: Instant, sight: Option<Arc<Sight>>) -> Self {
        Self { rows: Rows::Then(past, moment), sight }
    }

    /// The columns of the sales, and their words.
    pub(super) fn sales(&self) -> &Sales {
        match &self.rows {
            Rows::Now(standing) => &standing.sales,
            Rows::Then(past, _) => &past.sales,
        }
    }

    /// Owners and groups of the activities.
    pub(super) fn owners(&self) -> &Owners {
        match &self.rows {
            Rows::Now(standing) => &standing.agenda.owners,
            Rows::Then(past, _) => &past.owners,
        }
    }

    /// Activities done before this day are not there.
    pub(super) fn floor(&self) -> i32 {
        match &self.rows {
            Rows::Now(standing) => standing.floor,
            Rows::Then(..) => i32::MIN,
        }
    }

    /// Shows every sale that is meant, with what lies ahead of it; of the past only when `ahead` says that it is needed.
    pub(super) fn each(
        &self,
        chosen: &Chosen,
        ahead: bool,
        mut show: impl FnMut(&Block, At, Option<Ahead>),
    ) {
        match &self.rows {
            Rows::Now(standing) => {
                let sales = &standing.sales;
                let seen = self.sight.as_ref().map(|sight| SeenSales::of(sight, sales));
                for (number, block) in sales.blocks.iter().enumerate() {
                    for at in chosen.places(block) {
                        if chosen.has(block, at, block.ahead[at])
                            && seen.as_ref().is_none_or(|seen| seen.has(block, at))
                        {
                            show(block, (number, at), Some(block.ahead[at]));
                        }
                    }
                }
            }
            Rows::Then(past, moment) => {
                let seen = self.sight.as_ref().map(|sight| past.seen_sales(sight, *moment));
                let aheads = (ahead || chosen.looks_ahead()).then(|| past.ahead(*moment));
                for (number, block) in past.sales.blocks.iter().enumerate() {
                    for at in (0..block.len()).filter(|at| past.holds(number, *at, *moment)) {
                        let sale = past.number(number, at);
                        let ahead = aheads.as_ref().and_then(|aheads| aheads.get(sale)).copied();
                        if chosen.has(block, at, ahead.unwrap_or(Ahead::NOTHING))
                            && seen.as_ref().is_none_or(|seen| seen.get(sale) == Some(&true))
                        {
                            show(block, (number, at), ahead);
                        }
                    }
                }
            }
        }
    }

    /// Shows the sums of all sales that are meant, block by block; false, and nothing, of the past.
    pub(super) fn each_cell(
        &self,
        chosen: &Chosen,
        ask: &Ask,
        periods: Option<&Periods>,
        mut show: impl FnMut(&Cell),
    ) -> bool {
        let Rows::Now(standing) = &self.rows else { return false };
        let seen = self.sight.as_ref().map(|sight| SeenSales::of(sight, &standing.sales));
        let sees = |cell: &Cell| {
            let of = &cell.0;
            let has = |seen: &SeenSales<'_>| seen.has_all(of.owner, of.group, of.visible);
            chosen.has_cell(of) && seen.as_ref().is_none_or(has)
        };
        for block in &standing.sales.blocks {
            block.cells(ask, periods).iter().filter(|cell| sees(cell)).for_each(&mut show);
        }
        true
    }

    /// Shows every activity that is not deleted.
    pub(super) fn each_item(&self, mut show: impl FnMut(&Item)) {
        let seen = self.sight.as_ref().map(|sight| match &self.rows {
            Rows::Now(standing) => SeenItems::now(sight, standing),
            Rows::Then(past, moment) => SeenItems::then(sight, past, *moment),
        });
        let show = |item: &Item| {
            if seen.as_ref().is_none_or(|seen| seen.has(item)) {
                show(item);
            }
        };
        match &self.rows {
            Rows::Now(standing) => {
                standing.agenda.blocks.iter().flat_map(|block| block.iter()).for_each(show);
            }
            Rows::Then(past, moment) => past.items(*moment).map(|(item, _)| item).for_each(show),
        }
    }
}
