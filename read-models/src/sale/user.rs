//! A user with preferences, favourites and views of the board, version by version (SG-22, SD-14, SO-32, SF-14).

use std::collections::BTreeMap;

use events::{BoardView, Preferences, UserEvent};
use uuid::Uuid;

/// A user at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub user_id: String,
    pub name: String,
    pub groups: Vec<String>,
    pub primary_group: Option<String>,
    pub preferences: Preferences,
    /// Public ids of sales, in the order they were marked.
    pub favourites: Vec<Uuid>,
    /// Views of the board by name.
    pub views: BTreeMap<String, BoardView>,
}

/// The user after `fact`, or what is wrong with the stream.
pub(super) fn user(
    user_id: String,
    before: Option<&User>,
    fact: &UserEvent,
) -> Result<User, &'static str> {
    let before = || before.cloned().ok_or("a user who was never added");
    match fact {
        UserEvent::Added { name, groups, primary_group } => Ok(User {
            user_id,
            name: name.as_str().to_owned(),
            groups: groups.clone(),
            primary_group: primary_group.clone(),
            preferences: Preferences::default(),
            favourites: Vec::new(),
            views: BTreeMap::new(),
        }),
        UserEvent::PreferencesSet(preferences) => {
            Ok(User { preferences: *preferences, ..before()? })
        }
        UserEvent::FavouriteAdded { sale } => {
            let mut user = before()?;
            if !user.favourites.contains(&sale.0) {
                user.favourites.push(sale.0);
            }
            Ok(user)
        }
        UserEvent::FavouriteRemoved { sale } => {
            let mut user = before()?;
            user.favourites.retain(|favourite| *favourite != sale.0);
            Ok(user)
        }
        UserEvent::ViewSaved { name, view } => {
            let mut user = before()?;
            user.views.insert(name.as_str().to_owned(), view.clone());
            Ok(user)
        }
        UserEvent::ViewRemoved { name } => {
            let mut user = before()?;
            user.views.remove(name.as_str());
            Ok(user)
        }
    }
}
