//! The facts of a sale type (SO-45). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::identity::StageId;
use crate::values::{LocalName, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 2] = [("sale-type.defined", 1), ("sale-type.edited", 1)];

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
}
