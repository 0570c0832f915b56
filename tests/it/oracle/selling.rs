//! What may be done to a sale and what comes of it (domain §3.2, §3.5).

use chrono::{Months, NaiveDate};

use super::cast::{Kind, Stage, Who};
use super::model::{Model, Sale, Status, Suggested, Verdict, changed, no};
use super::money::Currency;
use super::moves::{NewSale, OnSale};

impl Model {
    /// SO-1, SO-2, SO-36.
    pub(super) fn register(&mut self, by: Who, n: usize, new: &NewSale) -> Verdict {
        if self.sales.contains_key(&n) {
            return no(409, "already_exists");
        }
        let owner = new.owner.unwrap_or(by);
        if owner != by && !by.leads() {
            return no(403, "not_your_sale");
        }
        let stages = new.kind.stages();
        if new.stage.is_some_and(|stage| !stages.contains(&stage)) {
            return no(422, "stage_not_in_sale_type");
        }
        let first = if self.kinds[&new.kind].guide { stages.first().copied() } else { None };
        let stage = new.stage.or(first);
        let months = if new.kind == Kind::New { 3 } else { 0 };
        let date = self.today.checked_add_months(Months::new(months)).unwrap();
        let (amount, currency) = new.amount.unwrap_or((0, Currency::Eur));
        let sale = Sale {
            number: 1_001 + self.sales.len(),
            kind: new.kind,
            status: Status::Open,
            stage,
            probability: stage.map_or(0, Stage::probability),
            currency,
            amount,
            cost: 0,
            owner,
            date: new.date.map_or(date, |later| self.day(later)),
            suggested: std::collections::BTreeMap::new(),
            next_stage: None,
        };
        self.sales.insert(n, sale);
        Verdict::Done
    }

    /// A command on a sale.
    pub(super) fn on_sale(&mut self, by: Who, n: usize, what: &OnSale) -> Verdict {
        let Some(sale) = self.sales.get(&n) else { return no(404, "not_found") };
        if sale.status == Status::Deleted {
            return no(422, "sale_deleted");
        }
        if sale.owner != by && !by.leads() {
            return no(403, "not_your_sale");
        }
        match what {
            OnSale::AnswerFollowUp { item, accepted } => self.answer_follow_up(n, *item, *accepted),
            OnSale::AnswerStage { accepted } => self.answer_stage(n, *accepted),
            OnSale::Advance(stage) => self.advance(n, *stage),
            OnSale::ChangeType { kind, stage } => self.change_type(n, *kind, *stage),
            other => {
                let today = self.today;
                self.sales.get_mut(&n).map_or(no(404, "not_found"), |sale| sale.take(today, other))
            }
        }
    }

    /// SO-6, SO-8; a suggested stage is over with any change of stage.
    pub(super) fn advance(&mut self, n: usize, to: Stage) -> Verdict {
        let sale = self.sales.get_mut(&n).unwrap();
        match sale.status {
            Status::Closed { .. } | Status::Deleted => return no(422, "sale_closed"),
            Status::Stalled { .. } => return no(422, "sale_stalled"),
            Status::Open if sale.stage == Some(to) => return Verdict::Nothing,
            Status::Open if !sale.kind.stages().contains(&to) => {
                return no(422, "stage_not_in_sale_type");
            }
            Status::Open => {}
        }
        (sale.stage, sale.probability, sale.next_stage) = (Some(to), to.probability(), None);
        Verdict::Done
    }

    /// SO-9: the stage asked for; else the present one if the new type has it; else the first of a guide; else none.
    fn change_type(&mut self, n: usize, to: Kind, asked: Option<Stage>) -> Verdict {
        let guide = self.kinds[&to].guide;
        let sale = self.sales.get_mut(&n).unwrap();
        if matches!(sale.status, Status::Closed { .. }) {
            return no(422, "sale_closed");
        }
        let stages = to.stages();
        if asked.is_some_and(|stage| !stages.contains(&stage)) {
            return no(422, "stage_not_in_sale_type");
        }
        if sale.kind == to {
            return Verdict::Nothing;
        }
        let kept = sale.stage.filter(|stage| stages.contains(stage));
        let first = if guide { stages.first().copied() } else { None };
        let stage = asked.or(kept).or(first);
        if let Some(other) = stage.filter(|stage| sale.stage != Some(*stage)) {
            sale.probability = other.probability();
        }
        (sale.kind, sale.stage, sale.next_stage) = (to, stage, None);
        Verdict::Done
    }

    /// SG-20, SG-21: a suggestion is answered while nothing was created from it; a no may become a yes.
    fn answer_follow_up(&mut self, n: usize, item: usize, accepted: bool) -> Verdict {
        let sale = self.sales.get_mut(&n).unwrap();
        let terms = &self.kinds[&sale.kind];
        if matches!(sale.status, Status::Closed { .. }) {
            return no(422, "sale_closed");
        }
        if !terms.guide {
            return no(422, "guide_off");
        }
        if !terms.items.iter().any(|known| known.key == item) {
            return no(422, "no_such_suggestion");
        }
        match sale.suggested.get_mut(&item) {
            Some(Suggested::Open(answer)) if *answer == Some(accepted) => Verdict::Nothing,
            Some(Suggested::Open(answer)) if *answer != Some(true) => {
                *answer = Some(accepted);
                Verdict::Done
            }
            Some(Suggested::Open(_) | Suggested::Over) | None => no(422, "no_such_suggestion"),
        }
    }

    /// SG-23, SG-26: yes moves the sale by the rules of a stage change.
    fn answer_stage(&mut self, n: usize, accepted: bool) -> Verdict {
        let sale = self.sales.get_mut(&n).unwrap();
        let guide = self.kinds[&sale.kind].guide;
        match (&sale.status, sale.next_stage) {
            (Status::Closed { .. } | Status::Deleted, _) => no(422, "sale_closed"),
            _ if !guide => no(422, "guide_off"),
            (_, None) => no(422, "no_such_suggestion"),
            (_, Some((_, Some(false)))) if !accepted => Verdict::Nothing,
            (_, Some((to, _))) if accepted => self.advance(n, to),
            (_, Some((to, _))) => {
                sale.next_stage = Some((to, Some(false)));
                Verdict::Done
            }
        }
    }

    /// SO-16: the process manager opens what was put on hold until today or earlier.
    pub(super) fn reopen_due(&mut self) {
        for sale in self.sales.values_mut() {
            if matches!(sale.status, Status::Stalled { reopen } if reopen <= self.today) {
                sale.status = Status::Open;
            }
        }
    }
}

/// Puts a value in its place; whether it is another one.
fn put<T: PartialEq>(place: &mut T, value: T) -> Verdict {
    let other = *place != value;
    *place = value;
    changed(other)
}

impl Sale {
    /// Commands that need to know nothing but the sale and the day.
    fn take(&mut self, today: NaiveDate, what: &OnSale) -> Verdict {
        let closed = matches!(self.status, Status::Closed { .. });
        match what {
            OnSale::Override(_)
            | OnSale::ChangeAmount(..)
            | OnSale::SetCost(..)
            | OnSale::ChangeOwner(_)
            | OnSale::EditDate(_)
                if closed =>
            {
                no(422, "sale_closed")
            }
            OnSale::Override(probability) => put(&mut self.probability, *probability),
            OnSale::ChangeAmount(_, currency) | OnSale::SetCost(_, currency)
                if *currency != self.currency =>
            {
                no(422, "currency_differs")
            }
            OnSale::ChangeAmount(amount, _) => put(&mut self.amount, *amount),
            OnSale::SetCost(cost, _) => put(&mut self.cost, *cost),
            OnSale::ChangeOwner(owner) => put(&mut self.owner, *owner),
            OnSale::EditDate(date) => put(&mut self.date, *date),
            OnSale::Stall(reopen) => self.stall(today, *reopen),
            OnSale::ChangeTerms(reopen) => self.change_terms(today, *reopen),
            OnSale::Sold(amount) => self.close(today, true, *amount),
            OnSale::Lost => self.close(today, false, None),
            OnSale::Reopen => self.reopen(),
            OnSale::Complete(tick) => match &mut self.status {
                Status::Closed { completed, .. } => put(completed, *tick),
                Status::Open | Status::Stalled { .. } | Status::Deleted => no(422, "not_closed"),
            },
            OnSale::Delete => {
                self.status = Status::Deleted;
                Verdict::Done
            }
            OnSale::Advance(_)
            | OnSale::ChangeType { .. }
            | OnSale::AnswerFollowUp { .. }
            | OnSale::AnswerStage { .. } => unreachable!("needs the tenant"),
        }
    }

    /// SO-13.
    fn stall(&mut self, today: NaiveDate, until: NaiveDate) -> Verdict {
        match self.status {
            Status::Stalled { reopen } if reopen == until => Verdict::Nothing,
            Status::Stalled { .. } => no(422, "sale_stalled"),
            Status::Closed { .. } | Status::Deleted => no(422, "sale_closed"),
            Status::Open if until < today => no(422, "reopen_date_past"),
            Status::Open => {
                self.status = Status::Stalled { reopen: until };
                Verdict::Done
            }
        }
    }

    fn change_terms(&mut self, today: NaiveDate, until: NaiveDate) -> Verdict {
        match self.status {
            Status::Stalled { reopen } if reopen == until => Verdict::Nothing,
            Status::Stalled { .. } if until < today => no(422, "reopen_date_past"),
            Status::Stalled { .. } => {
                self.status = Status::Stalled { reopen: until };
                Verdict::Done
            }
            Status::Closed { .. } | Status::Deleted => no(422, "sale_closed"),
            Status::Open => no(422, "not_stalled"),
        }
    }

    /// SO-17, SO-18.
    fn close(&mut self, today: NaiveDate, won: bool, actual: Option<(i128, Currency)>) -> Verdict {
        if matches!(self.status, Status::Closed { .. }) {
            return no(422, "already_closed");
        }
        if actual.is_some_and(|(_, currency)| currency != self.currency) {
            return no(422, "currency_differs");
        }
        self.amount = actual.map_or(self.amount, |(amount, _)| amount);
        self.status = Status::Closed { won, completed: false, before: self.probability };
        self.probability = if won { 100 } else { 0 };
        self.date = today;
        Verdict::Done
    }

    /// SO-16, SO-22, §6-A14.
    fn reopen(&mut self) -> Verdict {
        match self.status {
            Status::Open | Status::Deleted => return no(422, "sale_open"),
            Status::Stalled { .. } => {}
            Status::Closed { before, .. } => {
                self.probability = self.stage.map_or(before, Stage::probability);
            }
        }
        self.status = Status::Open;
        Verdict::Done
    }
}
