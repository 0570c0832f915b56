//! Who else is involved in a sale (SK-1 … SK-5).

use events::sale::{ChangedPart, Part, Stakeholder, StakeholderId};
use events::{Feature, ListKey, SaleEvent, StakeholderComment};

use super::Deal;
use crate::{Context, Refusal};

/// Stakeholders of a sale at most.
pub const STAKEHOLDERS_MAX: usize = 200;

/// What changes about all the stakeholders named (SK-4). Outer `None`: left as it is. Inner `None`: cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartChanges {
    /// New role.
    pub role: Option<Option<ListKey>>,
    /// New comment.
    pub comment: Option<Option<StakeholderComment>>,
}

/// SK-1: the type of the sale has stakeholders, and so has the tenant (SO-50).
fn on(deal: &Deal, context: &Context<'_>) -> Result<(), Refusal> {
    context.feature(Feature::Stakeholders)?;
    let terms = context.references.sale_type(deal.sale_type).and_then(|known| known.terms());
    if terms.is_some_and(|terms| terms.stakeholders) {
        Ok(())
    } else {
        Err(Refusal::StakeholdersOff)
    }
}

/// SK-2: several at once, all or none.
pub(super) fn add(
    deal: &Deal,
    new: Vec<Stakeholder>,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    on(deal, context)?;
    let mut all = deal.stakeholders.clone();
    let mut events = Vec::new();
    for stakeholder in new {
        if all.contains(&stakeholder) {
            continue;
        }
        if all.iter().any(|known| known.id == stakeholder.id) {
            return Err(Refusal::StakeholderExists);
        }
        stakeholder.join(&mut all);
        events.push(SaleEvent::StakeholderAdded(stakeholder));
    }
    distinct(&all)?;
    if all.len() > STAKEHOLDERS_MAX {
        return Err(Refusal::TooManyStakeholders);
    }
    Ok(events)
}

/// SK-4: the same change for each.
pub(super) fn change(
    deal: &Deal,
    ids: &[StakeholderId],
    changes: &PartChanges,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    on(deal, context)?;
    let mut all = deal.stakeholders.clone();
    let mut events = Vec::new();
    for known in named(deal, ids)? {
        let part = Part {
            role: changes.role.clone().unwrap_or_else(|| known.part.role.clone()),
            comment: changes.comment.clone().unwrap_or_else(|| known.part.comment.clone()),
        };
        if part != known.part {
            let changed = ChangedPart { id: known.id, part };
            changed.apply(&mut all);
            events.push(SaleEvent::StakeholderChanged(changed));
        }
    }
    distinct(&all)?;
    Ok(events)
}

/// SK-5: from this sale only; also when the type has stakeholders no more.
pub(super) fn remove(
    deal: &Deal,
    ids: &[StakeholderId],
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    context.feature(Feature::Stakeholders)?;
    let removed = |known: &Stakeholder| SaleEvent::StakeholderRemoved { id: known.id };
    Ok(named(deal, ids)?.into_iter().map(removed).collect())
}

/// The stakeholders with these ids, each once and in the order of the sale.
fn named<'a>(deal: &'a Deal, ids: &[StakeholderId]) -> Result<Vec<&'a Stakeholder>, Refusal> {
    if ids.iter().any(|id| deal.stakeholders.iter().all(|known| known.id != *id)) {
        return Err(Refusal::UnknownStakeholder);
    }
    Ok(deal.stakeholders.iter().filter(|known| ids.contains(&known.id)).collect())
}

/// SK-3: a party may be there several times, in different roles.
fn distinct(all: &[Stakeholder]) -> Result<(), Refusal> {
    let key = |known: &Stakeholder| (known.party(), known.part.role.clone());
    let twice = all
        .iter()
        .enumerate()
        .any(|(at, one)| all[..at].iter().any(|other| key(other) == key(one)));
    if twice { Err(Refusal::StakeholderExists) } else { Ok(()) }
}
