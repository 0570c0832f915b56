//! A user: somebody who may own sales and activities, and the groups their sales count for.

use events::{Aggregate, Event, StreamName, TypeName, UserEvent, UserId};

use crate::{Context, Decider, Decision, Refusal};

/// What may be asked of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// Makes somebody known who may own sales from now on.
    AddUser {
        /// Display name.
        name: TypeName,
        /// Groups, in order.
        groups: Vec<String>,
        /// The group their sales count for; the first of `groups` when left out.
        primary_group: Option<String>,
    },
}

/// What is remembered of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum User {
    /// Never added.
    #[default]
    Unknown,
    /// May own sales.
    Added {
        /// The group their sales count for.
        primary_group: Option<String>,
        /// Every group they belong to.
        groups: Vec<String>,
    },
}

impl User {
    /// The group their sales count for.
    pub fn primary_group(&self) -> Option<&str> {
        match self {
            Self::Unknown => None,
            Self::Added { primary_group, .. } => primary_group.as_deref(),
        }
    }

    /// Every group they belong to.
    pub fn groups(&self) -> &[String] {
        match self {
            Self::Unknown => &[],
            Self::Added { groups, .. } => groups,
        }
    }
}

/// The fact that adds a user: the primary group is one of the groups, the first when none was named.
pub fn added(name: TypeName, mut groups: Vec<String>, primary_group: Option<String>) -> UserEvent {
    let primary_group = primary_group.or_else(|| groups.first().cloned());
    if let Some(primary) = primary_group.as_ref().filter(|primary| !groups.contains(primary)) {
        groups.insert(0, primary.clone());
    }
    UserEvent::Added { name, groups, primary_group }
}

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

impl Decider for User {
    type Command = UserCommand;
    type Event = UserEvent;
    type State = Self;

    fn decide(user: &Self, command: UserCommand, _: &Context<'_>) -> Result<Decision, Refusal> {
        let UserCommand::AddUser { name, groups, primary_group } = command;
        match user {
            Self::Unknown => Ok(Decision::of([Event::User(added(name, groups, primary_group))])),
            Self::Added { .. } => Err(Refusal::AlreadyExists(Aggregate::User)),
        }
    }

    fn evolve(_: Self, event: &UserEvent) -> Self {
        match event {
            UserEvent::Added { primary_group, groups, .. } => {
                Self::Added { primary_group: primary_group.clone(), groups: groups.clone() }
            }
        }
    }
}
