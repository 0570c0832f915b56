//! A sale type with its guide, version by version (SO-45, SO-46, SO-49, SG-2).

use events::sale_type::{DurationUnit, SaleTypeTerms};
use events::{Guide, SaleTypeEvent};
use uuid::Uuid;

/// A sale type at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SaleType {
    pub sale_type_id: Uuid,
    pub terms: SaleTypeTerms,
    /// Its items, whether the guide is on or off (SG-28).
    pub guide: Guide,
    pub deleted: bool,
}

/// The sale type after `fact`, or what is wrong with the stream.
pub(super) fn sale_type(
    sale_type_id: Uuid,
    before: Option<&SaleType>,
    fact: &SaleTypeEvent,
) -> Result<SaleType, &'static str> {
    let mut sale_type = match (before, fact) {
        (None, SaleTypeEvent::Defined(terms)) => {
            let (terms, guide) = (terms.clone(), Guide::default());
            SaleType { sale_type_id, terms, guide, deleted: false }
        }
        (Some(before), _) => before.clone(),
        (None, _) => return Err("a sale type that was never defined"),
    };
    sale_type.guide.evolve(fact);
    match fact {
        SaleTypeEvent::Defined(terms) | SaleTypeEvent::Edited(terms) => {
            sale_type.terms = terms.clone();
        }
        SaleTypeEvent::StageUnlinked { stage, guide } => {
            sale_type.terms.stages.retain(|linked| linked != stage);
            sale_type.terms.guide = *guide;
        }
        SaleTypeEvent::Deleted {} => {
            sale_type.deleted = true;
            sale_type.terms.stages.clear();
            sale_type.terms.guide = false;
        }
        SaleTypeEvent::Restored {} => sale_type.deleted = false,
        SaleTypeEvent::GuideItemAdded(_)
        | SaleTypeEvent::GuideItemEdited { .. }
        | SaleTypeEvent::GuideItemMoved { .. }
        | SaleTypeEvent::GuideItemRemoved { .. } => {}
    }
    Ok(sale_type)
}

/// The word a duration's unit is stored under.
pub(super) fn unit_word(unit: DurationUnit) -> &'static str {
    match unit {
        DurationUnit::Days => "days",
        DurationUnit::Weeks => "weeks",
        DurationUnit::Months => "months",
    }
}
