//! What held at a moment, laid out as if it were current: made when it is first asked about and remembered for the last few
//! moments, because many ask about the same one (the end of a month), and each question looks several times.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::block::{Ahead, BLOCK};
use super::places::Instant;
use super::sales::Sales;
use super::versions::Past;

/// Moments remembered of a tenant; the one that was made first goes first.
const MOMENTS_MAX: usize = 4;

/// The sales of a moment, with what lay ahead of each.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub sales: Sales,
    /// Number of the sale at each place, block after block.
    numbers: Vec<u32>,
}

impl Held {
    fn of(past: &Past, moment: Instant) -> Self {
        let aheads = past.ahead(moment);
        let mut held = Self { sales: past.sales.without_rows(), numbers: Vec::new() };
        for (number, block) in past.sales.blocks.iter().enumerate() {
            for at in (0..block.len()).filter(|at| past.holds(number, *at, moment)) {
                let sale = past.number(number, at);
                let ahead = aheads.get(sale).copied().unwrap_or(Ahead::NOTHING);
                held.sales.push_from(block, at, ahead);
                held.numbers.push(u32::try_from(sale).unwrap_or(u32::MAX));
            }
        }
        held
    }

    /// The number of the sale at a place.
    pub fn number(&self, block: usize, at: usize) -> usize {
        let number = self.numbers.get(block * BLOCK + at);
        number.and_then(|number| usize::try_from(*number).ok()).unwrap_or(usize::MAX)
    }
}

/// A moment that was asked about; whoever comes while it is made waits for it.
type Asked = (Instant, Arc<OnceLock<Arc<Held>>>);

/// The moments remembered of a tenant's past, shared by all who read it.
#[derive(Debug, Default)]
pub(super) struct Moments(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// Of what the past was at this position; an older one neither finds anything here nor leaves it.
    position: i64,
    asked: Vec<Asked>,
}

impl Moments {
    /// What held at a moment.
    pub fn held(&self, past: &Past, moment: Instant) -> Arc<Held> {
        let moment = moment.within(past.mark.position);
        let Some(place) = self.place(past.mark.position, moment) else {
            return Arc::new(Held::of(past, moment));
        };
        Arc::clone(place.get_or_init(|| Arc::new(Held::of(past, moment))))
    }

    /// The past has come to a position by versions that took effect and were recorded at these instants or later: moments
    /// that none of them belongs to stay as they were.
    pub fn bring_on(&self, position: i64, least: Option<(i64, i64)>) {
        let mut remembered = self.remembered();
        remembered.position = position;
        if let Some((effective, recorded)) = least {
            remembered.asked.retain(|(moment, _)| moment.is_before(effective, recorded));
        }
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        let remembered = self.remembered();
        let made = remembered.asked.iter().filter_map(|(_, held)| held.get());
        made.map(|held| held.sales.bytes() + held.sales.bytes_remembered()).sum()
    }

    fn place(&self, position: i64, moment: Instant) -> Option<Arc<OnceLock<Arc<Held>>>> {
        let mut remembered = self.remembered();
        if remembered.position != position {
            return None;
        }
        if let Some((_, held)) = remembered.asked.iter().find(|(known, _)| *known == moment) {
            return Some(Arc::clone(held));
        }
        if remembered.asked.len() == MOMENTS_MAX {
            remembered.asked.remove(0);
        }
        let held = Arc::default();
        remembered.asked.push((moment, Arc::clone(&held)));
        Some(held)
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
