//! A sales guide: what a sale type suggests to do in each stage (SG-2, SG-4, SG-5). Items are suggestions, not copies: an
//! activity exists only once somebody creates it (SG-11). Pure, and read by both sides, so what a command finds next is
//! what a question shows next.

mod item;

use serde::{Deserialize, Serialize};

use crate::identity::StageId;
use crate::sale_type::SaleTypeEvent;

pub use item::{
    GuideItem, GuideItemId, GuideItemTerms, OFFSET_DAYS_MAX, SuggestedDocument, SuggestedFollowUp,
    Suggestion,
};

/// The items of a sale type, whether its guide is on or off (SG-28).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Guide(Vec<GuideItem>);

impl Guide {
    /// The guide after a fact of its type: items of an unlinked stage are gone, all of them with the type (SO-46, SO-49).
    pub fn evolve(&mut self, fact: &SaleTypeEvent) {
        match fact {
            SaleTypeEvent::GuideItemAdded(item) => self.put(item.clone()),
            SaleTypeEvent::GuideItemEdited { id, terms } => {
                self.change(*id, |item| item.terms = terms.clone());
            }
            SaleTypeEvent::GuideItemMoved { id, stage, rank } => {
                self.change(*id, |item| (item.stage, item.rank) = (*stage, *rank));
            }
            SaleTypeEvent::GuideItemRemoved { id } => self.0.retain(|item| item.id != *id),
            SaleTypeEvent::StageUnlinked { stage, .. } => {
                self.0.retain(|item| item.stage != *stage);
            }
            SaleTypeEvent::Deleted {} => self.0.clear(),
            SaleTypeEvent::Defined(_) | SaleTypeEvent::Edited(_) | SaleTypeEvent::Restored {} => {}
        }
    }

    fn put(&mut self, item: GuideItem) {
        self.0.retain(|known| known.id != item.id);
        self.0.push(item);
        self.sort();
    }

    fn change(&mut self, id: GuideItemId, change: impl FnOnce(&mut GuideItem)) {
        if let Some(item) = self.0.iter_mut().find(|item| item.id == id) {
            change(item);
            self.sort();
        }
    }

    /// By rank within a stage; what was added first is first among equals.
    fn sort(&mut self) {
        self.0.sort_by_key(|item| item.rank);
    }

    /// Every item, of stages that the type does not have any more too.
    pub fn items(&self) -> &[GuideItem] {
        &self.0
    }

    /// An item by its id.
    #[must_use]
    pub fn item(&self, id: GuideItemId) -> Option<&GuideItem> {
        self.0.iter().find(|item| item.id == id)
    }

    /// The items of a stage, in order.
    pub fn of_stage(&self, stage: StageId) -> impl Iterator<Item = &GuideItem> {
        self.0.iter().filter(move |item| item.stage == stage)
    }

    /// The follow-ups of a guide with these stages, in the order they are to be done.
    fn follow_ups<'a>(&'a self, stages: &[StageId]) -> Vec<&'a GuideItem> {
        let items = stages.iter().flat_map(|stage| self.of_stage(*stage));
        items.filter(|item| item.terms.follow_up().is_some()).collect()
    }

    /// The follow-up after this one: of the same stage, else the first of the next stage that has one (SG-19).
    #[must_use]
    pub fn next_follow_up(&self, stages: &[StageId], after: GuideItemId) -> Option<&GuideItem> {
        self.follow_ups(stages).into_iter().skip_while(|item| item.id != after).nth(1)
    }

    /// The follow-ups before this one, the nearest first: the offset counts from the first of them that was created
    /// (§6-A38).
    #[must_use]
    pub fn follow_ups_before(&self, stages: &[StageId], item: GuideItemId) -> Vec<&GuideItem> {
        let all = self.follow_ups(stages).into_iter();
        let mut before: Vec<_> = all.take_while(|other| other.id != item).collect();
        before.reverse();
        before
    }

    /// What has to be done before a stage counts as complete; a stage that requires nothing never is (SG-23, §6-A6).
    pub fn required(&self, stage: StageId) -> impl Iterator<Item = &GuideItem> {
        self.of_stage(stage).filter(|item| item.terms.required)
    }
}

#[cfg(test)]
mod tests;
