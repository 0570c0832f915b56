//! The facts of a sale type (SO-45). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::guide::{GuideItem, GuideItemId, GuideItemTerms};
use crate::identity::StageId;
use crate::values::{LocalName, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 9] = [
    ("sale-type.defined", 1),
    ("sale-type.edited", 1),
    ("sale-type.guide-item-added", 1),
    ("sale-type.guide-item-edited", 1),
    ("sale-type.guide-item-moved", 1),
    ("sale-type.guide-item-removed", 1),
    ("sale-type.stage-unlinked", 1),
    ("sale-type.deleted", 1),
    ("sale-type.restored", 1),
];

/// Unit of an estimated duration (SO-36).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationUnit {
    /// Calendar days.
    Days,
    /// Seven days each.
    Weeks,
    /// Calendar months; the last day of the month where the day does not exist.
    Months,
}

/// Estimated time of the sale process: the default sale date is registration plus this (SO-36).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// How many units, 0–1200.
    pub n: u16,
    /// Of what.
    pub unit: DurationUnit,
}

/// A sale type as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleTypeTerms {
    /// Unique among the tenant's sale types.
    pub name: LocalName,
    /// Group of types, copied onto sales (SO-F5).
    #[serde(default)]
    pub category: Option<TypeName>,
    /// None: the sale date defaults to the day of registration.
    #[serde(default)]
    pub duration: Option<Duration>,
    /// Stages in the order of the process; may be empty (SO-3).
    pub stages: Vec<StageId>,
    /// Linked to a guide; needs two stages at least (SO-45).
    pub guide: bool,
    /// Suggests the next stage when one is done (§6-A5).
    pub auto_advance: bool,
    /// Sales of this type may have stakeholders.
    pub stakeholders: bool,
}

/// A fact about a sale type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SaleTypeEvent {
    /// SO-45.
    #[serde(rename = "sale-type.defined")]
    Defined(SaleTypeTerms),
    /// SO-46: all terms as they are now.
    #[serde(rename = "sale-type.edited")]
    Edited(SaleTypeTerms),
    /// SG-4, SG-5.
    #[serde(rename = "sale-type.guide-item-added")]
    GuideItemAdded(GuideItem),
    /// SG-6: all terms as they are now, for running sales too.
    #[serde(rename = "sale-type.guide-item-edited")]
    GuideItemEdited {
        /// Which one.
        id: GuideItemId,
        /// What it says now.
        #[serde(flatten)]
        terms: GuideItemTerms,
    },
    /// Another stage, another place in it, or both.
    #[serde(rename = "sale-type.guide-item-moved")]
    GuideItemMoved {
        /// Which one.
        id: GuideItemId,
        /// The stage it is suggested in from now on.
        stage: StageId,
        /// Its order within that stage.
        rank: i32,
    },
    /// SG-29: suggested no more; what was created from it stays.
    #[serde(rename = "sale-type.guide-item-removed")]
    GuideItemRemoved {
        /// Which one.
        id: GuideItemId,
    },
    /// SO-49: a stage was deleted; its items go with it.
    #[serde(rename = "sale-type.stage-unlinked")]
    StageUnlinked {
        /// Which one.
        stage: StageId,
        /// Whether the guide goes on: it needs two stages (SO-45).
        guide: bool,
    },
    /// SO-46: hidden; links to stages and guide items are gone for good.
    #[serde(rename = "sale-type.deleted")]
    Deleted {},
    /// SO-46: in use again, without stages and guide.
    #[serde(rename = "sale-type.restored")]
    Restored {},
}
