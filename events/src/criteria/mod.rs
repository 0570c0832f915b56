//! What a search asks of sales: AND within a block, OR between blocks (SF-7), with the operators of SF-8. Stored with
//! dynamic selections (SF-10), so names of fields and operators are storage: add, never rename.

use serde::{Deserialize, Serialize};

/// One of its blocks has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Blocks, of which one is enough.
    pub any: Vec<Block>,
}

/// All of its criteria have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Criteria, all of which are needed.
    pub all: Vec<Criterion>,
}

/// One condition; without a value it asks nothing (SF-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What is looked at.
    pub field: String,
    /// How.
    pub operator: String,
    /// What it is compared with.
    #[serde(default)]
    pub values: Vec<String>,
}
