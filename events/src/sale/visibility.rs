//! Who may see a sale (SO-31).

use serde::{Deserialize, Serialize};

use crate::values::TypeName;

/// Everybody, the owner, or one of the groups the owner belonged to when it was said (SO-F32).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "visible_for", rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody in the tenant.
    #[default]
    All,
    /// The owner only.
    Owner,
    /// The members of a group.
    Group {
        /// Its name.
        visible_group: TypeName,
    },
}

impl Visibility {
    /// Whether everybody may see it.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// The word of the contract: `all`, `owner` or `group`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Owner => "owner",
            Self::Group { .. } => "group",
        }
    }

    /// The group, where there is one.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::Group { visible_group } => Some(visible_group.as_str()),
            Self::All | Self::Owner => None,
        }
    }
}
