//! What somebody may do in a history, as data.

use chrono::NaiveDate;

use super::cast::{Kind, Stage, Suggests, Who};
use super::model::{Model, Verdict, no};
use super::money::Currency;

/// One step of a history.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) by: Who,
    pub(super) what: What,
}

/// What is done.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// So many days pass.
    Days(i64),
    Register(usize, NewSale),
    Sale(usize, OnSale),
    Plan(usize, Plan),
    Create(usize, Creation),
    Activity(usize, OnActivity),
    Type(Kind, OnType),
}

#[derive(Debug, Clone)]
pub(super) struct NewSale {
    pub(super) kind: Kind,
    pub(super) amount: Option<(i128, Currency)>,
    pub(super) owner: Option<Who>,
    pub(super) stage: Option<Stage>,
    /// Days from today.
    pub(super) date: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) enum OnSale {
    Advance(Stage),
    Override(i128),
    ChangeAmount(i128, Currency),
    SetCost(i128, Currency),
    ChangeOwner(Who),
    EditDate(NaiveDate),
    Stall(NaiveDate),
    ChangeTerms(NaiveDate),
    Reopen,
    Sold(Option<(i128, Currency)>),
    Lost,
    /// The tick, or its end.
    Complete(bool),
    ChangeType {
        kind: Kind,
        stage: Option<Stage>,
    },
    AnswerFollowUp {
        item: usize,
        accepted: bool,
    },
    AnswerStage {
        accepted: bool,
    },
    Delete,
}

#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) what: Suggests,
    pub(super) sale: Option<usize>,
    pub(super) owner: Option<Who>,
    /// Days from today.
    pub(super) later: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Creation {
    pub(super) sale: usize,
    pub(super) item: usize,
    pub(super) document: bool,
    pub(super) owner: Option<Who>,
    /// Days from today, instead of what the guide says.
    pub(super) later: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) enum OnActivity {
    Complete,
    Reopen,
    Delete,
    Move(NaiveDate),
    Assign(Who),
    /// Is about another sale, or none.
    About(Option<usize>),
}

#[derive(Debug, Clone)]
pub(super) enum OnType {
    Guide(bool),
    AutoAdvance(bool),
    Required(usize, bool),
    Auto(usize, bool),
    Offset(usize, i64),
    MoveItem(usize, Stage),
    Remove(usize),
}

impl Model {
    /// The state after a move, and how the move ends. What process managers do is part of it.
    pub(super) fn apply(&mut self, step: &Move) -> Verdict {
        let by = step.by;
        let verdict = match &step.what {
            What::Days(days) => {
                self.today = self.day(*days);
                self.reopen_due();
                return Verdict::Done;
            }
            What::Register(n, new) => self.register(by, *n, new),
            What::Sale(n, what) => self.on_sale(by, *n, what),
            What::Plan(n, plan) => self.plan(by, *n, plan),
            What::Create(n, new) => self.create(by, *n, new),
            What::Activity(n, what) => self.on_activity(by, *n, what),
            What::Type(..) if by != Who::Eva => no(403, "forbidden"),
            What::Type(kind, what) => self.on_type(*kind, what),
        };
        let done = match &step.what {
            What::Create(n, new) if new.document => Some(*n),
            What::Activity(n, OnActivity::Complete) => Some(*n),
            _ => None,
        };
        if let Some(n) = done.filter(|_| verdict == Verdict::Done) {
            self.done(n);
        }
        verdict
    }
}
