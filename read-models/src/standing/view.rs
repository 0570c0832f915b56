//! What a question looks at: a tenant's rows as they are now, or as they were at a moment.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::agenda::{Item, Owners};
use super::block::{Ahead, BLOCK, Block, NO_DAY};
use super::chosen::Chosen;
use super::moments::Held;
use super::places::Instant;
use super::remembered::{Ask, Cell};
use super::sales::{Sales, day_number};
use super::seen::{SeenItems, SeenSales};
use super::sums::Periods;
use super::versions::Past;
use super::{Standing, VersionOf};
use crate::ask::Sight;
use crate::upcoming::Upcoming;

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
    Then(Arc<Past>, Instant, Arc<Held>),
}

/// A current sale that the caller sees.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SaleHeld {
    pub stream: Uuid,
    pub version: i64,
    /// Only its name is shown any more (SO-23).
    pub deleted: bool,
    pub ahead: Upcoming,
}

/// Where a sale of a view stands: block and place.
pub(super) type At = (usize, usize);

/// Which sales a caller sees.
enum Seen<'a> {
    Now(SeenSales<'a>),
    /// By number.
    Then(Vec<bool>, &'a Held),
}

impl Seen<'_> {
    fn has(&self, block: &Block, (number, at): At) -> bool {
        match self {
            Self::Now(seen) => seen.has(block, at),
            Self::Then(seen, held) => seen.get(held.number(number, at)) == Some(&true),
        }
    }
}

impl View {
    /// The current rows.
    pub fn now(standing: Arc<Standing>, sight: Option<Arc<Sight>>) -> Self {
        Self { rows: Rows::Now(standing), sight }
    }

    /// The rows that held at a moment.
    pub fn then(past: Arc<Past>, moment: Instant, sight: Option<Arc<Sight>>) -> Self {
        let held = past.held(moment);
        Self { rows: Rows::Then(past, moment, held), sight }
    }

    /// The same rows, also those the caller does not see.
    pub(super) fn of_everybody(&self) -> Self {
        Self { rows: self.rows.clone(), sight: None }
    }

    /// The columns of the sales, and their words.
    pub(super) fn sales(&self) -> &Sales {
        match &self.rows {
            Rows::Now(standing) => &standing.sales,
            Rows::Then(.., held) => &held.sales,
        }
    }

    /// All versions, the moment, and what held then; none of what is current.
    pub(super) fn past(&self) -> Option<(&Past, Instant, &Held)> {
        match &self.rows {
            Rows::Now(_) => None,
            Rows::Then(past, moment, held) => Some((past, *moment, held)),
        }
    }

    /// Whether it is about what is current.
    pub(super) fn is_now(&self) -> bool {
        matches!(self.rows, Rows::Now(_))
    }

    /// The version of a sale, if it is the current one.
    pub(super) fn version(&self, block: usize, at: usize) -> Option<i64> {
        self.is_now().then(|| self.sales().blocks[block].version[at])
    }

    /// A current sale, if the caller sees it; also none of the past.
    pub fn sale(&self, sale: Uuid, today: NaiveDate) -> Option<SaleHeld> {
        let Rows::Now(standing) = &self.rows else { return None };
        let (block, at) = standing.seats.of(sale)?.indices();
        let block = standing.sales.blocks.get(block)?;
        let seen = self.sight.as_ref().map(|sight| SeenSales::of(sight, &standing.sales));
        seen.is_none_or(|seen| seen.has(block, at)).then(|| SaleHeld {
            stream: block.stream[at],
            version: block.version[at],
            deleted: block.deleted[at],
            ahead: block.ahead[at].on(day_number(today)),
        })
    }

    /// Those of some sales that are current and that the caller sees.
    pub fn names(&self, sales: impl Iterator<Item = Uuid>) -> Vec<VersionOf> {
        let Rows::Now(standing) = &self.rows else { return Vec::new() };
        let seen = self.sight.as_ref().map(|sight| SeenSales::of(sight, &standing.sales));
        let version = |sale| {
            let (block, at) = standing.seats.of(sale)?.indices();
            let block = standing.sales.blocks.get(block)?;
            let is_seen = seen.as_ref().is_none_or(|seen| seen.has(block, at));
            is_seen.then(|| (block.stream[at], block.version[at]))
        };
        sales.filter_map(version).collect()
    }

    /// The next activity of a sale, done ones passed over; nothing inside when the caller does not see it; none of the past.
    pub fn next_activity(&self, sale: Uuid) -> Option<Option<Uuid>> {
        let Rows::Now(standing) = &self.rows else { return None };
        let items = standing.agenda.blocks.iter().flat_map(|block| block.iter());
        let open = items.filter(|item| item.sale == Some(sale) && item.completed_on == NO_DAY);
        let Some(next) = open.min_by_key(|item| (item.begins, item.activity)) else {
            return Some(None);
        };
        let seen = self.sight.as_ref().map(|sight| SeenItems::now(sight, standing));
        Some(seen.is_none_or(|seen| seen.has(next)).then_some(next.activity))
    }

    /// Owners and groups of the activities.
    pub(super) fn owners(&self) -> &Owners {
        match &self.rows {
            Rows::Now(standing) => &standing.agenda.owners,
            Rows::Then(past, ..) => &past.owners,
        }
    }

    /// Activities done before this day are not there.
    pub(super) fn floor(&self) -> i32 {
        match &self.rows {
            Rows::Now(standing) => standing.floor,
            Rows::Then(..) => i32::MIN,
        }
    }

    /// Shows every sale that is meant, with what lies ahead of it.
    pub(super) fn each(&self, chosen: &Chosen, show: impl FnMut(&Block, At, Ahead)) {
        self.each_within(chosen, |_| true, show);
    }

    /// The same without blocks that are not entered.
    pub(super) fn each_within(
        &self,
        chosen: &Chosen,
        enter: impl Fn(&Block) -> bool,
        mut show: impl FnMut(&Block, At, Ahead),
    ) {
        let seen = self.sight.as_ref().map(|sight| self.seen(sight));
        let blocks = self.sales().blocks.iter().enumerate();
        let mut places = Vec::with_capacity(BLOCK);
        for (number, block) in blocks.filter(|(_, block)| enter(block)) {
            chosen.meant(block, &mut places);
            for at in places.iter().map(|at| usize::from(*at)) {
                if seen.as_ref().is_none_or(|seen| seen.has(block, (number, at))) {
                    show(block, (number, at), block.ahead[at]);
                }
            }
        }
    }

    /// Which of the sales a caller sees: by what they are now, of the past by their newest version.
    fn seen<'a>(&'a self, sight: &'a Sight) -> Seen<'a> {
        match &self.rows {
            Rows::Now(standing) => Seen::Now(SeenSales::of(sight, &standing.sales)),
            Rows::Then(past, moment, held) => Seen::Then(past.seen_sales(sight, *moment), held),
        }
    }

    /// Shows the sums of all sales that are meant, block by block; false, and nothing, of a past not all of which is seen.
    pub(super) fn each_cell(
        &self,
        chosen: &Chosen,
        ask: &Ask,
        periods: Option<&Periods>,
        mut show: impl FnMut(&Cell),
    ) -> bool {
        if self.sight.is_some() && !self.is_now() {
            return false;
        }
        let sales = self.sales();
        let seen = self.sight.as_ref().map(|sight| SeenSales::of(sight, sales));
        let sees = |cell: &Cell| {
            let of = &cell.0;
            let has = |seen: &SeenSales<'_>| seen.has_all(of.owner, of.group, of.visible);
            chosen.has_cell(of) && seen.as_ref().is_none_or(has)
        };
        for block in &sales.blocks {
            block.cells(ask, periods).iter().filter(|cell| sees(cell)).for_each(&mut show);
        }
        true
    }

    /// Shows every activity that is listed and seen.
    pub(super) fn each_item(&self, listed: impl Fn(&Item) -> bool, mut show: impl FnMut(&Item)) {
        let seen = self.sight.as_ref().map(|sight| match &self.rows {
            Rows::Now(standing) => SeenItems::now(sight, standing),
            Rows::Then(past, moment, _) => SeenItems::then(sight, past, *moment),
        });
        let show = |item: &Item| {
            if listed(item) && seen.as_ref().is_none_or(|seen| seen.has(item)) {
                show(item);
            }
        };
        match &self.rows {
            Rows::Now(standing) => {
                standing.agenda.blocks.iter().flat_map(|block| block.iter()).for_each(show);
            }
            Rows::Then(past, moment, _) => past.items(*moment).map(|(item, _)| item).for_each(show),
        }
    }
}
