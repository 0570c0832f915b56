//! Who is to own something: a user who is known, or the caller, who becomes one.

use events::{Event, StreamName, TypeName, UserId};

use super::added;
use crate::{Context, Refusal};

/// The caller as their token describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Display name.
    pub name: TypeName,
    /// Groups, the primary one first.
    pub groups: Vec<String>,
}

/// An owner, resolved.
pub(crate) struct Owner {
    /// The primary group of what they own.
    pub(crate) group: Option<String>,
    /// Every group they belong to.
    pub(crate) groups: Vec<String>,
    /// The fact that adds them, when they were not known.
    pub(crate) beside: Vec<(StreamName, Event)>,
}

/// Resolves an owner. An unknown one is refused, except the caller, who is added from the token.
pub(crate) fn resolve_owner(
    owner: &UserId,
    caller: Caller,
    context: &Context<'_>,
) -> Result<Owner, Refusal> {
    if let Some(user) = context.references.user(owner) {
        let group = user.primary_group().map(str::to_owned);
        return Ok(Owner { group, groups: user.groups().to_vec(), beside: Vec::new() });
    }
    if owner != context.actor {
        return Err(Refusal::UnknownOwner);
    }
    let (group, groups) = (caller.groups.first().cloned(), caller.groups.clone());
    let fact = Event::User(added(caller.name, caller.groups, None));
    Ok(Owner { group, groups, beside: vec![(StreamName::of_user(owner), fact)] })
}
