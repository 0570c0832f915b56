//! What the tenant is like, as a reader of the domain would write it down: plain figures, no types of the product.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::cast::{Item, Kind, Stage, Suggests, Who, items};
use super::money::Currency;

/// How a move ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Something happened.
    Done,
    /// It was so already.
    Nothing,
    /// Status and code; several when the domain does not say which of them is told.
    Refused(Vec<(u16, &'static str)>),
}

/// Refused, by one rule.
pub(super) fn no(status: u16, code: &'static str) -> Verdict {
    Verdict::Refused(vec![(status, code)])
}

/// Something happened, or it was so already.
pub(super) fn changed(what: bool) -> Verdict {
    if what { Verdict::Done } else { Verdict::Nothing }
}

/// A type and its guide.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) guide: bool,
    pub(super) auto_advance: bool,
    /// By rank; stages are looked at in the type's order.
    pub(super) items: Vec<Item>,
}

/// Where a sale stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Status {
    Open,
    Stalled { reopen: NaiveDate },
    Closed { won: bool, completed: bool, before: i128 },
    Deleted,
}

/// A suggested item: unanswered, or the answer; over once it was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suggested {
    Open(Option<bool>),
    Over,
}

/// A sale.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    pub(super) number: usize,
    pub(super) kind: Kind,
    pub(super) status: Status,
    pub(super) stage: Option<Stage>,
    pub(super) probability: i128,
    pub(super) currency: Currency,
    /// Hundredths.
    pub(super) amount: i128,
    /// Hundredths.
    pub(super) cost: i128,
    pub(super) owner: Who,
    pub(super) date: NaiveDate,
    pub(super) suggested: BTreeMap<usize, Suggested>,
    /// The stage, and the answer if there was one.
    pub(super) next_stage: Option<(Stage, Option<bool>)>,
}

/// When an activity takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// One day.
    Day(NaiveDate),
    /// From an hour of a day on, so many minutes.
    Times { day: NaiveDate, hour: u32, minutes: i64 },
}

impl Slot {
    pub(super) fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Times { day, .. } => day,
        }
    }
}

/// A follow-up or a document.
#[derive(Debug, Clone)]
pub(super) struct Activity {
    pub(super) what: Suggests,
    pub(super) sale: Option<usize>,
    /// The item it was created from, and on which sale.
    pub(super) item: Option<(usize, usize)>,
    pub(super) owner: Who,
    pub(super) slot: Slot,
    /// The day it was done.
    pub(super) done: Option<NaiveDate>,
    pub(super) deleted: bool,
}

/// The tenant.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) today: NaiveDate,
    pub(super) kinds: BTreeMap<Kind, Terms>,
    pub(super) sales: BTreeMap<usize, Sale>,
    pub(super) activities: BTreeMap<usize, Activity>,
}

impl Model {
    pub(super) fn new() -> Self {
        let terms = |kind| Terms {
            guide: kind != Kind::Simple,
            auto_advance: kind == Kind::New,
            items: items(kind),
        };
        Self {
            today: NaiveDate::from_ymd_opt(2026, 3, 10).unwrap(),
            kinds: Kind::ALL.map(|kind| (kind, terms(kind))).into(),
            sales: BTreeMap::new(),
            activities: BTreeMap::new(),
        }
    }

    pub(super) fn day(&self, later: i64) -> NaiveDate {
        later_by(self.today, later)
    }

    /// Sales that are not deleted.
    pub(super) fn there(&self) -> impl Iterator<Item = (usize, &Sale)> {
        let sales = self.sales.iter().map(|(n, sale)| (*n, sale));
        sales.filter(|(_, sale)| sale.status != Status::Deleted)
    }

    /// Follow-ups of a sale that wait to be done.
    pub(super) fn open_of(&self, sale: usize) -> impl Iterator<Item = &Activity> {
        let of_sale =
            move |one: &&Activity| one.sale == Some(sale) && !one.deleted && one.done.is_none();
        self.activities.values().filter(of_sale)
    }

    /// SO-35: the oldest of them; the reopen date of a stalled sale stands for it (SO-15).
    pub(super) fn next_activity(&self, n: usize, sale: &Sale) -> Option<NaiveDate> {
        match sale.status {
            Status::Stalled { reopen } => Some(reopen),
            Status::Open | Status::Closed { .. } | Status::Deleted => {
                self.open_of(n).map(|one| one.slot.day()).min()
            }
        }
    }

    /// SD-15, A2: one of them should have been done before today.
    pub(super) fn overdue(&self, n: usize) -> bool {
        self.open_of(n).any(|one| one.slot.day() < self.today)
    }
}

impl Activity {
    /// The item it is an instance of: while it is about the sale it was created on.
    pub(super) fn instance_of(&self) -> Option<usize> {
        self.item.filter(|(_, sale)| self.sale == Some(*sale)).map(|(item, _)| item)
    }
}

/// So many days later, or earlier.
pub(super) fn later_by(day: NaiveDate, days: i64) -> NaiveDate {
    let many = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(many) } else { day.checked_add_days(many) };
    moved.unwrap()
}
