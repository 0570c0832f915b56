//! A user: somebody who may own sales, and the groups their sales count for.

use events::{Aggregate, Event, TypeName, UserEvent};

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
    },
}

impl User {
    /// The group their sales count for.
    pub fn primary_group(&self) -> Option<&str> {
        match self {
            Self::Unknown => None,
            Self::Added { primary_group } => primary_group.as_deref(),
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
            UserEvent::Added { primary_group, .. } => {
                Self::Added { primary_group: primary_group.clone() }
            }
        }
    }
}
