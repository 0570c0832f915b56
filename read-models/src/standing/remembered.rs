//! Sums of a block by what was asked for, remembered until one of its sales changes: from one question to the next most
//! blocks stay as they are. Cells keep owner, group and visibility apart, so everybody's sums come out of the same ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::block::{Block, Word};
use super::convert::Converter;
use super::sums::{Key, Periods, Total, key_of};
use crate::sale::Status;

/// Sums remembered of a block; the oldest goes first.
const ASKS_MAX: usize = 4;
/// Cells beyond which sums are no shorter than the sales themselves, and are not remembered.
const CELLS_MAX: usize = 256;

/// What sums are asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ask {
    key: Key,
    word: Option<Word>,
    /// First and last day, and the word for the periods.
    periods: Option<(NaiveDate, NaiveDate, &'static str)>,
    convert: Arc<Converter>,
}

impl Ask {
    /// Sums by key and periods in a currency.
    pub fn new(
        key: Key,
        word: Option<Word>,
        periods: Option<&Periods>,
        convert: &Arc<Converter>,
    ) -> Self {
        Self { key, word, periods: periods.map(Periods::range), convert: Arc::clone(convert) }
    }
}

/// What the sales of a cell have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CellKey {
    /// Period and key, as tallies count them.
    pub place: (usize, usize),
    pub status: Status,
    pub currency: u32,
    pub owner: u32,
    pub group: u32,
    pub visible: u32,
}

/// Sales of a block that have that in common, added up.
pub(super) type Cell = (CellKey, Total);

/// What is remembered of one block. A clone remembers nothing: it is about to change.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<Vec<(Ask, Arc<[Cell]>)>>);

impl Clone for Remembered {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Remembered {
    /// What a block's cells may take for each of its sales.
    pub const BYTES: usize = ASKS_MAX * CELLS_MAX * size_of::<Cell>() / super::block::BLOCK;

    /// A sale has changed.
    pub fn forget(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, ask: &Ask) -> Option<Arc<[Cell]>> {
        let asks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asks.iter().find(|(known, _)| known == ask).map(|(_, cells)| Arc::clone(cells))
    }

    fn keep(&self, ask: &Ask, cells: &Arc<[Cell]>) {
        let mut asks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asks.iter().all(|(known, _)| known != ask) {
            if asks.len() == ASKS_MAX {
                asks.remove(0);
            }
            asks.push((ask.clone(), Arc::clone(cells)));
        }
    }
}

impl Block {
    /// The cells of all its sales that are not deleted and lie in the periods.
    pub fn cells(&self, ask: &Ask, periods: Option<&Periods>) -> Arc<[Cell]> {
        if let Some(known) = self.remembered.known(ask) {
            return known;
        }
        let mut places: HashMap<CellKey, usize> = HashMap::new();
        let mut cells: Vec<Cell> = Vec::new();
        for at in (0..self.len()).filter(|at| !self.deleted[*at]) {
            let period = match periods {
                None => 0,
                Some(periods) => match periods.of(self.sale_date[at]) {
                    Some(period) => period,
                    None => continue,
                },
            };
            let currency = self.words(Word::Currency)[at];
            let of = CellKey {
                place: (period, key_of(self, at, ask.key, ask.word)),
                status: self.status[at],
                currency,
                owner: self.words(Word::Owner)[at],
                group: self.words(Word::Group)[at],
                visible: self.words(Word::Visible)[at],
            };
            let place = *places.entry(of).or_insert_with(|| {
                cells.push((of, Total::default()));
                cells.len() - 1
            });
            cells[place].1.add(&ask.convert, currency, self.amount[at], self.weighted[at]);
        }
        let cells: Arc<[Cell]> = cells.into();
        if cells.len() <= CELLS_MAX {
            self.remembered.keep(ask, &cells);
        }
        cells
    }
}
