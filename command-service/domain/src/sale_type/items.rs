//! The items of a guide: added, edited, moved, removed (SG-4 to SG-6, SG-28, SG-29). Sales read them live, so every
//! change holds at once.

use events::activity::Kind;
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::{
    Event, GuideItem, GuideItemId, ListKey, LocalName, Note, OurReference, Purpose, SaleTypeEvent,
    StageId, Title, TypeName,
};

use super::Defined;
use crate::list::offered_type;
use crate::{Context, Decision, Refusal};

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

impl SuggestionChanges {
    /// The type that the follow-up is to be of from now on.
    pub(super) fn follow_up_type(&self) -> Option<&ListKey> {
        match self {
            Self::FollowUp(changes) => changes.follow_up_type.as_ref()?.as_ref(),
            Self::Document(_) => None,
        }
    }
}

/// What changes about a suggested follow-up (SG-4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUpChanges {
    /// Meeting, to-do or call.
    pub kind: Option<Kind>,
    /// The type it will be of (SD-1).
    pub follow_up_type: Option<Option<ListKey>>,
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
pub(super) fn add(
    defined: &Defined,
    new: NewGuideItem,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let NewGuideItem { id, stage, rank, terms } = new;
    if defined.guide.item(id).is_some() {
        return Err(Refusal::GuideItemExists);
    }
    linked(defined, stage)?;
    if defined.guide.items().len() >= GUIDE_ITEMS_MAX {
        return Err(Refusal::TooManyGuideItems);
    }
    if let Some(follow_up) = terms.follow_up() {
        typed(follow_up, None, context)?;
    }
    let rank = rank.unwrap_or_else(|| last_rank(defined, stage));
    Ok(one(SaleTypeEvent::GuideItemAdded(GuideItem { id, stage, rank, terms })))
}

/// SG-6: one fact with all terms; none when nothing differs.
pub(super) fn edit(
    defined: &Defined,
    id: GuideItemId,
    changes: GuideItemChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let now = &known(defined, id)?.terms;
    let suggestion = match (&now.suggestion, changes.suggestion) {
        (Suggestion::FollowUp(now), SuggestionChanges::FollowUp(changes)) => {
            let new = follow_up(now, changes);
            typed(&new, Some(now), context)?;
            Suggestion::FollowUp(new)
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
        follow_up_type: changes.follow_up_type.unwrap_or_else(|| now.follow_up_type.clone()),
        auto_suggest: changes.auto_suggest.unwrap_or(now.auto_suggest),
        offset_days: changes.offset_days.unwrap_or(now.offset_days),
        duration_minutes: changes.duration_minutes.unwrap_or(now.duration_minutes),
        text: changes.text.unwrap_or_else(|| now.text.clone()),
    }
}

/// SD-1: a type that is given has to be there to choose, and of the follow-up's kind. One that is kept was so when it was
/// given; another kind needs another type, or none.
fn typed(
    new: &SuggestedFollowUp,
    now: Option<&SuggestedFollowUp>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let Some(key) = &new.follow_up_type else { return Ok(()) };
    match now.filter(|now| now.follow_up_type.as_ref() == Some(key)) {
        Some(now) if now.kind == new.kind => Ok(()),
        Some(_) => Err(Refusal::TypeOfAnotherKind),
        None => offered_type(key, new.kind, context),
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
