//! The facts of a stage (SO-47). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::values::{Description, LocalName, Probability};

/// Types of this stream and the version written today. Version 1 knew one name instead of one a language.
pub const CURRENT: [(&str, i16); 4] =
    [("stage.added", 2), ("stage.edited", 2), ("stage.deleted", 1), ("stage.restored", 1)];

/// A stage as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTerms {
    /// Unique among the tenant's stages.
    pub name: LocalName,
    /// Chance of winning a sale in this stage; sales keep theirs until their next stage change (SO-48).
    pub probability: Probability,
    /// Optional long text.
    #[serde(default)]
    pub description: Option<Description>,
    /// Order among stages, lowest first.
    pub rank: i32,
}

/// A fact about a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum StageEvent {
    /// SO-47.
    #[serde(rename = "stage.added")]
    Added(StageTerms),
    /// SO-48: all terms as they are now.
    #[serde(rename = "stage.edited")]
    Edited(StageTerms),
    /// SO-49: hidden; the types that had it lose it in the same group.
    #[serde(rename = "stage.deleted")]
    Deleted {},
    /// SO-49: may be linked to types again.
    #[serde(rename = "stage.restored")]
    Restored {},
}
