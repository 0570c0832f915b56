//! The activities of a tenant that are not done, and those done lately: what a diary lists.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::block::{Ahead, NO_DAY};
use super::sales::day_number;
use super::words::Words;
use crate::ask::WallClock;

/// Activities of a block.
const BLOCK: usize = 256;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The day of the column's count on which 1970 begins.
const EPOCH: i64 = 719_163;

/// Done long ago: in no list.
const DELETED: i32 = i32::MIN;

/// One version of an activity as SQL gives it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct ActivityRow {
    pub version: i64,
    pub position: i64,
    pub effective_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub stream_id: Uuid,
    pub activity_id: Uuid,
    pub sale_id: Option<Uuid>,
    pub from_day: Option<NaiveDate>,
    pub to_day: Option<NaiveDate>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub owner: String,
    pub owner_group: Option<String>,
    pub completed_on: Option<NaiveDate>,
    pub deleted: bool,
}

/// One activity in numbers.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub stream: Uuid,
    pub version: i64,
    pub activity: Uuid,
    pub sale: Option<Uuid>,
    pub owner: u32,
    pub group: u32,
    /// [`NO_DAY`] while it is not done, [`DELETED`] when it is gone.
    pub completed_on: i32,
    /// As the tenant's clock shows it, microseconds since 1970; whole days at midnight.
    pub begins: i64,
    pub ends: i64,
    /// The instants, when it has times.
    times: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Item {
    /// The day it begins on.
    pub fn first_day(&self) -> i32 {
        day_of(self.begins)
    }

    /// The day it ends on.
    pub fn last_day(&self) -> i32 {
        day_of(self.ends)
    }
}

fn day_of(at: i64) -> i32 {
    i32::try_from(at.div_euclid(DAY) + EPOCH).unwrap_or(NO_DAY)
}

/// Owners of activities and their groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Owners {
    owners: Arc<Words>,
    groups: Arc<Words>,
}

/// Which owners and groups a question is about; none for all.
#[derive(Debug)]
pub(super) struct Whose(Option<Vec<bool>>, Option<Vec<bool>>);

impl Owners {
    /// The activity in numbers.
    pub fn item(&mut self, row: &ActivityRow, clock: &WallClock) -> Item {
        let (begins, ends) = slot(row, clock);
        let done = row.completed_on.map_or(NO_DAY, day_number);
        Item {
            stream: row.stream_id,
            version: row.version,
            activity: row.activity_id,
            sale: row.sale_id,
            owner: meet(&mut self.owners, Some(&row.owner)),
            group: meet(&mut self.groups, row.owner_group.as_deref()),
            completed_on: if row.deleted { DELETED } else { done },
            begins,
            ends,
            times: row.starts_at.zip(row.ends_at),
        }
    }

    /// Roughly what the words take.
    pub fn bytes(&self) -> usize {
        self.owners.bytes() + self.groups.bytes()
    }

    /// The words: owners, groups.
    pub fn words(&self) -> (&Words, &Words) {
        (&self.owners, &self.groups)
    }

    /// These owners and groups in numbers.
    pub fn whose(&self, owners: Option<&[String]>, groups: Option<&[String]>) -> Whose {
        Whose(
            owners.map(|wanted| self.owners.among(wanted)),
            groups.map(|wanted| self.groups.among(wanted)),
        )
    }
}

impl Whose {
    /// Whether an activity is meant.
    pub fn has(&self, item: &Item) -> bool {
        let among = |wanted: &Option<Vec<bool>>, number: u32| {
            wanted.as_ref().is_none_or(|wanted| {
                usize::try_from(number).is_ok_and(|number| wanted.get(number) == Some(&true))
            })
        };
        among(&self.0, item.owner) && among(&self.1, item.group)
    }
}

/// What lies ahead, while activities are being looked at: of whole days the first, of instants the day of the first,
/// and of these the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looking {
    days: Ahead,
    next: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
}

impl Looking {
    /// Before the first one.
    pub const NOTHING: Self = Self { days: Ahead::NOTHING, next: None, ends: None };

    /// With one more activity, if it is not done.
    pub fn see(&mut self, item: &Item) {
        match item.times {
            _ if item.completed_on != NO_DAY => {}
            Some((from, to)) => {
                self.next = Some(self.next.unwrap_or(from).min(from));
                self.ends = Some(self.ends.unwrap_or(to).min(to));
            }
            None => {
                self.days.next = self.days.next.min(item.first_day());
                self.days.ends = self.days.ends.min(item.last_day());
            }
        }
    }

    /// What was found.
    pub fn found(self, clock: &WallClock) -> Ahead {
        let day = |at: Option<DateTime<Utc>>| at.map_or(NO_DAY, |at| day_of(clock.shows(at)));
        Ahead { next: self.days.next.min(day(self.next)), ends: self.days.ends.min(day(self.ends)) }
    }
}

/// Activities, those of each sale together. A clone shares the blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    pub blocks: Vec<Arc<Vec<Item>>>,
    pub owners: Owners,
}

/// Where the activities stand; only who writes needs it.
#[derive(Debug, Default)]
pub(super) struct AgendaIndex {
    seats: HashMap<Uuid, usize>,
    of_sale: HashMap<Uuid, Vec<Uuid>>,
}

impl AgendaIndex {
    /// What an activity takes here and in the blocks.
    pub const BYTES: usize = 24 + 40 + 56 + size_of::<Item>();

    /// How many activities there are.
    pub fn len(&self) -> usize {
        self.seats.len()
    }
}

impl Agenda {
    /// Takes in one row: what is deleted or was done before `floor` goes, everything else is there afterwards. Answers
    /// the sales whose activities changed.
    pub fn take(
        &mut self,
        index: &mut AgendaIndex,
        row: &ActivityRow,
        floor: i32,
        clock: &WallClock,
    ) -> Vec<Uuid> {
        let before = self.remove(index, row.stream_id);
        let item = self.owners.item(row, clock);
        if item.completed_on < floor {
            return before.into_iter().collect();
        }
        self.push(index, item);
        before.into_iter().chain(row.sale_id).collect()
    }

    /// What lies ahead of a sale.
    pub fn ahead(&self, index: &AgendaIndex, sale: Uuid, clock: &WallClock) -> Ahead {
        let Some(streams) = index.of_sale.get(&sale) else { return Ahead::NOTHING };
        let mut looking = Looking::NOTHING;
        for seat in streams.iter().filter_map(|stream| index.seats.get(stream)) {
            looking.see(self.item(*seat));
        }
        looking.found(clock)
    }

    fn item(&self, seat: usize) -> &Item {
        &self.blocks[seat / BLOCK][seat % BLOCK]
    }

    fn push(&mut self, index: &mut AgendaIndex, item: Item) {
        let seat = index.seats.len();
        if let Some(sale) = item.sale {
            index.of_sale.entry(sale).or_default().push(item.stream);
        }
        index.seats.insert(item.stream, seat);
        if seat / BLOCK == self.blocks.len() {
            self.blocks.push(Arc::default());
        }
        Arc::make_mut(&mut self.blocks[seat / BLOCK]).push(item);
    }

    /// Takes an activity out; the last one moves to its place. Answers its sale.
    fn remove(&mut self, index: &mut AgendaIndex, stream: Uuid) -> Option<Uuid> {
        let seat = index.seats.remove(&stream)?;
        let last = Arc::make_mut(self.blocks.last_mut()?).pop()?;
        if self.blocks.last().is_some_and(|block| block.is_empty()) {
            self.blocks.pop();
        }
        let removed = if last.stream == stream {
            last
        } else {
            index.seats.insert(last.stream, seat);
            let place = Arc::make_mut(&mut self.blocks[seat / BLOCK]).get_mut(seat % BLOCK);
            std::mem::replace(place.expect("invariant: seats are dense"), last)
        };
        let sale = removed.sale?;
        if let Some(streams) = index.of_sale.get_mut(&sale) {
            streams.retain(|other| *other != stream);
            if streams.is_empty() {
                index.of_sale.remove(&sale);
            }
        }
        Some(sale)
    }
}

fn meet(words: &mut Arc<Words>, text: Option<&str>) -> u32 {
    let Some(text) = text else { return Words::NONE };
    match words.number(text) {
        Some(known) => known,
        None => Arc::make_mut(words).meet(text),
    }
}

/// Begin and end as the wall clock shows them.
fn slot(row: &ActivityRow, clock: &WallClock) -> (i64, i64) {
    let midnight = |day: NaiveDate| (i64::from(day_number(day)) - EPOCH) * DAY;
    let days = row.from_day.zip(row.to_day);
    let days = days.map(|(from, to)| (midnight(from), midnight(to)));
    let times = row.starts_at.zip(row.ends_at);
    let days = days.or_else(|| times.map(|(from, to)| (clock.shows(from), clock.shows(to))));
    days.expect("invariant: an activity has either days or times")
}
