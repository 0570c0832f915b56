//! The items of a guide: added, edited, moved, removed (SG-4 to SG-6, SG-28, SG-29). Sales read them live, so every
//! change holds at once.

use events::activity::Kind;
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::{
    Event, GuideItem, GuideItemId, LocalName, Note, OurReference, Purpose, SaleTypeEvent, StageId,
    Title, TypeName,
};

use super::Defined;
use crate::{Decision, Refusal};

/// Items of a guide at most.
pub const GUIDE_ITEMS_MAX: usize = 200;

/// Between an item and the next one, so that there is room for others.
const RANK_STEP: i32 = 10;

/// An item to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGuideItem {
    /// Its id.
    pub id: GuideItemId,
    /// A stage of the type.
    pub stage: StageId,
    /// Behind all others of the stage when left out.
    pub rank: Option<i32>,
    /// What it says.
    pub terms: GuideItemTerms,
}

/// What changes about an item. Outer `None`: left as it is. Inner `None`: cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideItemChanges {
    /// New name.
    pub name: Option<LocalName>,
    /// New tooltip.
    pub purpose: Option<Option<Purpose>>,
    /// Whether it counts for the completion of its stage (§6-A6).
    pub required: Option<bool>,
    /// What changes about the suggestion itself.
    pub suggestion: SuggestionChanges,
}

/// Changes of a follow-up or of a document; an item stays what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuggestionChanges {
    /// SG-4.
    FollowUp(FollowUpChanges),
    /// SG-5.
    Document(DocumentChanges),
}

/// What changes about a suggested follow-up (SG-4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUpChanges {
    /// Meeting, to-do or call.
    pub kind: Option<Kind>,
    /// SG-19.
    pub auto_suggest: Option<bool>,
    /// Days from the follow-up before it.
    pub offset_days: Option<u16>,
    /// How long it lasts.
    pub duration_minutes: Option<Option<u16>>,
    /// Text it begins with.
    pub text: Option<Option<Note>>,
}

/// What changes about a suggested document (SG-5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentChanges {
    /// What it is written from.
    pub template: Option<Option<TypeName>>,
    /// Subject it begins with.
    pub subject: Option<Option<Title>>,
    /// Our reference it begins with.
    pub our_reference: Option<Option<OurReference>>,
}

/// SG-4, SG-5; the guide may be off meanwhile (SG-28).
pub(super) fn add(defined: &Defined, new: NewGuideItem) -> Result<Decision, Refusal> {
    let NewGuideItem { id, stage, rank, terms } = new;
    if defined.guide.item(id).is_some() {
        return Err(Refusal::GuideItemExists);
    }
    linked(defined, stage)?;
    if defined.guide.items().len() >= GUIDE_ITEMS_MAX {
        return Err(Refusal::TooManyGuideItems);
    }
    let rank = rank.unwrap_or_else(|| last_rank(defined, stage));
    Ok(one(SaleTypeEvent::GuideItemAdded(GuideItem { id, stage, rank, terms })))
}

/// SG-6: one fact with all terms; none when nothing differs.
pub(super) fn edit(
    defined: &Defined,
    id: GuideItemId,
    changes: GuideItemChanges,
) -> Result<Decision, Refusal> {
    let now = &known(defined, id)?.terms;
    let suggestion = match (&now.suggestion, changes.suggestion) {
        (Suggestion::FollowUp(now), SuggestionChanges::FollowUp(changes)) => {
            Suggestion::FollowUp(follow_up(now, changes))
        }
        (Suggestion::Document(now), SuggestionChanges::Document(changes)) => {
            Suggestion::Document(document(now, changes))
        }
        (Suggestion::FollowUp(_), SuggestionChanges::Document(_))
        | (Suggestion::Document(_), SuggestionChanges::FollowUp(_)) => {
            return Err(Refusal::GuideItemKind);
        }
    };
    let terms = GuideItemTerms {
        name: changes.name.unwrap_or_else(|| now.name.clone()),
        purpose: changes.purpose.unwrap_or_else(|| now.purpose.clone()),
        required: changes.required.unwrap_or(now.required),
        suggestion,
    };
    if terms == *now {
        return Ok(Decision::nothing());
    }
    Ok(one(SaleTypeEvent::GuideItemEdited { id, terms }))
}

fn follow_up(now: &SuggestedFollowUp, changes: FollowUpChanges) -> SuggestedFollowUp {
    SuggestedFollowUp {
        kind: changes.kind.unwrap_or(now.kind),
        auto_suggest: changes.auto_suggest.unwrap_or(now.auto_suggest),
        offset_days: changes.offset_days.unwrap_or(now.offset_days),
        duration_minutes: changes.duration_minutes.unwrap_or(now.duration_minutes),
        text: changes.text.unwrap_or_else(|| now.text.clone()),
    }
}

fn document(now: &SuggestedDocument, changes: DocumentChanges) -> SuggestedDocument {
    SuggestedDocument {
        template: changes.template.unwrap_or_else(|| now.template.clone()),
        subject: changes.subject.unwrap_or_else(|| now.subject.clone()),
        our_reference: changes.our_reference.unwrap_or_else(|| now.our_reference.clone()),
    }
}

/// SG-6: to another stage it goes behind all others, unless a rank says otherwise.
pub(super) fn relocate(
    defined: &Defined,
    id: GuideItemId,
    stage: Option<StageId>,
    rank: Option<i32>,
) -> Result<Decision, Refusal> {
    let item = known(defined, id)?;
    let stage = match stage {
        Some(stage) => linked(defined, stage)?,
        None => item.stage,
    };
    let stays = stage == item.stage;
    let behind = || if stays { item.rank } else { last_rank(defined, stage) };
    let rank = rank.unwrap_or_else(behind);
    if stays && rank == item.rank {
        return Ok(Decision::nothing());
    }
    Ok(one(SaleTypeEvent::GuideItemMoved { id, stage, rank }))
}

/// SG-29: what was created from it stays.
pub(super) fn remove(defined: &Defined, id: GuideItemId) -> Result<Decision, Refusal> {
    known(defined, id)?;
    Ok(one(SaleTypeEvent::GuideItemRemoved { id }))
}

fn known(defined: &Defined, id: GuideItemId) -> Result<&GuideItem, Refusal> {
    defined.guide.item(id).ok_or(Refusal::UnknownGuideItem)
}

/// Items belong to stages of their type (SG-2).
fn linked(defined: &Defined, stage: StageId) -> Result<StageId, Refusal> {
    let linked = defined.terms.stages.contains(&stage);
    linked.then_some(stage).ok_or(Refusal::StageNotInSaleType)
}

/// A rank behind all others of a stage.
fn last_rank(defined: &Defined, stage: StageId) -> i32 {
    let ranks = defined.guide.of_stage(stage).map(|item| item.rank);
    ranks.max().unwrap_or_default().saturating_add(RANK_STEP)
}

fn one(fact: SaleTypeEvent) -> Decision {
    Decision::of([Event::SaleType(fact)])
}
