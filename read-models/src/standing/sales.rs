//! The sales of a tenant column by column, in blocks that are copied only when somebody still reads them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use uuid::Uuid;

use super::leading::Leading;
use super::remembered::Remembered;
use super::words::Words;
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

/// One current sale as SQL gives it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct SaleRow {
    pub version: i64,
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    pub stream_id: Uuid,
    pub sale_id: Uuid,
    pub number: i64,
    pub status: Status,
    pub stage_id: Option<Uuid>,
    pub sale_type_id: Uuid,
    pub owner: String,
    pub owner_group: Option<String>,
    pub source: Option<String>,
    pub category: Option<String>,
    pub competitor: Option<String>,
    pub credited: Option<String>,
    pub company_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    /// Why won, lost or stalled.
    pub why: Option<String>,
    pub currency: String,
    /// None: everybody; else as [`Word::Visible`] has it.
    pub visible: Option<String>,
    pub amount_minor: i64,
    pub weighted_minor: i64,
    pub profit_minor: i64,
    pub probability: i16,
    pub sale_date: NaiveDate,
    pub reopen_date: Option<NaiveDate>,
    pub completed: bool,
    pub deleted: bool,
    pub stage_entered_at: DateTime<Utc>,
    pub registered_at: DateTime<Utc>,
    pub effective_at: DateTime<Utc>,
}

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
struct Line {
    words: [u32; WORDS],
    status: Status,
    completed: bool,
    deleted: bool,
    probability: i16,
    sale_date: i32,
    reopen: i32,
    number: i64,
    amount: i64,
    weighted: i64,
    profit: i64,
    stage_entered: i64,
    registered: i64,
    effective: i64,
    version: i64,
    stream: Uuid,
    sale: Uuid,
    company: Option<Uuid>,
    contact: Option<Uuid>,
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

    fn line(&self, at: usize) -> Line {
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

    fn set(&mut self, at: usize, line: Line) {
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

/// All current sales of a tenant. A clone shares the blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Sales {
    pub blocks: Vec<Arc<Block>>,
    words: [Arc<Words>; WORDS],
}

/// Where a sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub block: u32,
    pub at: u32,
}

impl Seat {
    /// The block and the place in it.
    pub fn indices(self) -> (usize, usize) {
        let index = |number: u32| usize::try_from(number).expect("invariant: 32 bits fit");
        (index(self.block), index(self.at))
    }
}

/// The day as the columns hold it.
pub(super) fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce()
}

/// The words of a row that is known already, or a new one's.
impl Sales {
    /// The words of a column.
    pub fn words(&self, word: Word) -> &Words {
        &self.words[word as usize]
    }

    /// The same words, and no sale.
    pub fn without_rows(&self) -> Self {
        Self { blocks: Vec::new(), words: self.words.clone() }
    }

    /// Writes a sale over the one at `seat`, else at the end; answers where it stands.
    pub fn set(&mut self, seat: Option<Seat>, row: &SaleRow) -> Seat {
        let line = self.line(row);
        let seat = seat.unwrap_or_else(|| self.next_seat());
        self.put(seat, line);
        seat
    }

    /// Adds a sale of others that have the same words, with what lies ahead of it.
    pub fn push_from(&mut self, block: &Block, at: usize, ahead: Ahead) {
        let seat = self.next_seat();
        self.put(seat, block.line(at));
        self.set_ahead(seat, ahead);
    }

    fn put(&mut self, seat: Seat, line: Line) {
        let (block, at) = seat.indices();
        if block == self.blocks.len() {
            self.blocks.push(Arc::default());
        }
        Arc::make_mut(&mut self.blocks[block]).set(at, line);
    }

    /// Sets what lies ahead of the sale at a seat.
    pub fn set_ahead(&mut self, seat: Seat, ahead: Ahead) {
        let (block, at) = seat.indices();
        if self.blocks[block].ahead[at] != ahead {
            Arc::make_mut(&mut self.blocks[block]).ahead[at] = ahead;
        }
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        let words: usize = self.words.iter().map(|words| words.bytes()).sum();
        self.blocks.len() * BLOCK * Block::BYTES + words
    }

    /// What its blocks may remember.
    pub fn bytes_remembered(&self) -> usize {
        self.blocks.len() * BLOCK * Remembered::BYTES
    }

    fn next_seat(&self) -> Seat {
        let number = |index: usize| u32::try_from(index).expect("invariant: memory is bounded");
        match self.blocks.last() {
            Some(last) if last.len() < BLOCK => {
                Seat { block: number(self.blocks.len() - 1), at: number(last.len()) }
            }
            Some(_) | None => Seat { block: number(self.blocks.len()), at: 0 },
        }
    }

    fn meet(&mut self, word: Word, text: Option<&str>) -> u32 {
        let Some(text) = text else { return Words::NONE };
        let words = &mut self.words[word as usize];
        match words.number(text) {
            Some(known) => known,
            None => Arc::make_mut(words).meet(text),
        }
    }

    fn line(&mut self, row: &SaleRow) -> Line {
        let stage = row.stage_id.map(|stage| stage.to_string());
        let sale_type = row.sale_type_id.to_string();
        Line {
            words: [
                self.meet(Word::Stage, stage.as_deref()),
                self.meet(Word::SaleType, Some(&sale_type)),
                self.meet(Word::Owner, Some(&row.owner)),
                self.meet(Word::Group, row.owner_group.as_deref()),
                self.meet(Word::Source, row.source.as_deref()),
                self.meet(Word::Category, row.category.as_deref()),
                self.meet(Word::Competitor, row.competitor.as_deref()),
                self.meet(Word::Reason, row.why.as_deref()),
                self.meet(Word::Currency, Some(&row.currency)),
                self.meet(Word::Visible, row.visible.as_deref()),
                self.meet(Word::Credited, row.credited.as_deref()),
            ],
            status: row.status,
            completed: row.completed,
            deleted: row.deleted,
            probability: row.probability,
            sale_date: day_number(row.sale_date),
            reopen: row.reopen_date.map_or(NO_DAY, day_number),
            number: row.number,
            amount: row.amount_minor,
            weighted: row.weighted_minor,
            profit: row.profit_minor,
            stage_entered: row.stage_entered_at.timestamp_micros(),
            registered: row.registered_at.timestamp_micros(),
            effective: row.effective_at.timestamp_micros(),
            version: row.version,
            stream: row.stream_id,
            sale: row.sale_id,
            company: row.company_id,
            contact: row.contact_id,
        }
    }
}
