//! Which parts of the product a tenant has (SO-50).

use events::Feature;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every part there is: `true` unless it was switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Features {
    /// Guides of sale types (SG-1).
    pub guide: bool,
    /// Stakeholders of sales (SK-1).
    pub stakeholders: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { guide: true, stakeholders: true }
    }
}

impl Features {
    /// Switches a part on or off.
    pub fn switch(&mut self, feature: Feature, on: bool) {
        match feature {
            Feature::Guide => self.guide = on,
            Feature::Stakeholders => self.stakeholders = on,
        }
    }
}
