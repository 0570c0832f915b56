//! What became of every command: counts by command, the refused lines, the rows nobody could map.

use std::collections::BTreeMap;

use serde::Serialize;

use super::answer::Answer;
use crate::failure::Failure;
use crate::mapping::RowFault;
use crate::mapping::language::OnRefusal;
use crate::mapping::plan::{Order, Plan};
use crate::mapping::record::Mapped;

/// Refused lines and faulty rows kept for the report; beyond that they are only counted.
const KEPT_MAX: usize = 10_000;

/// Counts of one command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Happened in this import.
    pub done: u64,
    /// Had happened before.
    pub already_there: u64,
    /// Refused by the stack.
    pub refused: u64,
}

/// A refused line: where it came from and what the stack said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The file of its row.
    pub file: String,
    /// The line of its row in that file.
    pub line: u64,
    /// The source's id of the row.
    pub external_id: String,
    /// The command.
    pub command: String,
    /// HTTP status of the command.
    pub status: u16,
    /// The stack's code.
    pub code: String,
    /// The stack's reason.
    pub why: String,
    /// Commands of the same row refused after it.
    pub further: usize,
    /// Which of the plan's orders it was.
    #[serde(skip)]
    pub order: usize,
}

impl Refusal {
    /// Describes a refused command of a row of `file`.
    pub fn of(order: &Order, index: usize, mapped: &Mapped, answer: &Answer, file: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: mapped.line,
            external_id: mapped.external_id.clone(),
            command: order.command.clone(),
            status: answer.status,
            code: answer.problem.code.clone(),
            why: answer.problem.sentence(),
            further: 0,
            order: index,
        }
    }

    /// The refusal in one line for people.
    pub fn sentence(&self) -> String {
        let place = if self.line == 0 {
            String::new()
        } else {
            format!("{}, line {}: ", self.file, self.line)
        };
        let further = match self.further {
            0 => String::new(),
            n => format!(" (and {n} after it)"),
        };
        format!(
            "{place}{} of {} was refused: {} [{}]{further}",
            self.command, self.external_id, self.why, self.code
        )
    }
}

/// The running result of an import.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Counts in the order of the plan.
    pub counts: Vec<Count>,
    /// The commands' names, in the same order.
    pub commands: Vec<String>,
    /// How many of them belong to the setup.
    pub setup: usize,
    /// Rows answered.
    pub rows: u64,
    /// Refused lines, the first of each row.
    pub refusals: Vec<Refusal>,
    /// Refusals the mapping calls harmless.
    pub notes: Vec<Refusal>,
    /// Rows that could not be mapped.
    pub faults: Vec<RowFault>,
    /// All rows that could not be mapped.
    pub unmapped: u64,
    /// The highest position any answer named; 0 before the first.
    pub reached: u64,
}

impl Tally {
    /// Nothing yet.
    pub fn new(plan: &Plan) -> Self {
        Self {
            counts: vec![Count::default(); plan.orders.len()],
            commands: plan.orders.iter().map(|order| order.command.clone()).collect(),
            setup: plan.setup.len(),
            rows: 0,
            refusals: Vec::new(),
            notes: Vec::new(),
            faults: Vec::new(),
            unmapped: 0,
            reached: 0,
        }
    }

    /// Remembers how far in the log an answer pointed.
    pub fn reach(&mut self, position: Option<u64>) {
        self.reached = self.reached.max(position.unwrap_or_default());
    }

    /// Counts an answered row.
    pub fn row(&mut self, done: &[usize], already: &[usize]) {
        self.rows += 1;
        self.answer(done, already);
    }

    /// Counts answered commands.
    pub fn answer(&mut self, done: &[usize], already: &[usize]) {
        done.iter().for_each(|order| self.counts[*order].done += 1);
        already.iter().for_each(|order| self.counts[*order].already_there += 1);
    }

    /// Counts a refusal as its order says.
    ///
    /// # Errors
    /// [`Failure::Negative`] when the mapping says a refusal ends the import.
    pub fn refuse_by_order(&mut self, refusal: Refusal, orders: &[Order]) -> Result<(), Failure> {
        match orders[refusal.order].on_refusal {
            OnRefusal::Note => self.notes.push(refusal),
            OnRefusal::Report => self.refuse(refusal),
            OnRefusal::Stop => {
                return Err(Failure::Negative(format!(
                    "{}; the import ends here",
                    refusal.sentence()
                )));
            }
        }
        Ok(())
    }

    /// Counts and keeps a refusal.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.counts[refusal.order].refused += 1;
        if self.refusals.len() < KEPT_MAX {
            self.refusals.push(refusal);
        }
    }

    /// Counts a refusal that follows from an earlier one of its row.
    pub fn refuse_further(&mut self, order: usize) {
        self.counts[order].refused += 1;
    }

    /// Counts and keeps a row that could not be mapped.
    pub fn unmapped(&mut self, fault: RowFault) {
        self.unmapped += 1;
        if self.faults.len() < KEPT_MAX {
            self.faults.push(fault);
        }
    }

    /// The counts of one command by its name, setup included.
    pub fn of(&self, command: &str) -> Count {
        self.by_command().get(command).copied().unwrap_or_default()
    }

    /// The counts by name.
    pub fn by_command(&self) -> BTreeMap<&str, Count> {
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        for (name, count) in self.commands.iter().zip(&self.counts) {
            let sum = counts.entry(name).or_default();
            *sum = sum.plus(*count);
        }
        counts
    }

    /// All rows' commands together, without the setup.
    pub fn of_rows(&self) -> Count {
        self.counts[self.setup..].iter().fold(Count::default(), |sum, count| sum.plus(*count))
    }

    /// Commands answered so far, setup included.
    pub fn answered(&self) -> u64 {
        self.counts.iter().map(|count| count.done + count.already_there + count.refused).sum()
    }

    /// How the import ends: a failure when a line was refused or a row not mapped.
    pub fn verdict(&self) -> Result<(), Failure> {
        let refused: u64 = self.counts.iter().map(|count| count.refused).sum();
        match (refused, self.unmapped) {
            (0, 0) => Ok(()),
            (refused, 0) => Err(Failure::Negative(format!("{refused} commands were refused"))),
            (0, unmapped) => Err(Failure::Negative(format!("{unmapped} rows could not be mapped"))),
            (refused, unmapped) => Err(Failure::Negative(format!(
                "{refused} commands were refused and {unmapped} rows could not be mapped"
            ))),
        }
    }
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            already_there: self.already_there + other.already_there,
            refused: self.refused + other.refused,
        }
    }
}
