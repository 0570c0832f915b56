//! Defining and editing a sale type (SO-45, SO-46).

use events::sale_type::{Duration, SaleTypeTerms};
use events::{Event, ListName, LocalName, SaleTypeEvent, SaleTypeId, StageId, TypeName};

use crate::list::offered_text;
use crate::name::rename;
use crate::stage::Stage;
use crate::{Context, Decision, Refusal};

/// Longest duration, in its own units (SO-36).
pub const DURATION_MAX: u16 = 1_200;

/// Fields of an EditSaleType.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaleTypeChanges {
    /// New name.
    pub name: Option<LocalName>,
    /// New category; `Some(None)` clears it.
    pub category: Option<Option<TypeName>>,
    /// New duration; `Some(None)` clears it.
    pub duration: Option<Option<Duration>>,
    /// New stages in order.
    pub stages: Option<Vec<StageId>>,
    /// Guide on or off.
    pub guide: Option<bool>,
    /// Auto-advance on or off.
    pub auto_advance: Option<bool>,
    /// Stakeholders on or off.
    pub stakeholders: Option<bool>,
}

/// One sale-type.defined; beside it its name.
pub(super) fn define(
    id: SaleTypeId,
    terms: SaleTypeTerms,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    check(&terms, &terms.stages, context)?;
    categorised(terms.category.as_ref(), context)?;
    let beside = rename(&id.stream(), None, &terms.name, context.references)?;
    Ok(Decision { events: vec![Event::SaleType(SaleTypeEvent::Defined(terms))], beside })
}

/// One sale-type.edited with all terms; none when nothing differs.
pub(super) fn edit(
    old: &SaleTypeTerms,
    id: SaleTypeId,
    changes: SaleTypeChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let named = changes.stages.clone().unwrap_or_default();
    let new = changed(old, changes);
    if new == *old {
        return Ok(Decision::nothing());
    }
    check(&new, &named, context)?;
    if new.category != old.category {
        categorised(new.category.as_ref(), context)?;
    }
    let renamed = new.name != old.name;
    let beside = if renamed {
        rename(&id.stream(), Some(&old.name), &new.name, context.references)?
    } else {
        Vec::new()
    };
    Ok(Decision { events: vec![Event::SaleType(SaleTypeEvent::Edited(new))], beside })
}

/// SO-F5: a category is a free text, copied onto sales as it stands. So that what was written before keeps its meaning, it
/// stays a text and no key: once the list of categories is maintained, it has to be the key of an item that can be
/// chosen, or its label in any language, letter by letter. What a type has already stays.
fn categorised(category: Option<&TypeName>, context: &Context<'_>) -> Result<(), Refusal> {
    let list = ListName::SaleTypeCategory;
    let check = |text: &TypeName| offered_text(list, text.as_str(), "/category", context);
    category.map_or(Ok(()), check)
}

/// The terms after an edit.
fn changed(old: &SaleTypeTerms, changes: SaleTypeChanges) -> SaleTypeTerms {
    SaleTypeTerms {
        name: changes.name.unwrap_or_else(|| old.name.clone()),
        category: changes.category.unwrap_or_else(|| old.category.clone()),
        duration: changes.duration.unwrap_or(old.duration),
        stages: changes.stages.unwrap_or_else(|| old.stages.clone()),
        guide: changes.guide.unwrap_or(old.guide),
        auto_advance: changes.auto_advance.unwrap_or(old.auto_advance),
        stakeholders: changes.stakeholders.unwrap_or(old.stakeholders),
    }
}

/// Rules on the whole; `named` are the stages that have to be there (SO-45, SO-49).
fn check(terms: &SaleTypeTerms, named: &[StageId], context: &Context<'_>) -> Result<(), Refusal> {
    let mut distinct = terms.stages.clone();
    distinct.sort();
    distinct.dedup();
    if distinct.len() != terms.stages.len() {
        return Err(Refusal::StageListedTwice);
    }
    for stage in named {
        match context.references.stage(*stage) {
            None | Some(Stage::Unknown) => return Err(Refusal::UnknownListedStage),
            Some(Stage::Deleted(_)) => return Err(Refusal::DeletedListedStage),
            Some(Stage::Added(_)) => {}
        }
    }
    if terms.guide && terms.stages.len() < 2 {
        return Err(Refusal::GuideNeedsTwoStages);
    }
    if terms.duration.is_some_and(|duration| duration.n > DURATION_MAX) {
        return Err(Refusal::DurationOutOfRange);
    }
    Ok(())
}
