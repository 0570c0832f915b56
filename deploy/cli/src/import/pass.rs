//! One walk over the rows: they leave over one connection while their answers are read.
//!
//! The channel between sender and reader is the window: a row leaves only when there is room in it, so the
//! memory of an import does not grow with its file.

use std::collections::{BTreeMap, HashSet};
use std::io;

use bytes::Bytes;
use futures::stream;
use reqwest::Body;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::Import;
use super::answer::{Answers, Verdict};
use super::tally::{Refusal, Tally};
use crate::failure::Failure;
use crate::mapping::RowFault;
use crate::mapping::record::{Mapped, Walk};

/// Rows on their way: sent, not yet answered.
const WINDOW_ROWS: usize = 1024;
/// Bytes collected before they are handed to the connection.
const CHUNK_BYTES: usize = 16 * 1024;
/// Rows put off for another pass before this one is given up.
const LATER_MAX: usize = 10_000;

/// The rows a pass is about, by their number in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    from: u64,
    only: HashSet<u64>,
}

impl Todo {
    /// Every row.
    pub fn all() -> Self {
        Self { from: 0, only: HashSet::new() }
    }

    /// What is left when a pass ended before row `next`, having put off the rows `later`.
    pub fn after(&self, next: u64, later: impl Iterator<Item = u64>, broken: bool) -> Self {
        let mut only: HashSet<u64> = later.collect();
        only.extend(self.only.iter().filter(|row| broken && **row >= next));
        Self { from: if broken { self.from.max(next) } else { u64::MAX }, only }
    }

    fn wants(&self, row: u64) -> bool {
        row >= self.from || self.only.contains(&row)
    }
}

/// How a pass went.
#[derive(Debug)]
pub struct Pass {
    /// The first row it did not finish.
    pub next: u64,
    /// Rows to be sent again, with what the stack said.
    pub later: BTreeMap<u64, Refusal>,
    /// Whether the connection held.
    pub ended: Result<(), Failure>,
    /// Whether any row was answered for good.
    pub answered: bool,
}

/// A row that has left, in the order of leaving.
enum Sent {
    Record { row: u64, mapped: Mapped },
    Fault { row: u64, fault: RowFault },
}

/// Sends the rows of `todo` and reads what became of them.
pub async fn run(import: &Import<'_>, walk: Walk, todo: &Todo, tally: &mut Tally) -> Pass {
    let (sent, on_their_way) = mpsc::channel(WINDOW_ROWS);
    let rows = Rows { walk, row: 0, todo: todo.clone(), sent };
    let body = Body::wrap_stream(stream::unfold(rows, Rows::chunk));
    let mut pass = Pass { next: 0, later: BTreeMap::new(), ended: Ok(()), answered: false };
    pass.ended = match import.client.post_lines("/v1/commands", body).await {
        Ok(response) => {
            let answers = Answers::new(import.client, response);
            Reading { import, answers, tally, pass: &mut pass }.all(on_their_way).await
        }
        Err(failure) => Err(failure),
    };
    pass
}

/// The sending side: rows become chunks of lines as the connection asks for them.
struct Rows {
    walk: Walk,
    row: u64,
    todo: Todo,
    sent: Sender<Sent>,
}

impl Rows {
    async fn chunk(mut self) -> Option<(io::Result<Bytes>, Self)> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES * 2);
        while chunk.len() < CHUNK_BYTES {
            let room = match self.sent.try_reserve() {
                Ok(room) => room,
                // Nothing may wait in the chunk while the window is full, or its answers would never come.
                Err(TrySendError::Full(())) if !chunk.is_empty() => break,
                Err(TrySendError::Full(())) => self.sent.reserve().await.ok()?,
                Err(TrySendError::Closed(())) => return None,
            };
            let Some(mapped) = self.walk.next() else { break };
            let row = self.row;
            self.row += 1;
            if !self.todo.wants(row) {
                continue;
            }
            room.send(match mapped {
                Ok(mut mapped) => {
                    for line in &mut mapped.lines {
                        chunk.append(&mut line.json);
                    }
                    Sent::Record { row, mapped }
                }
                Err(fault) => Sent::Fault { row, fault },
            });
        }
        (!chunk.is_empty()).then(|| (Ok(Bytes::from(chunk)), self))
    }
}

/// The reading side: every row that left is matched with its answers.
struct Reading<'a> {
    import: &'a Import<'a>,
    answers: Answers<'a>,
    tally: &'a mut Tally,
    pass: &'a mut Pass,
}

/// What became of one row.
#[derive(Default)]
struct Outcome {
    done: Vec<usize>,
    already: Vec<usize>,
    refused: Vec<Refusal>,
    later: Option<Refusal>,
}

impl Reading<'_> {
    async fn all(mut self, mut on_their_way: Receiver<Sent>) -> Result<(), Failure> {
        while let Some(sent) = on_their_way.recv().await {
            let row = match sent {
                Sent::Fault { row, fault } => {
                    self.import.progress.remark_fault(&fault);
                    self.tally.unmapped(fault);
                    row
                }
                Sent::Record { row, mapped } => {
                    let outcome = self.outcome(&mapped).await?;
                    self.pass.answered |= outcome.later.is_none();
                    self.import.progress.at(mapped.byte, mapped.lines.len());
                    self.settle(row, outcome)?;
                    row
                }
            };
            self.pass.next = row + 1;
        }
        Ok(())
    }

    async fn outcome(&mut self, mapped: &Mapped) -> Result<Outcome, Failure> {
        let plan = self.import.plan;
        let mut outcome = Outcome::default();
        let mut existed = false;
        for line in &mapped.lines {
            let order = &plan.orders[line.order];
            let answer = self.answers.next().await?;
            self.tally.reach(answer.position);
            existed |= answer.already_exists();
            let refusal =
                || Refusal::of(order, line.order, mapped, &answer, &plan.records.sheet.file);
            match answer.verdict(order, self.import.head, existed) {
                Verdict::Done => outcome.done.push(line.order),
                Verdict::AlreadyThere => outcome.already.push(line.order),
                Verdict::Later => outcome.later = outcome.later.or_else(|| Some(refusal())),
                Verdict::Refused => outcome.refused.push(refusal()),
            }
        }
        Ok(outcome)
    }

    fn settle(&mut self, row: u64, outcome: Outcome) -> Result<(), Failure> {
        if let Some(refusal) = outcome.later {
            self.pass.later.insert(row, refusal);
            let full = self.pass.later.len() >= LATER_MAX;
            let overload = "the stack puts off one command after the other";
            return if full { Err(Failure::Unreachable(overload.to_owned())) } else { Ok(()) };
        }
        self.tally.row(&outcome.done, &outcome.already);
        let mut refused = outcome.refused.into_iter();
        if let Some(mut first) = refused.next() {
            first.further = refused.len();
            refused.for_each(|refusal| self.tally.refuse_further(refusal.order));
            let orders = &self.import.plan.orders;
            self.import.progress.remark_refusal(&first, orders[first.order].on_refusal);
            self.tally.refuse_by_order(first, orders)?;
        }
        Ok(())
    }
}
