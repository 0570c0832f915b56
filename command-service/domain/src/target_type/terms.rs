//! Defining, editing and deleting a type of targets (ST-1, ST-4 to ST-6). Its dimension is reserved in the same group, and
//! released when it is deleted. Rows that the change leaves without a type are removed by `TargetTypeCleanup`.

use events::target_type::{Dimension, TargetTypeTerms};
use events::{Event, ListKey, LocalName, NameEvent, TargetTypeEvent, TargetTypeId};

use super::{DefinedTargetType, dimension};
use crate::name::Name;
use crate::{Context, Decision, Refusal};

/// Fields of an EditTargetType.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetTypeChanges {
    /// New name.
    pub name: Option<LocalName>,
    /// New choice of items; rows of items that are no longer chosen stay.
    pub items: Option<Vec<ListKey>>,
    /// ST-5: without rows of users, or with them.
    pub groups_only: Option<bool>,
}

/// One target-type.defined; beside it its dimension, which no other type has (ST-1).
pub(super) fn define(
    id: TargetTypeId,
    new: DefinedTargetType,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let DefinedTargetType { dimension, unit, terms } = new;
    dimension::exists(&dimension, context)?;
    let taken = dimension::reservation(&dimension);
    // everybody's type has all sales
    if dimension == Dimension::AllSales || context.references.name(&taken) != Name::Free {
        return Err(Refusal::DimensionTaken);
    }
    dimension::all_chosen(&dimension, &terms.items, &[], context)?;
    let holder = id.stream().to_string();
    let reserved = (taken, Event::Name(NameEvent::Reserved { holder }));
    let defined = Event::TargetType(TargetTypeEvent::Defined { dimension, unit, terms });
    Ok(Decision { events: vec![defined], beside: vec![reserved] })
}

/// One target-type.edited with all terms; none when nothing differs.
pub(super) fn edit(
    old: &DefinedTargetType,
    changes: TargetTypeChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let new = TargetTypeTerms {
        name: changes.name.unwrap_or_else(|| old.terms.name.clone()),
        items: changes.items.unwrap_or_else(|| old.terms.items.clone()),
        groups_only: changes.groups_only.unwrap_or(old.terms.groups_only),
    };
    if new == old.terms {
        return Ok(Decision::nothing());
    }
    dimension::all_chosen(&old.dimension, &new.items, &old.terms.items, context)?;
    Ok(Decision::of([Event::TargetType(TargetTypeEvent::Edited(new))]))
}

/// ST-6: the dimension is free again.
pub(super) fn delete(id: TargetTypeId, old: &DefinedTargetType) -> Decision {
    let holder = id.stream().to_string();
    let released = Event::Name(NameEvent::Released { holder });
    Decision {
        events: vec![Event::TargetType(TargetTypeEvent::Deleted {})],
        beside: vec![(dimension::reservation(&old.dimension), released)],
    }
}
