//! Parts of the product that a tenant may do without (SO-50). All are there until one is switched off.

use serde::{Deserialize, Serialize};

/// A part of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Guides of sale types (SG-1).
    Guide,
    /// Stakeholders of sales (SK-1).
    Stakeholders,
}

impl Feature {
    /// Every part.
    pub const ALL: [Self; 2] = [Self::Guide, Self::Stakeholders];

    /// Its word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Stakeholders => "stakeholders",
        }
    }

    /// The part of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == word)
    }
}
