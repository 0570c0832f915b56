//! All versions of a tenant's sales and activities, each with when it holds: what questions about the past look at.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use uuid::Uuid;

use super::Mark;
use super::agenda::{ActivityRow, Item, Looking, Owners};
use super::block::{Ahead, BLOCK};
use super::moments::{Held, Moments};
use super::places::{Instant, PlaceOf, Places};
use super::sales::{SaleRow, Sales, Seat};
use crate::ask::WallClock;

/// The number of no sale.
const NO_SALE: u32 = u32::MAX;

/// When the versions of a list hold, block by block beside the list itself. A clone shares the blocks.
#[derive(Debug, Clone, Default)]
struct Timeline(Vec<Arc<Places>>);

/// The newest version of each stream; only who writes needs it.
#[derive(Debug, Default)]
pub(super) struct Newest(HashMap<Uuid, (i64, Seat)>);

impl Newest {
    /// What a stream takes.
    pub const BYTES: usize = 72;

    /// The newest version that is held of a stream; 0 for none.
    pub fn version(&self, stream: Uuid) -> i64 {
        self.0.get(&stream).map_or(0, |(version, _)| *version)
    }

    /// How many streams there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl Timeline {
    /// Adds the next version of a stream, which stands at the end of its list, and ends the one before.
    fn push(
        &mut self,
        newest: &mut Newest,
        (stream, version): (Uuid, i64),
        place: PlaceOf,
        sale: u32,
    ) {
        if self.0.last().is_none_or(|last| last.len() == BLOCK) {
            self.0.push(Arc::default());
        }
        let block = self.0.len() - 1;
        let places = Arc::make_mut(&mut self.0[block]);
        let number = |index: usize| u32::try_from(index).expect("invariant: memory is bounded");
        let seat = Seat { block: number(block), at: number(places.len()) };
        places.push(place, sale);
        if let Some((_, before)) = newest.0.insert(stream, (version, seat)) {
            let (block, at) = before.indices();
            Arc::make_mut(&mut self.0[block]).end(at, place);
        }
    }
}

/// Numbers of sales, in the order they were met in either table.
#[derive(Debug, Default)]
pub(super) struct SaleNumbers(HashMap<Uuid, u32>);

impl SaleNumbers {
    /// What a sale takes.
    pub const BYTES: usize = 40;

    /// The number of a sale.
    pub fn meet(&mut self, sale: Uuid) -> u32 {
        let next = u32::try_from(self.0.len()).expect("invariant: memory is bounded");
        *self.0.entry(sale).or_insert(next)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Every version of every sale and activity up to a position. What readers get never changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    /// Of which tables, up to which position.
    pub mark: Mark,
    pub(super) sales: Sales,
    pub(super) owners: Owners,
    sale_times: Timeline,
    items: Vec<Arc<Vec<Item>>>,
    item_times: Timeline,
    /// The zone its days are of.
    pub zone: Option<Tz>,
    pub(super) clock: Arc<WallClock>,
    /// How many sales were met.
    pub(super) met: usize,
    /// Shared with the pasts that follow this one.
    pub(super) moments: Arc<Moments>,
}

impl Past {
    /// Whether it knows everything a snapshot shows.
    pub fn reaches(&self, mark: &Mark) -> bool {
        self.mark.position >= mark.position && self.mark.same_rows(mark)
    }

    /// Adds the next version of a sale.
    pub(super) fn push_sale(&mut self, newest: &mut Newest, row: &SaleRow, number: u32) {
        let place = PlaceOf {
            effective: row.effective_at.timestamp_micros(),
            recorded: row.recorded_at.timestamp_micros(),
            position: row.position,
        };
        self.sales.set(None, row);
        self.sale_times.push(newest, (row.stream_id, row.version), place, number);
    }

    /// Adds the next version of an activity.
    pub(super) fn push_activity(
        &mut self,
        newest: &mut Newest,
        row: &ActivityRow,
        sale: Option<u32>,
    ) {
        let place = PlaceOf {
            effective: row.effective_at.timestamp_micros(),
            recorded: row.recorded_at.timestamp_micros(),
            position: row.position,
        };
        if self.items.last().is_none_or(|last| last.len() == BLOCK) {
            self.items.push(Arc::default());
        }
        let item = self.owners.item(row, &self.clock);
        if let Some(last) = self.items.last_mut() {
            Arc::make_mut(last).push(item);
        }
        let of = (row.stream_id, row.version);
        self.item_times.push(newest, of, place, sale.unwrap_or(NO_SALE));
    }

    /// The sales of a moment, as if they were current.
    pub(super) fn held(&self, moment: Instant) -> Arc<Held> {
        self.moments.held(self, moment)
    }

    /// Whether the version of a sale at a seat holds.
    pub(super) fn holds(&self, block: usize, at: usize, moment: Instant) -> bool {
        self.sale_times.0[block].holds(at, moment)
    }

    /// Whether the version of a sale at a seat was in effect, known and in the log, whatever followed.
    pub(super) fn belongs(&self, block: usize, at: usize, moment: Instant) -> bool {
        self.sale_times.0[block].belongs(at, moment)
    }

    /// Whether the version of a sale at a seat is its newest up to the moment's position.
    pub(super) fn is_newest(&self, block: usize, at: usize, moment: Instant) -> bool {
        self.sale_times.0[block].holds(at, moment.newest())
    }

    /// The number of the sale at a seat.
    pub(super) fn number(&self, block: usize, at: usize) -> usize {
        usize::try_from(self.sale_times.0[block].sale[at]).unwrap_or(usize::MAX)
    }

    /// The activities as they were at a moment.
    pub(super) fn items(&self, moment: Instant) -> impl Iterator<Item = (&Item, u32)> {
        let blocks = self.items.iter().zip(&self.item_times.0);
        blocks.flat_map(move |(items, places)| {
            let held = items.iter().enumerate().filter(move |(at, _)| places.holds(*at, moment));
            held.map(move |(at, item)| (item, places.sale[at]))
        })
    }

    /// What lay ahead of each sale at a moment, by number.
    pub(super) fn ahead(&self, moment: Instant) -> Vec<Ahead> {
        let mut looking = vec![Looking::NOTHING; self.met];
        for (item, sale) in self.items(moment) {
            let sale = usize::try_from(sale).ok();
            if let Some(looking) = sale.and_then(|sale| looking.get_mut(sale)) {
                looking.see(item);
            }
        }
        looking.into_iter().map(|looking| looking.found(&self.clock)).collect()
    }

    /// Roughly what they take.
    pub(super) fn bytes(&self) -> usize {
        let items = self.items.len() * BLOCK * (size_of::<Item>() + Places::BYTES);
        let sales = self.sales.bytes() + self.sale_times.0.len() * BLOCK * Places::BYTES;
        sales + items + self.owners.bytes() + self.moments.bytes()
    }
}
