//! The page of cards of a standing: which sales, in which order, and what lies ahead of each.

use chrono::NaiveDate;
use uuid::Uuid;

use super::View;
use super::block::{Ahead, Block, NO_DAY, Word};
use super::chosen::Chosen;
use super::convert::Converter;
use super::front::Front;
use super::sales::day_number;
use super::view::At;
use crate::ask::{Direction, Filters, InCurrency};
use crate::sale::Status;
use crate::upcoming::Upcoming;

/// A sale of a page: its card is looked up by stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub stream: Uuid,
    /// Which version it is, if it is the current one and what the snapshot's memory showed to its caller.
    pub version: Option<i64>,
    /// What lies ahead of it, if that was looked at.
    pub ahead: Option<Upcoming>,
}

impl Place {
    /// A sale nothing else is known of.
    pub fn of(stream: Uuid) -> Self {
        Self { stream, version: None, ahead: None }
    }
}

/// What a page is ordered by, and which part of the order it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InOrder {
    pub field: &'static str,
    pub direction: Direction,
    pub fetch: i64,
    pub offset: i64,
}

/// A field that orders by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Number,
    Amount,
    Weighted,
    Probability,
    Status,
    SaleDate,
    NextDay,
    InStage,
    Registered,
    Updated,
}

impl By {
    const FIELDS: [(&str, Self); 10] = [
        ("number", Self::Number),
        ("amount", Self::Amount),
        ("weighted", Self::Weighted),
        ("probability", Self::Probability),
        ("status", Self::Status),
        ("sale_date", Self::SaleDate),
        ("next_activity_date", Self::NextDay),
        ("days_in_stage", Self::InStage),
        ("registered_on", Self::Registered),
        ("updated_at", Self::Updated),
    ];

    /// Other texts are ordered by the database, whose lower case they need.
    pub fn field(word: &str) -> Option<Self> {
        let known = Self::FIELDS.into_iter().find(|(name, _)| *name == word);
        known.map(|(_, by)| by)
    }

    /// Where a sale stands in the order.
    #[inline]
    pub fn rank(
        self,
        block: &Block,
        at: usize,
        ahead: Ahead,
        direction: Direction,
        convert: &Converter,
    ) -> Rank {
        let key = self.of(block, at, ahead, convert);
        let turned = match direction {
            Direction::Up => key,
            Direction::Down => key.map(|key| -key),
        };
        (turned.is_none(), turned.unwrap_or(0), block.number[at])
    }

    /// None: absent, which comes last whatever the direction.
    #[inline]
    fn of(self, block: &Block, at: usize, ahead: Ahead, convert: &Converter) -> Option<i128> {
        let currency = block.words(Word::Currency)[at];
        Some(i128::from(match self {
            Self::Amount => return convert.convert(currency, block.amount[at]),
            Self::Weighted => return convert.convert(currency, block.weighted[at]),
            Self::Number => block.number[at],
            Self::Probability => i64::from(block.probability[at]),
            Self::Status => alphabetical(block.status[at]),
            Self::SaleDate => i64::from(block.sale_date[at]),
            Self::NextDay => {
                i64::from(Some(block.next_day(at, ahead)).filter(|day| *day != NO_DAY)?)
            }
            Self::InStage => -block.stage_entered[at],
            Self::Registered => block.registered[at],
            Self::Updated => block.effective[at],
        }))
    }
}

fn alphabetical(status: Status) -> i64 {
    match status {
        Status::Lost => 0,
        Status::Open => 1,
        Status::Stalled => 2,
        Status::Won => 3,
    }
}

impl Ahead {
    /// As cards show it on a day.
    pub(super) fn on(self, today: i32) -> Upcoming {
        let next = (self.next != NO_DAY).then_some(self.next);
        Upcoming {
            next_activity_date: next.and_then(NaiveDate::from_num_days_from_ce_opt),
            overdue: self.ends < today,
        }
    }
}

/// A place in an order: absent values last, ties by number.
pub(super) type Rank = (bool, i128, i64);

/// A sale by its place in an order.
pub(super) type Keyed = (Rank, At, Ahead);

impl View {
    /// The sales of a page; none when SQL has to be asked.
    pub fn page(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
        order: InOrder,
    ) -> Option<Vec<Place>> {
        let chosen = Chosen::of(filters, self.sales(), today, currency)?;
        let mut front = Front::of(order.fetch, order.offset);
        let by = (order.field, order.direction);
        self.each_keyed(&chosen, currency, by, |keyed| front.push(keyed))?;
        Some(self.places(front, today))
    }

    /// The sales of a front, in order.
    pub(super) fn places(&self, front: Front<Keyed>, today: NaiveDate) -> Vec<Place> {
        let today = day_number(today);
        let place = |(_, (block, at), ahead): Keyed| Place {
            stream: self.sales().blocks[block].stream[at],
            version: self.version(block, at),
            ahead: Some(ahead.on(today)),
        };
        front.page().into_iter().map(place).collect()
    }

    /// The streams of the sales right before and after one in an order, which itself need not pass the filters; none
    /// when SQL has to be asked, nothing inside when the sale is not there.
    pub fn beside(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
        order: (&str, Direction),
        sale: Uuid,
    ) -> Option<Option<[Option<Uuid>; 2]>> {
        let mut chosen = Chosen::of(filters, self.sales(), today, currency)?;
        chosen.admit(sale);
        let mut all: Vec<Keyed> = Vec::new();
        self.each_keyed(&chosen, currency, order, |keyed| all.push(keyed))?;
        let blocks = &self.sales().blocks;
        let is_it = |(_, (block, at), _): &&Keyed| blocks[*block].sale[*at] == sale;
        let Some((own, ..)) = all.iter().find(is_it) else { return Some(None) };
        let before = all.iter().filter(|(key, ..)| key < own).max_by_key(|(key, ..)| *key);
        let after = all.iter().filter(|(key, ..)| key > own).min_by_key(|(key, ..)| *key);
        let stream = |(_, (block, at), _): &Keyed| blocks[*block].stream[*at];
        Some(Some([before.map(stream), after.map(stream)]))
    }

    /// Shows every sale that is meant with its place in an order; none when SQL has to be asked.
    pub(super) fn each_keyed(
        &self,
        chosen: &Chosen,
        currency: &InCurrency,
        (field, direction): (&str, Direction),
        mut show: impl FnMut(Keyed),
    ) -> Option<()> {
        let by = By::field(field)?;
        let convert = Converter::of(self.sales(), currency)?;
        self.each(chosen, |block, at, ahead| {
            show((by.rank(block, at.1, ahead, direction, &convert), at, ahead));
        });
        Some(())
    }
}
