//! What a sale begins with: everything known at registration, and the figures that stay consistent from then on.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Visibility;
use crate::identity::{SaleTypeId, StageId, UserId};
use crate::money::Money;
use crate::values::{Description, ListKey, Party, Probability, SaleNote, Title, TypeName};

/// Cost, profit and percent of a sale, always consistent: profit = amount − cost, percent of the amount (SO-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margin {
    /// Cost, in the sale's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub total_cost: Decimal,
    /// Amount minus cost.
    #[serde(with = "rust_decimal::serde::str")]
    pub profit: Decimal,
    /// Two places; none when the amount is 0 (SO-12).
    pub profit_percent: Option<Decimal>,
}

/// The parties a sale is linked to, each independent and optional (SO-4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// The organisation sold to.
    #[serde(default)]
    pub company: Option<Party>,
    /// The human being at the customer.
    #[serde(default)]
    pub contact: Option<Party>,
    /// The project it belongs to.
    #[serde(default)]
    pub project: Option<Party>,
}

/// Everything known at registration, all defaults resolved (SO-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Mandatory name (SO-F2).
    pub title: Title,
    /// Mandatory type (SO-F4).
    pub sale_type: SaleTypeId,
    /// Copied from the type (SO-F5).
    #[serde(default)]
    pub category: Option<TypeName>,
    /// None for a type without stages (SO-3).
    #[serde(default)]
    pub stage: Option<StageId>,
    /// The stage's, unless given.
    pub probability: Probability,
    /// Estimate until sold.
    pub amount: Money,
    /// Cost, profit and percent.
    pub margin: Margin,
    /// Responsible user (SO-F17).
    pub owner: UserId,
    /// The owner's primary group at registration (SO-F17).
    #[serde(default)]
    pub owner_group: Option<String>,
    /// Company, contact, project.
    pub parties: Parties,
    /// Expected close (SO-F18, SO-36).
    pub sale_date: NaiveDate,
    /// Where it came from (SO-F24).
    #[serde(default)]
    pub source: Option<ListKey>,
    /// Long text (SO-F3).
    #[serde(default)]
    pub description: Option<Description>,
    /// The id in the system it came from.
    #[serde(default)]
    pub external_reference: Option<String>,
    /// What the other tabs of the card hold; left out when they are empty.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
}

/// What a registration may say beyond the first tab (SO-F25, SO-F26, SO-F32, SO-F33).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Department credited (SO-F26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited: Option<ListKey>,
    /// The one competitor (SO-F25).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competitor: Option<ListKey>,
    /// SO-F33.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<SaleNote>,
    /// Everybody, unless it says otherwise (SO-F32).
    #[serde(default, skip_serializing_if = "Visibility::is_all")]
    pub visibility: Visibility,
}

impl Details {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_that_say_nothing_are_not_written() {
        assert_eq!(serde_json::to_string(&Details::default()).unwrap(), "{}");
        let hidden = Details { visibility: Visibility::Owner, ..Details::default() };
        let written = serde_json::to_string(&hidden).unwrap();
        assert_eq!(written, r#"{"visibility":{"visible_for":"owner"}}"#);
        assert_eq!(serde_json::from_str::<Details>(&written).unwrap(), hidden);
    }
}
