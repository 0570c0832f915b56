//! The rules of the guide: whose turn it is, when it is to start, what is suggested (SG-4, SG-9, SG-19, SG-23).

use chrono::NaiveDate;

use super::cast::{Item, Kind, Suggests};
use super::model::{
    Activity, Model, Sale, Status, Suggested, Terms, Verdict, changed, later_by, no,
};
use super::moves::OnType;

impl Terms {
    /// The items of a stage, by rank.
    pub(super) fn of_stage(&self, stage: super::cast::Stage) -> Vec<&Item> {
        let mut items: Vec<_> = self.items.iter().filter(|item| item.stage == stage).collect();
        items.sort_by_key(|item| item.rank);
        items
    }

    /// All follow-ups in the order they are to be done.
    fn follow_ups(&self, kind: Kind) -> Vec<&Item> {
        let items = kind.stages().iter().flat_map(|stage| self.of_stage(*stage));
        items.filter(|item| item.what != Suggests::Document).collect()
    }
}

impl Model {
    /// What was created from an item on a sale and is there.
    pub(super) fn instances(&self, sale: usize, item: usize) -> Vec<(usize, &Activity)> {
        let all = self.activities.iter().map(|(n, one)| (*n, one));
        let of = |one: &Activity| {
            one.sale == Some(sale) && one.instance_of() == Some(item) && !one.deleted
        };
        all.filter(|(_, one)| of(one)).collect()
    }

    /// §6-A38: days from the nearest earlier follow-up that was created, else from today.
    pub(super) fn start_of(&self, n: usize, item: &Item) -> NaiveDate {
        let kind = self.sales[&n].kind;
        let follow_ups = self.kinds[&kind].follow_ups(kind);
        let before = follow_ups.iter().position(|other| other.key == item.key).unwrap_or_default();
        let mut days = follow_ups[..before].iter().rev().filter_map(|other| {
            self.instances(n, other.key).iter().map(|(_, one)| one.slot.day()).max()
        });
        later_by(days.next().unwrap_or(self.today), item.offset)
    }

    /// §6-A6: it requires something, and all of that has been done once.
    pub(super) fn complete(&self, n: usize, stage: super::cast::Stage) -> bool {
        let items = self.kinds[&self.sales[&n].kind].of_stage(stage);
        let required: Vec<_> = items.into_iter().filter(|item| item.required).collect();
        let done =
            |item: &Item| self.instances(n, item.key).iter().any(|(_, one)| one.done.is_some());
        !required.is_empty() && required.into_iter().all(done)
    }

    /// What both process managers make of something that was done.
    pub(super) fn done(&mut self, n: usize) {
        let one = self.activities[&n].clone();
        let (Some(sale), Some(item)) = (one.sale, one.instance_of()) else { return };
        if let Some(next) = self.next_follow_up(sale, item, &one) {
            let suggested = &mut self.sales.get_mut(&sale).unwrap().suggested;
            suggested.insert(next, Suggested::Open(None));
        }
        if let Some(to) = self.next_stage(sale) {
            self.sales.get_mut(&sale).unwrap().next_stage = Some((to, None));
        }
    }

    /// The sale, when its guide is at work.
    fn guided(&self, n: usize) -> Option<(&Sale, &Terms)> {
        let sale = self.sales.get(&n).filter(|sale| sale.status == Status::Open)?;
        let terms = self.kinds.get(&sale.kind).filter(|terms| terms.guide)?;
        Some((sale, terms))
    }

    /// SG-19: suggests itself, is not there, was never suggested.
    fn next_follow_up(&self, n: usize, after: usize, done: &Activity) -> Option<usize> {
        let (sale, terms) = self.guided(n)?;
        if done.what == Suggests::Document {
            return None;
        }
        let follow_ups = terms.follow_ups(sale.kind);
        let next = follow_ups.into_iter().skip_while(|item| item.key != after).nth(1)?;
        let fresh =
            self.instances(n, next.key).is_empty() && !sale.suggested.contains_key(&next.key);
        (next.auto && fresh).then_some(next.key)
    }

    /// SG-23, SG-25: once until the stage changes, never after the last.
    fn next_stage(&self, n: usize) -> Option<super::cast::Stage> {
        let (sale, terms) = self.guided(n)?;
        let stage = sale.stage.filter(|stage| terms.auto_advance && self.complete(n, *stage))?;
        let next = sale.kind.stages().iter().skip_while(|other| **other != stage).nth(1)?;
        sale.next_stage.is_none().then_some(*next)
    }

    /// Maintaining a type is the administrator's (SO-45, SG-4 to SG-6).
    pub(super) fn on_type(&mut self, kind: Kind, what: &OnType) -> Verdict {
        let terms = self.kinds.get_mut(&kind).unwrap();
        let key = match what {
            OnType::Guide(on) if *on && kind.stages().len() < 2 => {
                return no(422, "guide_needs_two_stages");
            }
            OnType::Guide(on) => {
                let other = terms.guide != *on;
                terms.guide = *on;
                return changed(other);
            }
            OnType::AutoAdvance(on) => {
                let other = terms.auto_advance != *on;
                terms.auto_advance = *on;
                return changed(other);
            }
            OnType::Required(key, _)
            | OnType::Auto(key, _)
            | OnType::Offset(key, _)
            | OnType::MoveItem(key, _)
            | OnType::Remove(key) => *key,
        };
        let Some(at) = terms.items.iter().position(|item| item.key == key) else {
            return no(422, "unknown_guide_item");
        };
        terms.edit(at, kind, what)
    }
}

impl Terms {
    fn edit(&mut self, at: usize, kind: Kind, what: &OnType) -> Verdict {
        let before = self.items[at].clone();
        let document = before.what == Suggests::Document;
        match what {
            OnType::Auto(..) | OnType::Offset(..) if document => {
                return no(422, "guide_item_kind");
            }
            OnType::MoveItem(_, stage) if !kind.stages().contains(stage) => {
                return no(422, "stage_not_in_sale_type");
            }
            OnType::Required(_, yes) => self.items[at].required = *yes,
            OnType::Auto(_, yes) => self.items[at].auto = *yes,
            OnType::Offset(_, days) => self.items[at].offset = *days,
            OnType::MoveItem(_, stage) if before.stage == *stage => {}
            OnType::MoveItem(_, stage) => {
                let last = self.of_stage(*stage).last().map_or(0, |item| item.rank);
                (self.items[at].stage, self.items[at].rank) = (*stage, last + 10);
            }
            OnType::Remove(_) => {
                self.items.remove(at);
                return Verdict::Done;
            }
            OnType::Guide(_) | OnType::AutoAdvance(_) => {}
        }
        changed(self.items[at] != before)
    }
}
