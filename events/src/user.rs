//! The facts of a user. Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::identity::SaleId;
use crate::values::TypeName;
use crate::view::BoardView;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 6] = [
    ("user.added", 1),
    ("user.preferences-set", 1),
    ("user.favourite-added", 1),
    ("user.favourite-removed", 1),
    ("user.view-saved", 1),
    ("user.view-removed", 1),
];

/// What a person wants shown and asked. Every preference has a default, so what was stored before one existed is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Ask before the form of a suggested follow-up opens; without it the form opens directly (SG-22).
    pub confirm_suggested_follow_up: bool,
    /// How far lists of the diary look ahead, days (SD-14).
    pub show_days_ahead: u16,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { confirm_suggested_follow_up: true, show_days_ahead: 7 }
    }
}

/// A fact about a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum UserEvent {
    /// Somebody who may own sales.
    #[serde(rename = "user.added")]
    Added {
        /// Display name.
        name: TypeName,
        /// Groups the user belongs to, the primary one included.
        groups: Vec<String>,
        /// The group that sales of this user count for.
        primary_group: Option<String>,
    },
    /// All preferences as they are now (SG-22, SD-14).
    #[serde(rename = "user.preferences-set")]
    PreferencesSet(Preferences),
    /// SO-32: a sale they want at hand.
    #[serde(rename = "user.favourite-added")]
    FavouriteAdded {
        /// Which one.
        sale: SaleId,
    },
    /// SO-32.
    #[serde(rename = "user.favourite-removed")]
    FavouriteRemoved {
        /// Which one.
        sale: SaleId,
    },
    /// SF-14: a view of the board, new or in the place of the one of that name.
    #[serde(rename = "user.view-saved")]
    ViewSaved {
        /// What they call it.
        name: TypeName,
        /// All of it.
        view: BoardView,
    },
    /// SF-14.
    #[serde(rename = "user.view-removed")]
    ViewRemoved {
        /// Which one.
        name: TypeName,
    },
}
