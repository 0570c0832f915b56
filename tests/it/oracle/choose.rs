//! Random histories: what comes next is drawn with an eye on the model, so that most of it makes sense and some of it does
//! not.

use super::cast::{ITEMS, Item, Kind, Stage, Suggests, Who, kind_of};
use super::model::{Model, Status, Suggested};
use super::money::Currency;
use super::moves::{Creation, Move, NewSale, OnActivity, OnSale, OnType, Plan, What};
use crate::faults::seed::Chance;

/// A history of a seed.
pub(super) fn history(seed: u64, steps: usize) -> Vec<Move> {
    let mut draw = Draw { chance: Chance::from_seed(seed), model: Model::new() };
    let mut history = Vec::new();
    for _ in 0..steps {
        let step = draw.step();
        draw.model.apply(&step);
        history.push(step);
    }
    history
}

struct Draw {
    chance: Chance,
    model: Model,
}

impl Draw {
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.chance.below(of.len())]
    }

    fn number(&mut self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to - from + 1).unwrap();
        from + i64::try_from(self.chance.below(span)).unwrap()
    }

    /// Once in `n` times something.
    fn maybe<T>(&mut self, n: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance.once_in(n) { Some(make(self)) } else { None }
    }

    fn seller(&mut self) -> Who {
        self.one(&Who::SELLING)
    }

    fn step(&mut self) -> Move {
        let what = match self.chance.below(22) {
            0 => What::Days(self.number(1, 12)),
            1 | 2 if self.model.sales.len() < 5 => self.register(),
            3 => What::Plan(self.fresh(), self.plan()),
            4..=7 => self.create(),
            8..=11 => self.on_activity(),
            12 => self.on_type(),
            13 | 14 => self.answer(),
            _ => self.on_sale(),
        };
        let by = self.asker(&what);
        Move { by, what }
    }

    /// Whoever may, mostly; now and then somebody else.
    fn asker(&mut self, what: &What) -> Who {
        if self.chance.once_in(8) {
            return self.seller();
        }
        match what {
            What::Type(..) => Who::Eva,
            What::Sale(n, _) => self.model.sales.get(n).map_or(Who::Kari, |sale| sale.owner),
            What::Activity(n, _) => self.model.activities.get(n).map_or(Who::Kari, |one| one.owner),
            What::Create(..) | What::Plan(..) | What::Register(..) | What::Days(_) => self.seller(),
        }
    }

    fn register(&mut self) -> What {
        let new = NewSale {
            kind: self.one(&[Kind::New, Kind::New, Kind::Renewal, Kind::Simple]),
            amount: if self.chance.once_in(5) { None } else { Some(self.money()) },
            owner: self.maybe(5, Self::seller),
            stage: self.maybe(4, |draw| draw.one(&Stage::ALL)),
            date: self.maybe(2, |draw| draw.number(-20, 60)),
        };
        What::Register(self.model.sales.len(), new)
    }

    fn money(&mut self) -> (i128, Currency) {
        let hundredths = i128::from(self.number(0, 90_000_000));
        (hundredths, self.one(&[Currency::Eur, Currency::Nok]))
    }

    /// A sale, or now and then one that was never registered.
    fn sale(&mut self) -> usize {
        let known = self.model.sales.len();
        let more = usize::from(self.chance.once_in(20));
        self.chance.below((known + more).max(1))
    }

    /// The number of the next activity.
    fn fresh(&self) -> usize {
        self.model.activities.keys().last().map_or(0, |last| last + 1)
    }

    fn plan(&mut self) -> Plan {
        Plan {
            what: self.one(&[Suggests::Meeting, Suggests::ToDo, Suggests::Call]),
            sale: if self.chance.once_in(6) { None } else { Some(self.sale()) },
            owner: self.maybe(6, Self::seller),
            later: self.number(-6, 14),
        }
    }

    /// From an item of the sale's guide, mostly; often from one of its stage that waits for it.
    fn create(&mut self) -> What {
        let sale = self.sale();
        let (item, document) = match self.offered(sale) {
            Some(found) if !self.chance.once_in(12) => found,
            Some(_) | None => (self.chance.below(ITEMS), self.chance.once_in(2)),
        };
        let owner = self.maybe(6, Self::seller);
        let later = self.maybe(3, |draw| draw.number(-8, 20));
        What::Create(self.fresh(), Creation { sale, item, document, owner, later })
    }

    /// An item of a sale's guide, and whether it is a document.
    fn offered(&mut self, n: usize) -> Option<(usize, bool)> {
        let sale = self.model.sales.get(&n)?;
        let all = &self.model.kinds[&sale.kind].items;
        let waits = |item: &&Item| {
            Some(item.stage) == sale.stage && self.model.instances(n, item.key).is_empty()
        };
        let found = |item: &Item| (item.key, item.what == Suggests::Document);
        let waiting: Vec<_> = all.iter().filter(waits).map(found).collect();
        let all: Vec<_> = all.iter().map(found).collect();
        let of = if waiting.is_empty() || self.chance.once_in(3) { all } else { waiting };
        if of.is_empty() { None } else { Some(self.one(&of)) }
    }

    fn on_activity(&mut self) -> What {
        let n = self.some_activity();
        let what = match self.chance.below(10) {
            0 => OnActivity::Delete,
            1 => OnActivity::Reopen,
            2 => OnActivity::Assign(self.seller()),
            3 => OnActivity::Move(self.some_day()),
            4 if self.chance.once_in(2) => OnActivity::About(self.maybe(2, Self::sale)),
            _ => OnActivity::Complete,
        };
        What::Activity(n, what)
    }

    /// One that waits to be done, mostly; now and then one that was never planned.
    fn some_activity(&mut self) -> usize {
        let waits = |one: &super::model::Activity| !one.deleted && one.done.is_none();
        let all = self.model.activities.iter();
        let open: Vec<_> = all.filter(|(_, one)| waits(one)).map(|(n, _)| *n).collect();
        if open.is_empty() || self.chance.once_in(4) {
            return self.chance.below(self.fresh() + 1);
        }
        self.one(&open)
    }

    fn some_day(&mut self) -> chrono::NaiveDate {
        let days = self.number(-5, 25);
        self.model.day(days)
    }

    /// An answer to what is suggested, when something is.
    fn answer(&mut self) -> What {
        let open: Vec<_> = self
            .model
            .there()
            .flat_map(|(n, sale)| {
                let items = sale.suggested.iter();
                let open = items.filter(|(_, suggested)| **suggested != Suggested::Over);
                let stage = sale.next_stage.map(|_| (n, None));
                open.map(move |(item, _)| (n, Some(*item))).chain(stage)
            })
            .collect();
        let accepted = self.chance.once_in(2);
        if open.is_empty() {
            return self.on_activity();
        }
        let (n, item) = self.one(&open);
        let answer = match item {
            Some(item) => OnSale::AnswerFollowUp { item, accepted },
            None => OnSale::AnswerStage { accepted },
        };
        What::Sale(n, answer)
    }

    fn on_sale(&mut self) -> What {
        let n = self.sale();
        let day = self.some_day();
        let (amount, drawn) = self.money();
        let sale = self.model.sales.get(&n);
        let own = sale.map_or(drawn, |sale| sale.currency);
        let closed = sale.is_some_and(|sale| matches!(sale.status, Status::Closed { .. }));
        let stalled = sale.is_some_and(|sale| matches!(sale.status, Status::Stalled { .. }));
        let currency = if self.chance.once_in(15) { drawn } else { own };
        if stalled && self.chance.once_in(3) {
            return What::Sale(n, OnSale::ChangeTerms(day));
        }
        let what = match self.chance.below(if closed { 30 } else { 22 }) {
            0..=4 => OnSale::Advance(self.one(&Stage::ALL)),
            5 => OnSale::Override(i128::from(self.number(0, 100))),
            6 | 7 => OnSale::ChangeAmount(amount, currency),
            8 => OnSale::SetCost(amount, currency),
            9 => OnSale::ChangeOwner(self.seller()),
            10 => OnSale::EditDate(day),
            11 | 12 => OnSale::Stall(day),
            13 => OnSale::ChangeTerms(day),
            14 => OnSale::Sold(self.maybe(2, |_| (amount, currency))),
            15 => OnSale::Lost,
            16 | 17 => OnSale::ChangeType {
                kind: self.one(&Kind::ALL),
                stage: self.maybe(5, |draw| draw.one(&Stage::ALL)),
            },
            18 => OnSale::AnswerFollowUp {
                item: self.chance.below(ITEMS),
                accepted: self.chance.once_in(2),
            },
            19 => OnSale::AnswerStage { accepted: self.chance.once_in(2) },
            20 if self.chance.once_in(2) => OnSale::Delete,
            20..=25 => OnSale::Reopen,
            _ => OnSale::Complete(!self.chance.once_in(3)),
        };
        What::Sale(n, what)
    }

    fn on_type(&mut self) -> What {
        let item = self.chance.below(ITEMS);
        let yes = self.chance.once_in(2);
        let kind = self.one(&Kind::ALL);
        match self.chance.below(9) {
            0 | 1 => What::Type(kind, OnType::Guide(yes)),
            2 => What::Type(kind, OnType::AutoAdvance(yes)),
            3 | 4 => What::Type(kind_of(item), OnType::Required(item, yes)),
            5 => What::Type(kind_of(item), OnType::Auto(item, yes)),
            6 => What::Type(kind_of(item), OnType::Offset(item, self.number(0, 9))),
            7 => What::Type(kind_of(item), OnType::MoveItem(item, self.one(&Stage::ALL))),
            _ if self.chance.once_in(3) => What::Type(kind_of(item), OnType::Remove(item)),
            _ => What::Type(kind, OnType::Guide(true)),
        }
    }
}
