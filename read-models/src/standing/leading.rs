//! The first sale of a block in an order, status by status, remembered until one of its sales changes: a block whose first
//! sale comes after a page has no part in it, whatever else is asked for.

use std::sync::{Arc, Mutex, PoisonError};

use super::block::{Ahead, Block};
use super::convert::Converter;
use super::order::{By, Rank};
use crate::ask::Direction;
use crate::sale::Status;

/// Orders remembered of a block; the oldest goes first.
const ORDERS_MAX: usize = 4;

/// An order that looks at nothing but columns of the block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Order {
    pub by: By,
    pub direction: Direction,
    pub convert: Arc<Converter>,
}

/// The first of each status; none where there is none of it.
type Firsts = [Option<Rank>; Status::ALL.len()];

/// What is remembered of one block. A clone remembers nothing: it is about to change.
#[derive(Debug, Default)]
pub(super) struct Leading(Mutex<Vec<(Order, Firsts)>>);

impl Clone for Leading {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Leading {
    /// A sale has changed.
    pub fn forget(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Block {
    /// The first of its sales of a status that are not deleted; none where there is none of it.
    pub fn first_of(&self, order: &Order, status: Status) -> Option<Rank> {
        let mut known = self.leading.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, firsts)) = known.iter().find(|(of, _)| of == order) {
            return firsts[status as usize];
        }
        let mut firsts: Firsts = [None; Status::ALL.len()];
        for at in (0..self.len()).filter(|at| !self.deleted[*at]) {
            let rank = order.by.rank(self, at, Ahead::NOTHING, order.direction, &order.convert);
            let first = &mut firsts[self.status[at] as usize];
            *first = Some(first.map_or(rank, |first| first.min(rank)));
        }
        if known.len() == ORDERS_MAX {
            known.remove(0);
        }
        known.push((order.clone(), firsts));
        firsts[status as usize]
    }
}
