//! The sales of a tenant column by column, in blocks that are copied only when somebody still reads them.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use uuid::Uuid;

use super::block::{Ahead, BLOCK, Block, Line, NO_DAY, WORDS, Word};
use super::remembered::Remembered;
use super::words::Words;
use crate::sale::Status;

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

    /// The same, to be kept beside them.
    pub fn shared_words(&self, word: Word) -> Arc<Words> {
        Arc::clone(&self.words[word as usize])
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
