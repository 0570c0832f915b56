//! How a person looks at the board: saved per person and per selection (SF-14).

use serde::{Deserialize, Serialize};

use crate::criteria::Criteria;
use crate::money::CurrencyCode;

/// What columns and subgroups of the board stand for (SF-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardGroup {
    /// Stages.
    Stage,
    /// Sale types.
    SaleType,
    /// Owners.
    Owner,
    /// Groups of owners.
    Group,
    /// Open, stalled, won, lost.
    Status,
}

impl BoardGroup {
    /// Every one, with its word on the wire.
    pub const ALL: [(&'static str, Self); 5] = [
        ("stage", Self::Stage),
        ("sale_type", Self::SaleType),
        ("owner", Self::Owner),
        ("group", Self::Group),
        ("status", Self::Status),
    ];
}

/// What a column is summed up by (SF-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Summarize {
    /// Amounts.
    #[default]
    Amount,
    /// Amounts times probability.
    Weighted,
}

/// The fields lists of sales can be sorted by.
pub const SORTS: [&str; 14] = [
    "number",
    "title",
    "status",
    "owner",
    "group",
    "company",
    "amount",
    "weighted",
    "probability",
    "sale_date",
    "next_activity_date",
    "days_in_stage",
    "registered_on",
    "updated_at",
];

/// A view of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardView {
    /// What columns stand for.
    pub group_by: BoardGroup,
    /// What each column is divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subgroup_by: Option<BoardGroup>,
    /// A field of [`SORTS`], `-` before it for highest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// What is summed up.
    #[serde(default)]
    pub summarize: Summarize,
    /// Leave won and lost sales out (SF-16).
    #[serde(default)]
    pub hide_closed: bool,
    /// Currency of the sums; the base currency when none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Which sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Criteria>,
}

/// An order of sales: a field of [`SORTS`], `-` before it for highest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sort(String);

impl Sort {
    /// The order as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sort {
    type Error = crate::ParseError;
    fn try_from(text: String) -> Result<Self, crate::ParseError> {
        let field = text.strip_prefix('-').unwrap_or(&text);
        if SORTS.contains(&field) {
            return Ok(Self(text));
        }
        Err(crate::ParseError::new("sort", "must be a field that lists of sales can be sorted by"))
    }
}

impl From<Sort> for String {
    fn from(sort: Sort) -> Self {
        sort.0
    }
}
