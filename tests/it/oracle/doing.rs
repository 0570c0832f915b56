//! What may be done to an activity and what comes of it (SD-2, SD-8, SD-9, SG-12 to SG-17).

use chrono::NaiveDate;

use super::cast::{Suggests, Who};
use super::model::{Activity, Model, Slot, Status, Suggested, Verdict, no};
use super::moves::{Creation, OnActivity, Plan};

/// When the working day begins.
const MORNING: u32 = 8;

impl Model {
    /// SD-2, SD-3.
    pub(super) fn plan(&mut self, by: Who, n: usize, plan: &Plan) -> Verdict {
        if self.activities.contains_key(&n) {
            return no(409, "already_exists");
        }
        let owner = plan.owner.unwrap_or(by);
        if owner != by && !by.leads() {
            return no(403, "not_your_activity");
        }
        if plan.sale.is_some_and(|sale| !self.has(sale)) {
            return no(422, "unknown_sale");
        }
        let slot = slot(plan.what, self.day(plan.later), plan.what.usual());
        self.put(n, plan.what, plan.sale, owner, slot);
        Verdict::Done
    }

    fn put(&mut self, n: usize, what: Suggests, sale: Option<usize>, owner: Who, slot: Slot) {
        let item = None;
        let made = Activity { what, sale, item, owner, slot, done: None, deleted: false };
        self.activities.insert(n, made);
    }

    /// SG-12 to SG-15. The domain does not say which of several reasons is told.
    pub(super) fn create(&mut self, by: Who, n: usize, new: &Creation) -> Verdict {
        let owner = new.owner.unwrap_or(by);
        let mut refused = Vec::new();
        if self.activities.contains_key(&n) {
            refused.push((409, "already_exists"));
        }
        if owner != by && !by.leads() {
            refused.push((403, "not_your_activity"));
        }
        match self.sales.get(&new.sale).filter(|sale| sale.status != Status::Deleted) {
            None => refused.push((422, "unknown_sale")),
            Some(sale) => {
                let terms = &self.kinds[&sale.kind];
                let item = terms.items.iter().find(|item| item.key == new.item);
                if !terms.guide {
                    refused.push((422, "guide_off"));
                } else if item.is_none() {
                    refused.push((422, "unknown_guide_item"));
                }
                let follow_up = item.is_none_or(|item| item.what != Suggests::Document);
                if item.is_some() && follow_up == new.document {
                    refused.push((422, "guide_item_kind"));
                }
            }
        }
        if !refused.is_empty() {
            return Verdict::Refused(refused);
        }
        let kind = self.sales[&new.sale].kind;
        let item = self.kinds[&kind].items.iter().find(|item| item.key == new.item);
        let item = item.unwrap().clone();
        let day = new.later.map_or_else(|| self.start_of(new.sale, &item), |later| self.day(later));
        let slot = slot(item.what, day, item.minutes.unwrap_or(item.what.usual()));
        self.put(n, item.what, Some(new.sale), owner, slot);
        let today = self.today;
        let made = self.activities.get_mut(&n).unwrap();
        made.item = Some((item.key, new.sale));
        if new.document {
            (made.done, made.slot) = (Some(today), Slot::Day(today));
        }
        if let Some(suggested) = self.sales.get_mut(&new.sale).unwrap().suggested.get_mut(&item.key)
        {
            *suggested = Suggested::Over;
        }
        Verdict::Done
    }

    /// A command on an activity.
    pub(super) fn on_activity(&mut self, by: Who, n: usize, what: &OnActivity) -> Verdict {
        let today = self.today;
        let unknown = matches!(what, OnActivity::About(Some(sale)) if !self.has(*sale));
        let Some(one) = self.activities.get_mut(&n) else { return no(404, "not_found") };
        if one.owner != by && !by.leads() {
            return no(403, "not_your_activity");
        }
        match what {
            OnActivity::Delete if one.deleted => return Verdict::Nothing,
            OnActivity::Delete => {
                one.deleted = true;
                return Verdict::Done;
            }
            OnActivity::Complete
            | OnActivity::Reopen
            | OnActivity::Move(_)
            | OnActivity::Assign(_)
            | OnActivity::About(_)
                if one.deleted =>
            {
                return no(422, "activity_deleted");
            }
            OnActivity::About(sale) if unknown && one.done.is_none() && one.sale != *sale => {
                return no(422, "unknown_sale");
            }
            OnActivity::Complete
            | OnActivity::Reopen
            | OnActivity::Move(_)
            | OnActivity::Assign(_)
            | OnActivity::About(_) => {}
        }
        one.take(today, what)
    }

    /// Whether a sale can be followed up.
    fn has(&self, sale: usize) -> bool {
        self.sales.get(&sale).is_some_and(|sale| sale.status != Status::Deleted)
    }
}

impl Activity {
    fn take(&mut self, today: NaiveDate, what: &OnActivity) -> Verdict {
        match what {
            OnActivity::Complete if self.done.is_some() => Verdict::Nothing,
            OnActivity::Complete => {
                self.done = Some(today);
                Verdict::Done
            }
            OnActivity::Reopen if self.what == Suggests::Document => no(422, "document_is_done"),
            OnActivity::Reopen if self.done.is_none() => Verdict::Nothing,
            OnActivity::Reopen => {
                self.done = None;
                Verdict::Done
            }
            OnActivity::Move(_) | OnActivity::Assign(_) | OnActivity::About(_)
                if self.what == Suggests::Document =>
            {
                Verdict::Refused(vec![(422, "activity_completed"), (422, "document_is_done")])
            }
            OnActivity::Move(_) | OnActivity::Assign(_) | OnActivity::About(_)
                if self.done.is_some() =>
            {
                no(422, "activity_completed")
            }
            OnActivity::About(sale) if self.sale == *sale => Verdict::Nothing,
            OnActivity::About(sale) => {
                self.sale = *sale;
                Verdict::Done
            }
            OnActivity::Move(day) if self.slot.day() == *day => Verdict::Nothing,
            OnActivity::Move(to) => {
                match &mut self.slot {
                    Slot::Day(day) | Slot::Times { day, .. } => *day = *to,
                }
                Verdict::Done
            }
            OnActivity::Assign(owner) if self.owner == *owner => Verdict::Nothing,
            OnActivity::Assign(owner) => {
                self.owner = *owner;
                Verdict::Done
            }
            OnActivity::Delete => unreachable!("answered before"),
        }
    }
}

/// A to-do has a day; everything else begins when the working day does.
pub(super) fn slot(what: Suggests, day: NaiveDate, minutes: i64) -> Slot {
    match what {
        Suggests::ToDo | Suggests::Document => Slot::Day(day),
        Suggests::Meeting | Suggests::Call => Slot::Times { day, hour: MORNING, minutes },
    }
}
