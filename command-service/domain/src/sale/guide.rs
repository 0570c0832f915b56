//! How far a sale is in its guide: what was created from it, what was suggested and answered (SG-12 to SG-14, SG-19 to
//! SG-23). Items are found again by their ids, whatever type the sale had meanwhile (SG-27).

use std::collections::BTreeMap;

use events::{ActivityId, Feature, Guide, GuideItem, GuideItemId, SaleEvent, StageId};

use super::Deal;
use crate::{Context, References, Refusal};

/// Activities created from the guide of a sale at most, deleted ones included.
pub const INSTANCES_MAX: usize = 500;

/// What a sale remembers of its guide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    created: Vec<(GuideItemId, ActivityId)>,
    suggested: BTreeMap<GuideItemId, Suggested>,
    stage: Option<SuggestedStage>,
}

/// How a suggested follow-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suggested {
    /// Nobody said anything.
    Open,
    /// Not now; it stays visible (SG-21).
    Declined,
    /// Yes, and not created yet (SG-20).
    Accepted,
    /// Something was created from it.
    Created,
}

/// A stage that is suggested, until the sale is in another one (SG-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SuggestedStage {
    /// Where to.
    pub(super) to: StageId,
    /// Somebody said no.
    pub(super) declined: bool,
}

impl Progress {
    /// What a fact of the sale changes; facts of other parts of it change nothing.
    pub(super) fn evolve(&mut self, fact: &SaleEvent) {
        if let SaleEvent::GuideItemUsed { item, activity } = fact {
            self.created.push((*item, *activity));
            if let Some(suggested) = self.suggested.get_mut(item) {
                *suggested = Suggested::Created;
            }
        }
        if let SaleEvent::FollowUpSuggested { item, .. } = fact {
            self.suggested.insert(*item, Suggested::Open);
        }
        if let SaleEvent::FollowUpSuggestionAnswered { item, accepted } = fact {
            let answer = if *accepted { Suggested::Accepted } else { Suggested::Declined };
            self.suggested.insert(*item, answer);
        }
        if let SaleEvent::StageSuggested { to, .. } = fact {
            self.stage = Some(SuggestedStage { to: *to, declined: false });
        }
        if let (SaleEvent::StageSuggestionAnswered { accepted, .. }, Some(suggested)) =
            (fact, &mut self.stage)
        {
            suggested.declined = !accepted;
        }
    }

    /// In another stage, or of another type: a suggestion of before says nothing any more.
    pub(super) fn stage_changed(&mut self) {
        self.stage = None;
    }

    /// How many activities were created from the guide.
    pub fn created(&self) -> usize {
        self.created.len()
    }

    /// The activities that were created from an item, deleted ones included.
    pub(crate) fn of_item(&self, item: GuideItemId) -> impl Iterator<Item = ActivityId> {
        let of_item = self.created.iter().filter(move |(used, _)| *used == item);
        of_item.map(|(_, activity)| *activity)
    }

    /// The item an activity was created from.
    pub(super) fn item_of(&self, activity: ActivityId) -> Option<GuideItemId> {
        let made = self.created.iter().find(|(_, made)| *made == activity);
        made.map(|(item, _)| *item)
    }

    /// How a follow-up stands that was ever suggested.
    pub(super) fn suggested(&self, item: GuideItemId) -> Option<Suggested> {
        self.suggested.get(&item).copied()
    }

    /// The stage that is suggested.
    pub(super) fn suggested_stage(&self) -> Option<SuggestedStage> {
        self.stage
    }

    /// Goes on if something more may be created from the guide.
    pub(crate) fn room(&self) -> Result<(), Refusal> {
        (self.created.len() < INSTANCES_MAX).then_some(()).ok_or(Refusal::TooManyInstances)
    }
}

/// A guide that sales run through: the stages of the type, and what is suggested in them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running<'a> {
    /// In order.
    pub(crate) stages: &'a [StageId],
    /// Whether the next stage is suggested when one is complete (SG-23).
    pub(crate) auto_advance: bool,
    guide: &'a Guide,
}

impl<'a> Running<'a> {
    /// The guide of a sale's type, as far as it is known and on.
    pub(crate) fn of(deal: &Deal, known: &'a References) -> Option<Self> {
        let defined = known.sale_type(deal.sale_type)?.defined()?;
        let (terms, guide) = (&defined.terms, &defined.guide);
        let (stages, auto_advance) = (terms.stages.as_slice(), terms.auto_advance);
        terms.guide.then_some(Self { stages, auto_advance, guide })
    }

    /// The same for a command that cannot do without.
    ///
    /// # Errors
    /// The tenant has no guides (SO-50), or the type of the sale has none (SG-28).
    pub(crate) fn required(deal: &Deal, context: &Context<'a>) -> Result<Self, Refusal> {
        context.feature(Feature::Guide)?;
        Self::of(deal, context.references).ok_or(Refusal::GuideOff)
    }

    /// An item of any stage of the type (SG-10).
    pub(crate) fn item(&self, id: GuideItemId) -> Option<&'a GuideItem> {
        self.guide.item(id).filter(|item| self.stages.contains(&item.stage))
    }

    /// SG-19.
    pub(super) fn next_follow_up(&self, after: GuideItemId) -> Option<&'a GuideItem> {
        self.guide.next_follow_up(self.stages, after)
    }

    /// §6-A38.
    pub(crate) fn follow_ups_before(&self, item: GuideItemId) -> Vec<&'a GuideItem> {
        self.guide.follow_ups_before(self.stages, item)
    }

    /// §6-A6.
    pub(super) fn required_in(&self, stage: StageId) -> impl Iterator<Item = &'a GuideItem> {
        self.guide.required(stage)
    }

    /// The stage after one; none after the last (SG-25).
    pub(super) fn stage_after(&self, stage: StageId) -> Option<StageId> {
        self.stages.iter().copied().skip_while(|other| *other != stage).nth(1)
    }
}
