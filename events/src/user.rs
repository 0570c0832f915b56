//! The facts of a user. Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::values::TypeName;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 1] = [("user.added", 1)];

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
}
