//! The activities of a tenant that are not done, and those done lately: what a diary lists.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::sales::{Ahead, NO_DAY, day_number};
use super::words::Words;
use crate::ask::WallClock;

/// Activities of a block.
const BLOCK: usize = 256;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The day of the column's count on which 1970 begins.
const EPOCH: i64 = 719_163;

/// One current activity as SQL gives it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct ActivityRow {
    pub position: i64,
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
    pub activity: Uuid,
    pub sale: Option<Uuid>,
    pub owner: u32,
    pub group: u32,
    /// [`NO_DAY`] while it is not done.
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

/// Activities, those of each sale together. A clone shares the blocks, the index too until somebody writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    pub blocks: Vec<Arc<Vec<Item>>>,
    owners: Arc<Words>,
    groups: Arc<Words>,
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
    /// Owners of activities.
    pub fn owners(&self) -> &Words {
        &self.owners
    }

    /// Their groups.
    pub fn groups(&self) -> &Words {
        &self.groups
    }

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
        let completed_on = row.completed_on.map_or(NO_DAY, day_number);
        let slot = slot(row, clock).filter(|_| !row.deleted && completed_on >= floor);
        let Some((begins, ends)) = slot else {
            return before.into_iter().collect();
        };
        let item = Item {
            stream: row.stream_id,
            activity: row.activity_id,
            sale: row.sale_id,
            owner: meet(&mut self.owners, Some(&row.owner)),
            group: meet(&mut self.groups, row.owner_group.as_deref()),
            completed_on,
            begins,
            ends,
            times: row.starts_at.zip(row.ends_at),
        };
        self.push(index, item);
        before.into_iter().chain(row.sale_id).collect()
    }

    /// What lies ahead of a sale: of whole days the first, of instants the day of the first, and of these the first.
    pub fn ahead(&self, index: &AgendaIndex, sale: Uuid, clock: &WallClock) -> Ahead {
        let Some(streams) = index.of_sale.get(&sale) else { return Ahead::NOTHING };
        let (mut ahead, mut next, mut ends) = (Ahead::NOTHING, None, None);
        for item in streams.iter().filter_map(|stream| index.seats.get(stream)) {
            let item = self.item(*item);
            match item.times {
                _ if item.completed_on != NO_DAY => {}
                Some((from, to)) => {
                    next = Some(next.unwrap_or(from).min(from));
                    ends = Some(ends.unwrap_or(to).min(to));
                }
                None => {
                    ahead.next = ahead.next.min(item.first_day());
                    ahead.ends = ahead.ends.min(item.last_day());
                }
            }
        }
        let day = |at: Option<DateTime<Utc>>| at.map_or(NO_DAY, |at| day_of(clock.shows(at)));
        Ahead { next: ahead.next.min(day(next)), ends: ahead.ends.min(day(ends)) }
    }

    /// Roughly what the words take.
    pub fn bytes(&self) -> usize {
        self.owners.bytes() + self.groups.bytes()
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
fn slot(row: &ActivityRow, clock: &WallClock) -> Option<(i64, i64)> {
    let midnight = |day: NaiveDate| (i64::from(day_number(day)) - EPOCH) * DAY;
    let days = row.from_day.zip(row.to_day);
    let days = days.map(|(from, to)| (midnight(from), midnight(to)));
    let times = row.starts_at.zip(row.ends_at);
    days.or_else(|| times.map(|(from, to)| (clock.shows(from), clock.shows(to))))
}
