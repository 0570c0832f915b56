//! The facts of a maintained list: sources, reasons, types of follow-ups and the like (SO-19, SD-1, SD-5). One stream a list, named
//! by its word. Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::activity::Kind;
use crate::identity::{Aggregate, StreamName};
use crate::values::{ListKey, LocalName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 4] = [
    ("list.item-added", 1),
    ("list.item-edited", 1),
    ("list.item-deleted", 1),
    ("list.item-restored", 1),
];

/// The lists of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    /// Where sales come from (SO-F24).
    Source,
    /// Who else sells (SO-F25).
    Competitor,
    /// Departments that sales are credited to (SO-F26).
    Credited,
    /// Why sales are put on hold (SO-19).
    ReasonStalled,
    /// Why sales are won (SO-19).
    ReasonSold,
    /// Why sales are lost (SO-19).
    ReasonLost,
    /// Roles of people and companies in a sale.
    SalesRole,
    /// How urgent an activity is (SD-5).
    Priority,
    /// Groups of sale types (SO-F5).
    SaleTypeCategory,
    /// Types of follow-ups, each of one kind (SD-1).
    FollowUpType,
    /// What a company is to us (ST-2).
    CompanyCategory,
    /// What a company does (ST-2).
    CompanyBusiness,
}

impl ListName {
    /// Every list.
    pub const ALL: [Self; 12] = [
        Self::Source,
        Self::Competitor,
        Self::Credited,
        Self::ReasonStalled,
        Self::ReasonSold,
        Self::ReasonLost,
        Self::SalesRole,
        Self::Priority,
        Self::SaleTypeCategory,
        Self::FollowUpType,
        Self::CompanyCategory,
        Self::CompanyBusiness,
    ];

    /// Its word on the wire, in the address and in the name of its stream.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Competitor => "competitor",
            Self::Credited => "credited",
            Self::ReasonStalled => "reason_stalled",
            Self::ReasonSold => "reason_sold",
            Self::ReasonLost => "reason_lost",
            Self::SalesRole => "sales_role",
            Self::Priority => "priority",
            Self::SaleTypeCategory => "sale_type_category",
            Self::FollowUpType => "follow_up_type",
            Self::CompanyCategory => "company_category",
            Self::CompanyBusiness => "company_business",
        }
    }

    /// The list of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.as_str() == word)
    }

    /// The stream of its facts.
    pub fn stream(self) -> StreamName {
        StreamName::new(Aggregate::List, self.as_str())
    }
}

/// An item as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// The list it is in.
    pub list: ListName,
    /// What commands and facts name it by; never changes.
    pub key: ListKey,
    /// What people read.
    pub labels: LocalName,
    /// Order in its list, lowest first.
    pub rank: i32,
    /// Of a type of follow-ups: the one kind it belongs to, for ever (SD-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Of a type of follow-ups: how long they usually last; the diary's usual length when none (SD-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
}

/// A fact about a list. Each carries the whole item, so nothing has to be folded to show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum ListEvent {
    /// SO-19: from the first added item on, keys of this list have to be in it.
    #[serde(rename = "list.item-added")]
    ItemAdded(ListItem),
    /// Other labels or another rank.
    #[serde(rename = "list.item-edited")]
    ItemEdited(ListItem),
    /// No longer to be chosen; what was chosen stays.
    #[serde(rename = "list.item-deleted")]
    ItemDeleted(ListItem),
    /// To be chosen again.
    #[serde(rename = "list.item-restored")]
    ItemRestored(ListItem),
}

impl ListEvent {
    /// The item as it is from now on.
    pub fn item(&self) -> &ListItem {
        match self {
            Self::ItemAdded(item)
            | Self::ItemEdited(item)
            | Self::ItemDeleted(item)
            | Self::ItemRestored(item) => item,
        }
    }

    /// Whether it cannot be chosen from now on.
    pub fn deletes(&self) -> bool {
        match self {
            Self::ItemDeleted(_) => true,
            Self::ItemAdded(_) | Self::ItemEdited(_) | Self::ItemRestored(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_the_word_it_is_stored_under() {
        for list in ListName::ALL {
            assert_eq!(serde_json::to_value(list).unwrap(), list.as_str());
            assert_eq!(ListName::parse(list.as_str()), Some(list));
            assert_eq!(list.stream().to_string(), format!("list/{}", list.as_str()));
        }
        assert_eq!(ListName::parse("reason"), None, "there are three lists of reasons (SO-19)");
    }
}
