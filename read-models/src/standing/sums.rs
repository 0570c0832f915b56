//! Counts and sums of a standing by period, key, status and currency: one pass over the columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::View;
use super::block::{Block, Word};
use super::chosen::Chosen;
use super::convert::Converter;
use super::remembered::{Ask, Cell};
use super::sales::day_number;
use crate::ask::{Filters, InCurrency};
use crate::sale::Status;

/// Periods times keys beyond which SQL sums.
const CELLS_MAX: usize = 1 << 22;

/// What sums are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Nothing: one key, which is absent.
    Nothing,
    /// The status.
    Status,
    /// A column of words, by the word of the contract.
    Column(&'static str),
}

/// A range of days cut into periods.
#[derive(Debug)]
pub(crate) struct Periods {
    from: NaiveDate,
    to: NaiveDate,
    word: &'static str,
    of_day: Vec<usize>,
    names: Vec<String>,
}

/// The sum of the sales of one period, key, status and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Name of the period; none without periods.
    pub period: Option<String>,
    pub key: Option<String>,
    pub status: Status,
    pub currency: String,
    pub count: i64,
    /// Converted and rounded one by one; 0 without a rate.
    pub amount: i128,
    pub weighted: i128,
}

/// Several parts together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Total {
    pub count: i64,
    pub amount: i128,
    pub weighted: i128,
}

/// The parts added up by what they have in common.
pub(crate) fn totals_by<K: Ord>(parts: &[Part], common: impl Fn(&Part) -> K) -> BTreeMap<K, Total> {
    let mut totals: BTreeMap<K, Total> = BTreeMap::new();
    for part in parts {
        let Part { count, amount, weighted, .. } = *part;
        totals.entry(common(part)).or_default().join(&Total { count, amount, weighted });
    }
    totals
}

impl Total {
    /// One more sale; without a rate it counts and is worth nothing.
    pub(super) fn add(&mut self, convert: &Converter, currency: u32, amount: i64, weighted: i64) {
        self.count += 1;
        if let Some(amount) = convert.convert(currency, amount) {
            self.amount += amount;
            self.weighted += convert.convert(currency, weighted).unwrap_or(0);
        }
    }

    /// What others are worth, too.
    pub fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.amount += other.amount;
        self.weighted += other.weighted;
    }
}

impl Periods {
    /// Months, quarters or years from a day to a day, both included.
    pub fn cut(from: NaiveDate, to: NaiveDate, word: &'static str) -> Self {
        let (mut of_day, mut names) = (Vec::new(), Vec::<String>::new());
        for day in from.iter_days().take_while(|day| *day <= to) {
            let (year, month) = (day.year(), day.month());
            let (starts, name) = if word == "year" {
                (month == 1, format!("{year:04}"))
            } else if word == "quarter" {
                (month % 3 == 1, format!("{year:04}-Q{}", month.div_ceil(3)))
            } else {
                (true, format!("{year:04}-{month:02}"))
            };
            if names.is_empty() || (starts && day.day() == 1) {
                names.push(name);
            }
            of_day.push(names.len() - 1);
        }
        Self { from, to, word, of_day, names }
    }

    /// First and last day, and the word for the periods: what they are known by.
    pub fn range(&self) -> (NaiveDate, NaiveDate, &'static str) {
        (self.from, self.to, self.word)
    }

    /// What the periods are called, the first one first.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The period of a day; none outside.
    pub(super) fn of(&self, day: i32) -> Option<usize> {
        let day = usize::try_from(day.checked_sub(day_number(self.from))?).ok()?;
        self.of_day.get(day).copied()
    }
}

/// Tallies by status and currency of every period and key that occurs.
pub(super) struct Tallies {
    keys: usize,
    currencies: usize,
    slots: Vec<Option<usize>>,
    found: Vec<(usize, usize)>,
    tallies: Vec<Total>,
}

impl Tallies {
    pub fn new(periods: usize, keys: usize, currencies: usize) -> Option<Self> {
        let cells = periods.checked_mul(keys).filter(|cells| *cells <= CELLS_MAX)?;
        let (slots, found, tallies) = (vec![None; cells], Vec::new(), Vec::new());
        Some(Self { keys, currencies, slots, found, tallies })
    }

    pub fn add(&mut self, place: (usize, usize), status: Status, currency: u32) -> &mut Total {
        let each = 4 * self.currencies;
        let slot = match self.slots[place.0 * self.keys + place.1] {
            Some(slot) => slot,
            None => {
                let slot = self.found.len();
                self.slots[place.0 * self.keys + place.1] = Some(slot);
                self.found.push(place);
                self.tallies.resize(self.tallies.len() + each, Total::default());
                slot
            }
        };
        let currency = usize::try_from(currency).expect("invariant: 32 bits fit");
        &mut self.tallies[slot * each + status as usize * self.currencies + currency]
    }
}

impl Tallies {
    /// All that were found: the place, status, currency's number, and sum of each.
    pub fn all(&self) -> impl Iterator<Item = ((usize, usize), Status, usize, Total)> + '_ {
        let each = Status::ALL.len() * self.currencies;
        let found = self.found.iter().zip(self.tallies.chunks(each));
        found.flat_map(move |(place, tallies)| {
            let met = tallies.iter().enumerate().filter(|(_, total)| total.count > 0);
            met.map(move |(index, total)| {
                let (status, currency) = (index / self.currencies, index % self.currencies);
                (*place, Status::ALL[status], currency, *total)
            })
        })
    }
}

/// What columns and rows may stand for, by the word of the question.
const COLUMNS: [(&str, Word); 8] = [
    ("stage", Word::Stage),
    ("sale_type", Word::SaleType),
    ("owner", Word::Owner),
    ("group", Word::Group),
    ("source", Word::Source),
    ("category", Word::Category),
    ("credited", Word::Credited),
    ("competitor", Word::Competitor),
];

pub(super) fn column(word: &str) -> Option<Word> {
    COLUMNS.into_iter().find(|(name, _)| *name == word).map(|(_, column)| column)
}

impl View {
    /// Sums by key and, if there are any, periods of the sale date; none when SQL has to be asked.
    pub fn sums(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
        key: Key,
        periods: Option<&Periods>,
    ) -> Option<Vec<Part>> {
        let mut chosen = Chosen::of(filters, self.sales(), today, currency)?;
        if let Some(periods) = periods {
            chosen.narrow(periods.from, periods.to);
        }
        let convert = Arc::new(Converter::of(self.sales(), currency)?);
        let word = match key {
            Key::Nothing | Key::Status => None,
            Key::Column(word) => Some(column(word)?),
        };
        let keys = match key {
            Key::Nothing => 1,
            Key::Status => Status::ALL.len(),
            Key::Column(_) => self.sales().words(word?).len(),
        };
        let many = periods.map_or(1, |periods| periods.names.len());
        let mut tallies = Tallies::new(many, keys, convert.len())?;
        let ask = Ask::new(key, word, periods, &convert);
        let of_cells = chosen.is_of_cells(word, filters)
            && self.each_cell(&chosen, &ask, periods, |(of, total): &Cell| {
                tallies.add(of.place, of.status, of.currency).join(total);
            });
        if !of_cells {
            self.each(&chosen, |block, (_, at), _| {
                let period = periods.and_then(|periods| periods.of(block.sale_date[at]));
                let place = (period.unwrap_or(0), key_of(block, at, key, word));
                let currency = block.words(Word::Currency)[at];
                let (amount, weighted) = (block.amount[at], block.weighted[at]);
                tallies
                    .add(place, block.status[at], currency)
                    .add(&convert, currency, amount, weighted);
            });
        }
        Some(self.parts(&tallies, key, word, periods))
    }

    fn parts(
        &self,
        tallies: &Tallies,
        key: Key,
        word: Option<Word>,
        periods: Option<&Periods>,
    ) -> Vec<Part> {
        let text = |word: Word, number: usize| {
            let number = u32::try_from(number).ok()?;
            self.sales().words(word).word(number).map(str::to_owned)
        };
        let each = 4 * tallies.currencies;
        let mut parts = Vec::new();
        for (slot, (period, number)) in tallies.found.iter().enumerate() {
            let of_slot = &tallies.tallies[slot * each..(slot + 1) * each];
            for (index, tally) in of_slot.iter().enumerate().filter(|(_, tally)| tally.count > 0) {
                let status = Status::ALL[index / tallies.currencies];
                parts.push(Part {
                    period: periods.map(|periods| periods.names[*period].clone()),
                    key: match key {
                        Key::Nothing => None,
                        Key::Status => Some(status.as_str().to_owned()),
                        Key::Column(_) => word.and_then(|word| text(word, *number)),
                    },
                    status,
                    currency: text(Word::Currency, index % tallies.currencies).unwrap_or_default(),
                    count: tally.count,
                    amount: tally.amount,
                    weighted: tally.weighted,
                });
            }
        }
        parts
    }
}

/// The number of a sale's key.
pub(super) fn key_of(block: &Block, at: usize, key: Key, word: Option<Word>) -> usize {
    match (key, word) {
        (Key::Status, _) => block.status[at] as usize,
        (Key::Column(_), Some(word)) => {
            usize::try_from(block.words(word)[at]).expect("invariant: 32 bits fit")
        }
        (Key::Nothing | Key::Column(_), _) => 0,
    }
}
