//! A user: somebody who may own sales and activities, the groups their sales count for, and what they want at hand.

mod own;
mod owner;
#[cfg(test)]
mod tests;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use events::{
    Aggregate, BoardView, Event, Preferences, SaleId, StreamName, TypeName, UserEvent, UserId,
};

pub use own::{FAVOURITES_MAX, PreferenceChanges};
pub use owner::Caller;
pub(crate) use owner::{Owner, resolve_owner};
pub use views::VIEWS_MAX;

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
    /// SG-22, SD-14; what is left out stays.
    SetPreferences {
        /// Whose.
        user: UserId,
        /// What the caller's token says of them, should they have to be added.
        caller: Caller,
        /// What changes.
        changes: PreferenceChanges,
    },
    /// SO-32.
    AddFavourite {
        /// Whose.
        user: UserId,
        /// What the caller's token says of them, should they have to be added.
        caller: Caller,
        /// Which sale.
        sale: SaleId,
    },
    /// SO-32.
    RemoveFavourite {
        /// Whose.
        user: UserId,
        /// Which sale.
        sale: SaleId,
    },
    /// SF-14: a view of the board, in the place of the one of that name.
    SaveView {
        /// Whose.
        user: UserId,
        /// What the caller's token says of them, should they have to be added.
        caller: Caller,
        /// What they call it.
        name: TypeName,
        /// All of it.
        view: Box<BoardView>,
    },
    /// SF-14: one that is not there changes nothing.
    RemoveView {
        /// Whose.
        user: UserId,
        /// Which one.
        name: TypeName,
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
        /// What they want shown and asked, and which sales at hand; boxed, because most have neither.
        own: Option<Box<Own>>,
    },
}

/// What a user said of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// SG-22, SD-14.
    pub preferences: Preferences,
    /// SO-32.
    pub favourites: BTreeSet<SaleId>,
    /// SF-14: views of the board by name.
    pub views: BTreeMap<TypeName, BoardView>,
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

impl User {
    /// What they said of themselves, none when nothing.
    pub fn own(&self) -> Option<&Own> {
        match self {
            Self::Unknown => None,
            Self::Added { own, .. } => own.as_deref(),
        }
    }

    fn into_own(self) -> Option<Box<Own>> {
        match self {
            Self::Unknown => None,
            Self::Added { own, .. } => own,
        }
    }

    /// The same user, having said something else; nobody says anything before they are added.
    fn with(mut self, change: impl FnOnce(&mut Own)) -> Self {
        if let Self::Added { own, .. } = &mut self {
            change(own.get_or_insert_default());
        }
        self
    }
}

/// Other streams a command on a user has to know: the sale that is to be at hand.
pub(crate) fn needs(command: &UserCommand) -> Vec<StreamName> {
    match command {
        UserCommand::AddFavourite { sale, .. } => vec![sale.stream()],
        UserCommand::AddUser { .. }
        | UserCommand::SetPreferences { .. }
        | UserCommand::RemoveFavourite { .. }
        | UserCommand::SaveView { .. }
        | UserCommand::RemoveView { .. } => Vec::new(),
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

    fn decide(
        user: &Self,
        command: UserCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match command {
            UserCommand::AddUser { name, groups, primary_group } => match user {
                Self::Unknown => {
                    Ok(Decision::of([Event::User(added(name, groups, primary_group))]))
                }
                Self::Added { .. } => Err(Refusal::AlreadyExists(Aggregate::User)),
            },
            UserCommand::SetPreferences { user: whose, caller, changes } => {
                own::prefer(user, &whose, caller, changes, context)
            }
            UserCommand::AddFavourite { user: whose, caller, sale } => {
                own::add_favourite(user, &whose, caller, sale, context)
            }
            UserCommand::RemoveFavourite { user: whose, sale } => {
                own::remove_favourite(user, &whose, sale, context)
            }
            UserCommand::SaveView { user: whose, caller, name, view } => {
                views::save(user, &whose, caller, (name, *view), context)
            }
            UserCommand::RemoveView { user: whose, name } => {
                views::remove(user, &whose, name, context)
            }
        }
    }

    fn evolve(user: Self, event: &UserEvent) -> Self {
        match event {
            UserEvent::Added { primary_group, groups, .. } => Self::Added {
                primary_group: primary_group.clone(),
                groups: groups.clone(),
                own: user.into_own(),
            },
            UserEvent::PreferencesSet(preferences) => {
                user.with(|own| own.preferences = *preferences)
            }
            UserEvent::FavouriteAdded { sale } => user.with(|own| {
                own.favourites.insert(*sale);
            }),
            UserEvent::FavouriteRemoved { sale } => user.with(|own| {
                own.favourites.remove(sale);
            }),
            UserEvent::ViewSaved { name, view } => user.with(|own| {
                own.views.insert(name.clone(), view.clone());
            }),
            UserEvent::ViewRemoved { name } => user.with(|own| {
                own.views.remove(name);
            }),
        }
    }
}
