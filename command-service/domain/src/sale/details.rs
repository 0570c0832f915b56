//! Note, links and visibility of a sale (SO-28, SO-29, SO-31).

use events::SaleEvent;
use events::SaleNote;
use events::sale::{Link, LinkTarget, Visibility};

use super::Deal;
use crate::{Context, Refusal};

/// Links of a sale at most.
pub const LINKS_MAX: usize = 100;

/// SO-F33: also on a closed sale (SO-22).
pub(super) fn set_note(deal: &Deal, note: Option<SaleNote>) -> Vec<SaleEvent> {
    if deal.details.note == note { Vec::new() } else { vec![SaleEvent::NoteChanged { note }] }
}

/// SO-29: a target that is linked already gets the new name. Whether a record exists is not looked up: the link is a
/// name and an id, and whoever may not see the record learns nothing from adding it.
pub(super) fn add_link(deal: &Deal, link: Link) -> Result<Vec<SaleEvent>, Refusal> {
    match deal.links.iter().find(|known| known.to == link.to) {
        Some(known) if *known == link => Ok(Vec::new()),
        None if deal.links.len() >= LINKS_MAX => Err(Refusal::TooManyLinks),
        Some(_) | None => Ok(vec![SaleEvent::LinkAdded(link)]),
    }
}

/// SO-F34: the links of a sale that is registered, each target once.
pub(super) fn links(given: Vec<Link>) -> Result<Vec<Link>, Refusal> {
    let mut links = Vec::with_capacity(given.len());
    given.iter().for_each(|link| link.join(&mut links));
    if links.len() > LINKS_MAX { Err(Refusal::TooManyLinks) } else { Ok(links) }
}

/// SO-29.
pub(super) fn remove_link(deal: &Deal, to: LinkTarget) -> Result<Vec<SaleEvent>, Refusal> {
    if !deal.links.iter().any(|known| known.to == to) {
        return Err(Refusal::UnknownLink);
    }
    Ok(vec![SaleEvent::LinkRemoved(to)])
}

/// SO-31: a group has to be one of the owner's at this moment; a later owner keeps what was said.
pub(super) fn set_visibility(
    deal: &Deal,
    visibility: Visibility,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    if deal.details.visibility == visibility {
        return Ok(Vec::new());
    }
    let owner = context.references.user(&deal.owner);
    let groups = owner.map(|owner| owner.groups()).unwrap_or_default();
    of_owners_groups(&visibility, groups)?;
    Ok(vec![SaleEvent::VisibilityChanged(visibility)])
}

/// SO-31: refuses a group the owner does not belong to.
pub(crate) fn of_owners_groups(visibility: &Visibility, groups: &[String]) -> Result<(), Refusal> {
    match visibility.group() {
        Some(group) if !groups.iter().any(|known| known == group) => Err(Refusal::GroupNotOfOwner),
        Some(_) | None => Ok(()),
    }
}
