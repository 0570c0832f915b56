//! What the rows so far add up to: batch by batch, event by event. After a contradiction it goes on with what is
//! stored, so one wrong row is one finding (a missing one two: the hole, and the chain over it).

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::FromRow;

use super::findings::{Area, Finding, Findings, hex};

/// An event, without its bytes.
#[derive(Debug)]
pub(super) struct Slim {
    pub(super) position: i64,
    pub(super) previous: i64,
    pub(super) tenant_id: i32,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) number: Option<i64>,
    pub(super) registers: bool,
    pub(super) content_hash: [u8; 32],
    pub(super) faults: Vec<Finding>,
}

/// A batch as it stands in the log.
#[derive(Debug, FromRow)]
pub(super) struct BatchRow {
    #[sqlx(rename = "first_position")]
    pub(super) first: i64,
    #[sqlx(rename = "last_position")]
    pub(super) last: i64,
    pub(super) recorded_at: DateTime<Utc>,
    #[sqlx(rename = "chain_hash")]
    pub(super) chain: [u8; 32],
}

/// The state between two events.
pub(super) struct Replay {
    head: i64,
    batches: i64,
    batch_end: i64,
    chain: [u8; 32],
    recorded_at: Option<DateTime<Utc>>,
    waiting: VecDeque<BatchRow>,
    exhausted: bool,
    link: Option<Sha256>,
    newest: HashMap<i32, i64>,
    registrations: HashMap<i32, i64>,
}

impl Replay {
    pub(super) fn genesis(log_id: i16) -> Self {
        let chain = Sha256::digest(format!("es/v1/log/{log_id}")).into();
        Self {
            head: 0,
            batches: 0,
            batch_end: 0,
            chain,
            recorded_at: None,
            waiting: VecDeque::new(),
            exhausted: false,
            link: None,
            newest: HashMap::new(),
            registrations: HashMap::new(),
        }
    }

    /// The state behind a batch, with newest position and number of sales of every tenant.
    pub(super) fn after(
        last: i64,
        recorded_at: DateTime<Utc>,
        chain: [u8; 32],
        tenants: Vec<(i32, i64, i64)>,
    ) -> Self {
        Self {
            head: last,
            batch_end: last,
            chain,
            recorded_at: Some(recorded_at),
            newest: tenants.iter().map(|(tenant, newest, _)| (*tenant, *newest)).collect(),
            registrations: tenants.iter().map(|(tenant, _, sales)| (*tenant, *sales)).collect(),
            ..Self::genesis(0)
        }
    }

    /// Whether batches must be read before the event at `position` can be judged.
    pub(super) fn wants_batches(&self, position: i64) -> bool {
        !self.exhausted && self.waiting.back().is_none_or(|batch| batch.last < position)
    }

    /// The next batches; none = there are no more.
    pub(super) fn more(&mut self, batches: Vec<BatchRow>) {
        self.exhausted = batches.is_empty();
        self.waiting.extend(batches);
    }

    pub(super) fn event(&mut self, event: Slim, findings: &mut Findings) {
        let at = event.position;
        event.faults.into_iter().for_each(|fault| findings.add(fault));
        let mut broken = |position: i64, what: &str, stored: String, expected: String| {
            findings.add(Finding::new(Area::Log, position, what, stored, expected));
        };
        if at != self.head + 1 {
            let missing = at - self.head - 1;
            broken(self.head + 1, "a hole", "nothing".into(), format!("{missing} event(s)"));
        }
        self.head = at;
        let newest = self.newest.insert(event.tenant_id, at).unwrap_or(0);
        if event.previous != newest {
            let stored = event.previous.to_string();
            broken(at, "previous is not the tenant's event before", stored, newest.to_string());
        }
        let sold = self.registrations.entry(event.tenant_id).or_default();
        let number = event.registers.then(|| 1_001 + *sold);
        if event.number != number {
            broken(at, "the sale number", told(event.number), told(number));
        }
        if event.registers {
            *sold = event.number.map_or(*sold + 1, |number| number - 1_000);
        }
        while self.waiting.front().is_some_and(|batch| batch.last < at) {
            self.close(findings);
        }
        match self.waiting.front() {
            Some(batch) if batch.first <= at => {
                if event.recorded_at != batch.recorded_at {
                    let (stored, expected) = (event.recorded_at, batch.recorded_at);
                    let what = "recorded_at differs from its batch";
                    findings.add(Finding::new(Area::Log, at, what, stored, expected));
                }
                let link = self.link.get_or_insert_with(|| begun(&self.chain, batch));
                link.update(event.content_hash);
            }
            Some(_) | None => {
                findings.add(Finding::new(Area::Log, at, "an event without a batch", "", ""));
            }
        }
    }

    /// Judges the first waiting batch, whose events are all there.
    fn close(&mut self, findings: &mut Findings) {
        let Some(batch) = self.waiting.pop_front() else { return };
        let mut broken = |position: i64, what: &str, stored: String, expected: String| {
            findings.add(Finding::new(Area::Log, position, what, stored, expected));
        };
        if batch.first != self.batch_end + 1 {
            let expected = (self.batch_end + 1).to_string();
            broken(
                batch.first,
                "the batch does not begin behind the one before",
                batch.first.to_string(),
                expected,
            );
        }
        if let Some(before) = self.recorded_at.filter(|before| *before >= batch.recorded_at) {
            broken(
                batch.first,
                "recorded_at does not rise",
                batch.recorded_at.to_string(),
                format!("after {before}"),
            );
        }
        let link = self.link.take().unwrap_or_else(|| begun(&self.chain, &batch));
        let computed: [u8; 32] = link.finalize().into();
        if computed != batch.chain {
            broken(
                batch.last,
                "the chain hash does not fit its batch",
                hex(&batch.chain),
                hex(&computed),
            );
        }
        self.chain = batch.chain;
        self.batch_end = batch.last;
        self.recorded_at = Some(batch.recorded_at);
        self.batches += 1;
    }

    /// The log ends at `to`; `cut` = a range ends there and its last batch may go on.
    pub(super) fn end(&mut self, to: i64, cut: bool, findings: &mut Findings) {
        if self.head < to {
            let (missing, first) = (to - self.head, self.head + 1);
            findings.add(Finding::new(
                Area::Log,
                first,
                "a hole",
                "nothing",
                format!("{missing} event(s)"),
            ));
        }
        while self.waiting.front().is_some_and(|batch| !cut || batch.last <= to) {
            self.close(findings);
        }
    }

    /// Batches judged, and the last link of their chain.
    pub(super) fn result(&self) -> (i64, [u8; 32]) {
        (self.batches, self.chain)
    }
}

fn begun(chain: &[u8; 32], batch: &BatchRow) -> Sha256 {
    let mut link = Sha256::new();
    link.update(chain);
    link.update(batch.first.to_be_bytes());
    link.update(batch.last.to_be_bytes());
    link
}

fn told(number: Option<i64>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}
