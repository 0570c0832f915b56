//! The board of a standing: sums by column and subgroup, and the first sales of every column (SF-14).

use std::cell::RefCell;
use std::sync::Arc;

use chrono::NaiveDate;

use super::View;
use super::block::{Ahead, Block, Word};
use super::chosen::Chosen;
use super::convert::Converter;
use super::front::Front;
use super::leading::Order;
use super::order::{By, Keyed};
use super::sums::{Tallies, column, key_of};
use super::{InOrder, Key, Part, Place, Total};
use crate::ask::{Filters, InCurrency};
use crate::sale::Status;

/// The sum of the sales of one column, subgroup, status and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub key: Option<String>,
    pub sub: Option<String>,
    pub status: Status,
    pub currency: String,
    pub total: Total,
}

/// The first sales of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct First {
    pub status: Status,
    /// Of open sales what columns stand for; none of all others, which stand in the lane of their status.
    pub key: Option<String>,
    pub places: Vec<Place>,
}

impl From<Part> for Piece {
    fn from(part: Part) -> Self {
        let Part { key, status, currency, count, amount, weighted, .. } = part;
        Self { key, sub: None, status, currency, total: Total { count, amount, weighted } }
    }
}

/// The lanes of the statuses come before the columns.
const LANES: usize = Status::ALL.len();

/// The fronts of lanes and columns as they are met.
struct Fronts {
    held: Held,
    order: InOrder,
    fronts: Vec<Option<Front<Keyed>>>,
}

impl Fronts {
    fn number(&self, block: &Block, at: usize) -> usize {
        match block.status[at] {
            Status::Open if self.held.key != Key::Status => LANES + self.held.number(block, at),
            status => status as usize,
        }
    }

    fn push(&mut self, block: &Block, keyed: Keyed) {
        let number = self.number(block, keyed.1.1);
        if self.fronts.len() <= number {
            self.fronts.resize_with(number + 1, || None);
        }
        let InOrder { fetch, offset, .. } = self.order;
        self.fronts[number].get_or_insert_with(|| Front::of(fetch, offset)).push(keyed);
    }

    /// Whether sales of a status in a block can have a part in its lane. Columns are many: all of theirs are looked at.
    fn reach(&self, block: &Block, order: &Order, status: Status) -> bool {
        if status == Status::Open && self.held.key != Key::Status {
            return true;
        }
        let Some(front) = self.fronts.get(status as usize).and_then(Option::as_ref) else {
            return true;
        };
        let first = block.first_of(order, status);
        first.is_some_and(|first| front.reaches(|(last, ..)| *last < first))
    }
}

/// A key as the columns hold it.
#[derive(Debug, Clone, Copy)]
struct Held {
    key: Key,
    word: Option<Word>,
}

impl Held {
    /// None for a column that is not held.
    fn of(key: Key) -> Option<Self> {
        let word = match key {
            Key::Nothing | Key::Status => None,
            Key::Column(word) => Some(column(word)?),
        };
        Some(Self { key, word })
    }

    /// How many numbers there are.
    fn many(self, view: &View) -> usize {
        match (self.key, self.word) {
            (Key::Status, _) => LANES,
            (Key::Column(_), Some(word)) => view.sales().words(word).len(),
            (Key::Nothing | Key::Column(_), _) => 1,
        }
    }

    fn number(self, block: &Block, at: usize) -> usize {
        key_of(block, at, self.key, self.word)
    }

    fn text(self, view: &View, number: usize) -> Option<String> {
        match (self.key, self.word) {
            (Key::Status, _) => Status::ALL.get(number).map(|status| status.as_str().to_owned()),
            (Key::Column(_), Some(word)) => {
                let number = u32::try_from(number).ok()?;
                view.sales().words(word).word(number).map(str::to_owned)
            }
            (Key::Nothing | Key::Column(_), _) => None,
        }
    }
}

impl View {
    /// Sums by two keys; none when SQL has to be asked.
    pub fn pieces(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
        [key, sub]: [Key; 2],
    ) -> Option<Vec<Piece>> {
        if sub == Key::Nothing {
            let parts = self.sums(filters, today, currency, key, None)?;
            return Some(parts.into_iter().map(Piece::from).collect());
        }
        let (key, sub) = (Held::of(key)?, Held::of(sub)?);
        let chosen = Chosen::of(filters, self.sales(), today, currency)?;
        let convert = Converter::of(self.sales(), currency)?;
        let mut tallies = Tallies::new(sub.many(self), key.many(self), convert.len())?;
        self.each(&chosen, |block, (_, at), _| {
            let currency = block.words(Word::Currency)[at];
            let place = (sub.number(block, at), key.number(block, at));
            let (amount, weighted) = (block.amount[at], block.weighted[at]);
            let tally = tallies.add(place, block.status[at], currency);
            tally.add(&convert, currency, amount, weighted);
        });
        let piece = |((below, number), status, currency, total): ((usize, usize), _, usize, _)| {
            let currency = u32::try_from(currency).ok();
            let currency =
                currency.and_then(|number| self.sales().words(Word::Currency).word(number));
            Piece {
                key: key.text(self, number),
                sub: sub.text(self, below),
                status,
                currency: currency.unwrap_or_default().to_owned(),
                total,
            }
        };
        Some(tallies.all().map(piece).collect())
    }

    /// The first sales of every column, the others in the lane of their status; none when SQL has to be asked.
    pub fn fronts(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
        key: Key,
        order: InOrder,
    ) -> Option<Vec<First>> {
        let (held, by) = (Held::of(key)?, By::field(order.field)?);
        let mut chosen = Chosen::of(filters, self.sales(), today, currency)?;
        let convert = Arc::new(Converter::of(self.sales(), currency)?);
        let fronts = RefCell::new(Fronts { held, order, fronts: Vec::new() });
        if by == By::NextDay {
            let blocks = &self.sales().blocks;
            self.each_keyed(&chosen, currency, (order.field, order.direction), |keyed| {
                let (_, (block, _), _) = keyed;
                fronts.borrow_mut().push(&blocks[block], keyed);
            })?;
        } else {
            let (direction, nothing) = (order.direction, Ahead::NOTHING);
            let leads = Order { by, direction, convert: Arc::clone(&convert) };
            chosen.by_status(|status, chosen| {
                let enter = |block: &Block| fronts.borrow().reach(block, &leads, status);
                self.each_within(chosen, enter, |block, at, ahead| {
                    let rank = by.rank(block, at.1, nothing, direction, &convert);
                    fronts.borrow_mut().push(block, (rank, at, ahead));
                });
            });
        }
        let Fronts { held: key, fronts, .. } = fronts.into_inner();
        let first = |(number, front): (usize, Option<Front<Keyed>>)| {
            let places = self.places(front?, today);
            let (status, key) = match number.checked_sub(LANES) {
                Some(number) => (Status::Open, key.text(self, number)),
                None => (Status::ALL[number], None),
            };
            Some(First { status, key, places })
        };
        Some(fronts.into_iter().enumerate().filter_map(first).collect())
    }
}
