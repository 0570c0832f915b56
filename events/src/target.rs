//! The facts of a sales target: one row of a type and year, for the company, a group or a user (ST-7 to ST-19). Names and
//! versions are storage: add, never rename.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::identity::{TargetId, TargetTypeId, UserId};
use crate::money::CurrencyCode;
use crate::values::{ListKey, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 7] = [
    ("target.added", 1),
    ("target.cells-set", 1),
    ("target.cleared", 1),
    ("target.currency-set", 1),
    ("target.locked", 1),
    ("target.unlocked", 1),
    ("target.removed", 1),
];

/// What a cell of a row stands for (ST-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetPeriod {
    /// Twelve cells.
    #[default]
    Month,
    /// Four cells.
    Quarter,
}

impl TargetPeriod {
    /// Its word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// Cells of a year.
    #[must_use]
    pub fn cells(self) -> usize {
        match self {
            Self::Month => 12,
            Self::Quarter => 4,
        }
    }
}

/// Who has to reach it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "level", rename_all = "snake_case")]
pub enum Assignee {
    /// The whole company.
    Company,
    /// A group.
    Group {
        /// Its name.
        group: TypeName,
    },
    /// A user, whose row stands below the one of their group.
    User {
        /// Who.
        user: UserId,
        /// Their primary group when the row was added.
        group: Option<TypeName>,
    },
}

impl Assignee {
    /// The word of the level.
    #[must_use]
    pub fn level(&self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Group { .. } => "group",
            Self::User { .. } => "user",
        }
    }

    /// Who it is within the level; nothing for the company.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Company => "",
            Self::Group { group } => group.as_str(),
            Self::User { user, .. } => user.as_str(),
        }
    }
}

/// Which row it is: at most one of a type, item, year and assignee, so its id follows from these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetPlace {
    /// Type of target.
    pub target_type: TargetTypeId,
    /// One of the type's items; none for all of them together.
    #[serde(default)]
    pub item: Option<ListKey>,
    /// Calendar year.
    pub year: u16,
    /// Who has to reach it.
    #[serde(flatten)]
    pub assignee: Assignee,
}

impl TargetPlace {
    /// The id of the row that stands here.
    #[must_use]
    pub fn id(&self) -> TargetId {
        let item = self.item.as_ref().map_or("", ListKey::as_str);
        let year = self.year.to_string();
        let target_type = self.target_type.to_string();
        TargetId::of([&target_type, item, &year, self.assignee.level(), self.assignee.name()])
    }
}

/// Why cells have new values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellsCause {
    /// Typed in.
    Set,
    /// An annual amount in equal parts (ST-10).
    InitialAmount,
    /// From another row or from last year (ST-9, ST-11).
    Copied,
    /// With a block from a spreadsheet (ST-19).
    Pasted,
}

/// A fact about a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum TargetEvent {
    /// ST-8: a row of empty cells.
    #[serde(rename = "target.added")]
    Added {
        /// Which row.
        #[serde(flatten)]
        place: TargetPlace,
        /// What its cells stand for.
        period: TargetPeriod,
        /// Of a company or group row of money: its own currency; the base currency when none (ST-12).
        #[serde(default)]
        currency: Option<CurrencyCode>,
    },
    /// All cells as they are now, in major units or a count.
    #[serde(rename = "target.cells-set")]
    CellsSet {
        /// One a period.
        cells: Vec<Cell>,
        /// Why.
        cause: CellsCause,
    },
    /// ST-16: all cells are 0.
    #[serde(rename = "target.cleared")]
    Cleared {},
    /// ST-12: the figures stay, the currency is another one.
    #[serde(rename = "target.currency-set")]
    CurrencySet {
        /// None: the base currency.
        currency: Option<CurrencyCode>,
    },
    /// ST-15.
    #[serde(rename = "target.locked")]
    Locked {},
    /// ST-15.
    #[serde(rename = "target.unlocked")]
    Unlocked {},
    /// ST-17, or with its type (ST-5, ST-6).
    #[serde(rename = "target.removed")]
    Removed {},
}

/// The figure of one period: a decimal in a string on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cell(#[serde(with = "rust_decimal::serde::str")] pub Decimal);
