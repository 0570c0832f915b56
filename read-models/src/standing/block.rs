//! Columns of up to a thousand sales and what is made of them once: what a tenant's sales are held in.

use std::collections::HashMap;
use std::sync::OnceLock;

use uuid::Uuid;

use super::leading::Leading;
use super::remembered::Remembered;
use crate::sale::Status;

/// Sales of a block.
pub(super) const BLOCK: usize = 1024;

/// A day that is not there: later than any other.
pub(super) const NO_DAY: i32 = i32::MAX;

/// A column of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Stage,
    SaleType,
    Owner,
    Group,
    Source,
    Category,
    Competitor,
    Reason,
    Currency,
    /// Absent for sales that everybody sees, else `owner`, or `group:` and its name (SO-31).
    Visible,
    Credited,
}

/// What a sale is linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linked {
    Company,
    Contact,
}

/// Status times completion.
const KEPT: usize = 2 * Status::ALL.len();

/// How many columns of words there are.
pub(super) const WORDS: usize = 11;

/// Days and what lies ahead of a sale in its open activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ahead {
    /// Start day of the next one, else [`NO_DAY`].
    pub next: i32,
    /// The earliest day one ends on, else [`NO_DAY`].
    pub ends: i32,
}

impl Ahead {
    /// Nothing lies ahead.
    pub const NOTHING: Self = Self { next: NO_DAY, ends: NO_DAY };
}

/// A row of numbers.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub words: [u32; WORDS],
    pub status: Status,
    pub completed: bool,
    pub deleted: bool,
    pub probability: i16,
    pub sale_date: i32,
    pub reopen: i32,
    pub number: i64,
    pub amount: i64,
    pub weighted: i64,
    pub profit: i64,
    pub stage_entered: i64,
    pub registered: i64,
    pub effective: i64,
    pub version: i64,
    pub stream: Uuid,
    pub sale: Uuid,
    pub company: Option<Uuid>,
    pub contact: Option<Uuid>,
}

/// Columns of up to [`BLOCK`] sales.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    words: [Vec<u32>; WORDS],
    pub status: Vec<Status>,
    pub completed: Vec<bool>,
    /// Nobody is shown them any more (SO-23); earlier versions of them are.
    pub deleted: Vec<bool>,
    pub probability: Vec<i16>,
    pub sale_date: Vec<i32>,
    /// [`NO_DAY`] unless stalled.
    pub reopen: Vec<i32>,
    pub ahead: Vec<Ahead>,
    pub number: Vec<i64>,
    pub amount: Vec<i64>,
    pub weighted: Vec<i64>,
    pub profit: Vec<i64>,
    /// Microseconds since 1970, like the other instants.
    pub stage_entered: Vec<i64>,
    pub registered: Vec<i64>,
    pub effective: Vec<i64>,
    pub version: Vec<i64>,
    pub stream: Vec<Uuid>,
    pub sale: Vec<Uuid>,
    /// Linked to, registered or not, like the one that follows.
    company: Vec<Option<Uuid>>,
    contact: Vec<Option<Uuid>>,
    pub remembered: Remembered,
    pub leading: Leading,
    /// Places of those that are not deleted, by status and completion; made when first asked for.
    kept: OnceLock<[Vec<u16>; KEPT]>,
    /// Places by owner, in the order of their numbers; made when first asked for.
    of_owner: OnceLock<Vec<(u32, Vec<u16>)>>,
}

impl Block {
    /// What a sale takes here and in the index beside it.
    pub const BYTES: usize = WORDS * 4 + 3 + 2 + 8 + 8 + 8 * 8 + 32 + 34 + 40 + 4;

    /// A column of words.
    pub fn words(&self, word: Word) -> &[u32] {
        &self.words[word as usize]
    }

    /// The sales of a status, completed or not, that are not deleted.
    pub fn places(&self, status: Status, completed: bool) -> &[u16] {
        let kept = self.kept.get_or_init(|| {
            let mut kept: [Vec<u16>; KEPT] = Default::default();
            for at in (0..self.len()).filter(|at| !self.deleted[*at]) {
                let place = u16::try_from(at).expect("invariant: a block is small");
                kept[2 * self.status[at] as usize + usize::from(self.completed[at])].push(place);
            }
            kept
        });
        &kept[2 * status as usize + usize::from(completed)]
    }

    /// The sales of an owner, deleted ones included.
    pub fn places_of(&self, owner: u32) -> &[u16] {
        let of_owner = self.of_owner.get_or_init(|| {
            let mut places: HashMap<u32, Vec<u16>> = HashMap::new();
            for (place, owner) in (0_u16..).zip(self.words(Word::Owner)) {
                places.entry(*owner).or_default().push(place);
            }
            let mut of_owner: Vec<(u32, Vec<u16>)> = places.into_iter().collect();
            of_owner.sort_unstable_by_key(|(owner, _)| *owner);
            of_owner
        });
        let found = of_owner.binary_search_by_key(&owner, |(owner, _)| *owner);
        found.map_or(&[], |at| &of_owner[at].1)
    }

    /// The companies or contacts its sales are linked to.
    pub fn linked(&self, to: Linked) -> &[Option<Uuid>] {
        match to {
            Linked::Company => &self.company,
            Linked::Contact => &self.contact,
        }
    }

    /// A sale of it as a row of numbers.
    pub fn line(&self, at: usize) -> Line {
        Line {
            words: std::array::from_fn(|word| self.words[word][at]),
            status: self.status[at],
            completed: self.completed[at],
            deleted: self.deleted[at],
            probability: self.probability[at],
            sale_date: self.sale_date[at],
            reopen: self.reopen[at],
            number: self.number[at],
            amount: self.amount[at],
            weighted: self.weighted[at],
            profit: self.profit[at],
            stage_entered: self.stage_entered[at],
            registered: self.registered[at],
            effective: self.effective[at],
            version: self.version[at],
            stream: self.stream[at],
            sale: self.sale[at],
            company: self.company[at],
            contact: self.contact[at],
        }
    }

    /// How many sales it has.
    pub fn len(&self) -> usize {
        self.number.len()
    }

    /// The day that counts as the next one: the reopen date while stalled, else the next activity's.
    pub fn next_day(&self, at: usize, ahead: Ahead) -> i32 {
        if self.reopen[at] == NO_DAY { ahead.next } else { self.reopen[at] }
    }

    /// Writes a row over the one at a place, or behind the last.
    pub fn set(&mut self, at: usize, line: Line) {
        fn put<T>(column: &mut Vec<T>, at: usize, value: T) {
            match column.get_mut(at) {
                Some(place) => *place = value,
                None => column.push(value),
            }
        }
        for (column, number) in self.words.iter_mut().zip(line.words) {
            put(column, at, number);
        }
        put(&mut self.status, at, line.status);
        put(&mut self.completed, at, line.completed);
        put(&mut self.deleted, at, line.deleted);
        put(&mut self.probability, at, line.probability);
        put(&mut self.sale_date, at, line.sale_date);
        put(&mut self.reopen, at, line.reopen);
        put(&mut self.number, at, line.number);
        put(&mut self.amount, at, line.amount);
        put(&mut self.weighted, at, line.weighted);
        put(&mut self.profit, at, line.profit);
        put(&mut self.stage_entered, at, line.stage_entered);
        put(&mut self.registered, at, line.registered);
        put(&mut self.effective, at, line.effective);
        put(&mut self.version, at, line.version);
        put(&mut self.stream, at, line.stream);
        put(&mut self.sale, at, line.sale);
        put(&mut self.company, at, line.company);
        put(&mut self.contact, at, line.contact);
        self.remembered.forget();
        self.leading.forget();
        self.kept.take();
        self.of_owner.take();
        if self.ahead.len() == at {
            self.ahead.push(Ahead::NOTHING);
        }
    }
}
