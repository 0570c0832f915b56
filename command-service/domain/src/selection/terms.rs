//! What a selection is called, whose it is and who sees it (SF-10).

use events::rights::Level;
use events::sale::Visibility;
use events::selection::SelectionTerms;
use events::{Event, ListKey, Note, SelectionEvent, StreamName, TypeName, UserId};

use super::{NewSelection, Selection};
use crate::sale::of_owners_groups;
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decision, Refusal};

/// Fields of an EditSelection; what is left out stays.
#[derive(Debug, Clone, PartialEq)]
pub struct TermChanges {
    /// New name.
    pub name: Option<TypeName>,
    /// New owner.
    pub owner: Option<UserId>,
    /// What the caller's token says of them, should they take it and have to be added.
    pub caller: Caller,
    /// New category; none clears.
    pub category: Option<Option<ListKey>>,
    /// New text; none clears.
    pub description: Option<Option<Note>>,
    /// Who sees it from now on.
    pub visibility: Option<Visibility>,
}

/// The owner whose groups are asked for: the new one, else the present one when the visibility changes.
pub(super) fn needs(selection: &Selection, changes: &TermChanges) -> Vec<StreamName> {
    let present = selection.kept().map(|kept| &kept.terms.owner);
    let shown_to = changes.visibility.as_ref().and_then(Visibility::group);
    let owner = changes.owner.as_ref().or(shown_to.and(present));
    owner.map(StreamName::of_user).into_iter().collect()
}

/// The terms of a new selection, and the fact that adds its owner when they were not known. It is made for somebody else
/// by whom sales could be made for them.
pub(super) fn of_new(
    new: &NewSelection,
    context: &Context<'_>,
) -> Result<(SelectionTerms, Vec<(StreamName, Event)>), Refusal> {
    let owner = new.owner.clone().unwrap_or_else(|| context.actor.clone());
    let Owner { group, groups, beside } = resolve_owner(&owner, new.caller.clone(), context)?;
    if context.may_own_sale(&owner, group.as_deref(), Level::Create).is_err() {
        return Err(Refusal::NotYourSelection);
    }
    of_owners_groups(&new.visibility, &groups)?;
    let terms = SelectionTerms {
        name: new.name.clone(),
        owner,
        owner_group: group,
        category: new.category.clone(),
        description: new.description.clone(),
        visibility: new.visibility.clone(),
    };
    Ok((terms, beside))
}

/// One selection.edited with all terms; beside it user.added when the caller takes it and was not known.
pub(super) fn edit(
    now: &SelectionTerms,
    changes: TermChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut terms = now.clone();
    let mut beside = Vec::new();
    if let Some(owner) = changes.owner.filter(|owner| *owner != now.owner) {
        let taken = resolve_owner(&owner, changes.caller, context)?;
        (terms.owner, terms.owner_group, beside) = (owner, taken.group, taken.beside);
        // as with sales, a later owner keeps what was said about who sees it
        if let Some(visibility) = &changes.visibility {
            of_owners_groups(visibility, &taken.groups)?;
        }
    } else if let Some(visibility) = changes.visibility.as_ref().filter(|v| **v != now.visibility) {
        let owner = context.references.user(&now.owner);
        of_owners_groups(visibility, owner.map(|owner| owner.groups()).unwrap_or_default())?;
    }
    terms.name = changes.name.unwrap_or(terms.name);
    terms.category = changes.category.unwrap_or(terms.category);
    terms.description = changes.description.unwrap_or(terms.description);
    terms.visibility = changes.visibility.unwrap_or(terms.visibility);
    if terms == *now {
        return Ok(Decision::nothing());
    }
    Ok(Decision { events: vec![Event::Selection(SelectionEvent::Edited(terms))], beside })
}
