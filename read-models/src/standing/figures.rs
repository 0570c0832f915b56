//! Counts and sums of amount, weighted amount and profit by period, key and item, each sale at the rates of its day: one
//! pass over the columns. What targets are compared with, and tiles show.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::apart::Apart;
use super::block::{Block, Word};
use super::chosen::Chosen;
use super::convert::Converter;
use super::sales::day_number;
use super::sums::{Key, Periods, column, key_of};
use super::words::index;
use super::{Companies, View};
use crate::ask::{Dated, Filters, InCurrency};

/// Periods times keys times items beyond which SQL sums.
const CELLS_MAX: usize = 1 << 22;

/// What figures are taken of.
pub(crate) struct Taken<'a> {
    /// Which sales.
    pub filters: &'a Filters,
    /// In which currency, by which rates.
    pub dated: &'a Dated,
    /// For whom.
    pub key: Key,
    /// What tells the sales of a key apart, a column or something of their companies, by the word of the contract.
    pub item: Option<&'a str>,
    /// Only sales that have one of these there.
    pub items: Option<&'a [String]>,
    /// Only sales with a sale date in one of these; of all days, and in one period, without any.
    pub periods: Option<&'a Periods>,
}

/// Some sales added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub count: i64,
    /// Converted and rounded one by one, like the others; sales without a rate are counted and worth nothing.
    pub amount: i128,
    pub weighted: i128,
    pub profit: i128,
}

impl Figures {
    /// With more sales.
    pub fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.amount += other.amount;
        self.weighted += other.weighted;
        self.profit += other.profit;
    }
}

/// The sales of one period, key and item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// Place of the period among those asked about.
    pub period: usize,
    pub key: Option<String>,
    pub item: Option<String>,
    pub figures: Figures,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    pub shares: Vec<Share>,
    /// Currencies of sales that have no rate on their day.
    pub missing: BTreeSet<String>,
}

/// Rates by day, in the numbers of the columns.
struct ByDay(Vec<(i32, Converter)>);

impl ByDay {
    /// The converter of a day, and which it is; every day has one.
    fn of(&self, day: i32) -> (usize, &Converter) {
        let at = self.0.partition_point(|(from, _)| *from <= day).saturating_sub(1);
        (at, &self.0[at].1)
    }
}

/// Figures by place, each place once.
struct Tallies {
    slots: Vec<u32>,
    found: Vec<(usize, Figures)>,
}

impl Tallies {
    fn at(&mut self, place: usize) -> Option<&mut Figures> {
        let slot = self.slots.get_mut(place)?;
        if *slot == 0 {
            self.found.push((place, Figures::default()));
            *slot = u32::try_from(self.found.len()).ok()?;
        }
        let at = usize::try_from(*slot).ok()?.checked_sub(1)?;
        self.found.get_mut(at).map(|(_, figures)| figures)
    }
}

impl View {
    /// Figures by period, key and item, with what companies are if that is asked about; none when SQL has to be asked.
    pub fn figures(
        &self,
        today: NaiveDate,
        taken: &Taken<'_>,
        companies: Option<&Companies>,
    ) -> Option<Shares> {
        let (_, of_day) = taken.dated.pieces().last()?;
        let mut chosen = Chosen::of(taken.filters, self.sales(), today, of_day)?;
        if let Some((from, to, _)) = taken.periods.map(Periods::range) {
            chosen.narrow(from, to);
        }
        let by_day = taken.dated.pieces().iter().map(|(from, currency)| {
            Some((day_number(*from), Converter::of(self.sales(), currency)?))
        });
        let by_day = ByDay(by_day.collect::<Option<Vec<_>>>()?);
        let word = match taken.key {
            Key::Nothing | Key::Status => None,
            Key::Column(word) => Some(column(word)?),
        };
        let (sales, item) = (self.sales(), Apart::of(taken.item, companies)?);
        let wanted = taken.items.and_then(|items| item.among(sales, items));
        let keys = word.map_or(1, |word| sales.words(word).len());
        let items = item.many(sales);
        let cells = taken
            .periods
            .map_or(1, |periods| periods.names().len())
            .checked_mul(keys)?
            .checked_mul(items)?;
        if cells > CELLS_MAX {
            return None;
        }
        let mut tallies = Tallies { slots: vec![0; cells], found: Vec::new() };
        let mut missing = BTreeSet::new();
        self.each(&chosen, |block, (_, at), _| {
            let day = block.sale_date[at];
            let period = taken.periods.map_or(Some(0), |periods| periods.of(day));
            let Some(period) = period else { return };
            let number = item.number(block, at);
            if wanted.as_ref().is_some_and(|wanted| wanted.get(number) != Some(&true)) {
                return;
            }
            let key = key_of(block, at, taken.key, word);
            let place = (period * keys + key) * items + number;
            if let Some(figures) = tallies.at(place) {
                add(figures, block, at, &by_day, &mut missing);
            }
        });
        Some(self.shares(&tallies, (word, keys), (item, items), (taken.dated, &missing)))
    }

    fn shares(
        &self,
        tallies: &Tallies,
        (word, keys): (Option<Word>, usize),
        (item, items): (Apart<'_>, usize),
        (dated, missing): (&Dated, &BTreeSet<(usize, u32)>),
    ) -> Shares {
        let text = |word: Option<Word>, number: usize| {
            let number = u32::try_from(number).ok()?;
            self.sales().words(word?).word(number).map(str::to_owned)
        };
        let share = |(place, figures): &(usize, Figures)| Share {
            period: place / items / keys,
            key: text(word, place / items % keys),
            item: item.text(self.sales(), place % items),
            figures: *figures,
        };
        let missing = missing.iter().filter_map(|(piece, currency)| {
            let (_, rates): &(NaiveDate, InCurrency) = dated.pieces().get(*piece)?;
            Some(rates.missing(text(Some(Word::Currency), index(*currency))))
        });
        Shares {
            shares: tallies.found.iter().map(share).collect(),
            missing: missing.flatten().collect(),
        }
    }
}

/// One more sale, at the rates of its day.
fn add(
    figures: &mut Figures,
    block: &Block,
    at: usize,
    by_day: &ByDay,
    missing: &mut BTreeSet<(usize, u32)>,
) {
    let currency = block.words(Word::Currency)[at];
    let (piece, convert) = by_day.of(block.sale_date[at]);
    figures.count += 1;
    let Some(amount) = convert.convert(currency, block.amount[at]) else {
        missing.insert((piece, currency));
        return;
    };
    let worth = |minor| convert.convert(currency, minor).unwrap_or(0);
    figures.amount += amount;
    figures.weighted += worth(block.weighted[at]);
    figures.profit += worth(block.profit[at]);
}
