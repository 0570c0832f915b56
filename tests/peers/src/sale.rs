//! The workload's domain, the same for every peer: a sale is registered, advances five times and is closed.
//! Each step is a command of its own: load, decide, append with the version it was decided on.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Commands of one sale's life.
pub const STEPS: [Step; 7] = [
    Step::Register,
    Step::Advance(1),
    Step::Advance(2),
    Step::Advance(3),
    Step::Advance(4),
    Step::Advance(5),
    Step::Close,
];

/// What fills a payload up to about 400 bytes of JSON.
const TEXT: &str = "A sale as sellers describe it, with enough words to make a payload of ordinary size. \
    The buyer asked for two offers, one with and one without the yearly agreement, and wants to hear from us \
    before the end of the quarter.";

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first command.
    Register,
    /// To this stage, which must be the next one.
    Advance(u32),
    /// The last command.
    Close,
}

/// What the log keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which sale.
    pub sale: Uuid,
    /// What happened.
    pub kind: Kind,
    /// The rest of the payload.
    pub text: String,
    /// Metadata, for stores that have no place of their own for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// What happened to a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It began.
    Registered,
    /// It reached a stage.
    Advanced(u32),
    /// It ended.
    Closed,
}

/// Who did it and as part of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Who.
    pub actor: String,
    /// Part of what.
    pub correlation: String,
}

/// The folded state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Events so far.
    pub version: i64,
    /// The stage reached.
    pub stage: u32,
    /// Whether it ended.
    pub closed: bool,
}

/// A command that the state does not allow; the workload never gives one.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not allowed now")]
pub struct Refused(pub Step);

impl Sale {
    /// The rules.
    pub fn decide(&self, step: Step) -> Result<Kind, Refused> {
        match step {
            Step::Register if self.version == 0 => Ok(Kind::Registered),
            Step::Advance(stage) if self.version > 0 && !self.closed && stage == self.stage + 1 => {
                Ok(Kind::Advanced(stage))
            }
            Step::Close if self.version > 0 && !self.closed => Ok(Kind::Closed),
            Step::Register | Step::Advance(_) | Step::Close => Err(Refused(step)),
        }
    }

    /// The fold.
    pub fn apply(&mut self, kind: Kind) {
        self.version += 1;
        match kind {
            Kind::Registered => {}
            Kind::Advanced(stage) => self.stage = stage,
            Kind::Closed => self.closed = true,
        }
    }
}

impl Event {
    /// An event; `carries` says whether metadata goes into the payload.
    pub fn new(sale: Uuid, kind: Kind, carries: bool) -> Self {
        let metadata = carries.then(Metadata::of_the_run);
        Self { sale, kind, text: TEXT.to_owned(), metadata }
    }

    /// All events of one sale's life.
    pub fn life(sale: Uuid, carries: bool) -> Result<Vec<Self>, Refused> {
        let mut state = Sale::default();
        let mut events = Vec::new();
        for step in STEPS {
            let kind = state.decide(step)?;
            state.apply(kind);
            events.push(Self::new(sale, kind, carries));
        }
        Ok(events)
    }
}

impl Kind {
    /// Its wire name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Advanced(_) => "advanced",
            Self::Closed => "closed",
        }
    }
}

impl Metadata {
    /// What every command of a run carries.
    pub fn of_the_run() -> Self {
        Self {
            actor: "ola".to_owned(),
            correlation: "6f1f8c1e-53a8-4a53-93a0-0d6ad8a4a9b1".to_owned(),
        }
    }
}
