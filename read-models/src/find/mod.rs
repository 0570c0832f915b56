//! Searches: criteria over every field of the card and of what belongs to a sale (SF-7 to SF-9), selections (SF-10), and
//! words in titles, companies and contacts.
//!
//! A criterion over a column that is held in memory is a test of that column. Any other is looked up once, as the set of
//! sales that pass it; its opposite is all others. AND and OR are combined here, so SQL knows neither. Without memory
//! everything is looked up, and statements get one set of ids. Must not decide who sees what: whatever was found, the
//! question that uses it shows what its caller sees.

mod compare;
mod criteria_schema;
mod fields;
mod found;
mod known;
mod list;
mod look_up;
mod parties;
mod resolve;
mod search;
mod typical;
mod words;

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use uuid::Uuid;

pub(crate) use compare::Given as CriteriaPlace;
pub(crate) use fields::*;
pub(crate) use found::{Found, Leaf, Meant};
pub(crate) use known::Searches;
pub(crate) use list::*;
pub(crate) use search::*;
pub(crate) use typical::*;

/// Sales by their public ids.
pub(crate) type SaleSet = HashSet<Uuid, Ids>;

/// Hashes ids by their own bits.
pub(crate) type Ids = BuildHasherDefault<IdBits>;

/// The bits of an id: those of version 7 differ in the last ones, those of names everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct IdBits(u64);

impl Hasher for IdBits {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(29) ^ u64::from_le_bytes(eight))
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
