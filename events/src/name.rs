//! The facts of a reserved name: what keeps stage and sale type names unique (SO-45, SO-47).

use serde::{Deserialize, Serialize};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 2] = [("name.reserved", 1), ("name.released", 1)];

/// A fact about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum NameEvent {
    /// The name belongs to somebody now.
    #[serde(rename = "name.reserved")]
    Reserved {
        /// The stream that bears it, `stage/<id>`.
        holder: String,
    },
    /// The name is free again.
    #[serde(rename = "name.released")]
    Released {
        /// The stream that bore it.
        holder: String,
    },
}
