//! What columns stand for: their words, names, order, and which there are without a sale in them.

use std::collections::BTreeSet;

use events::view::BoardGroup;
use uuid::Uuid;

use crate::ask::{Filters, Labels};
use crate::sale::Status;
use crate::standing::Key;

/// The word of the contract.
pub(super) fn word(group: BoardGroup) -> &'static str {
    match group {
        BoardGroup::Stage => "stage",
        BoardGroup::SaleType => "sale_type",
        BoardGroup::Owner => "owner",
        BoardGroup::Group => "group",
        BoardGroup::Status => "status",
    }
}

/// What sums are grouped by for it.
pub(super) fn key(group: BoardGroup) -> Key {
    match group {
        BoardGroup::Status => Key::Status,
        BoardGroup::Stage | BoardGroup::SaleType | BoardGroup::Owner | BoardGroup::Group => {
            Key::Column(word(group))
        }
    }
}

/// A key with what is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// Id of the stage or type, `sub` of the owner, name of the group, word of the status.
    pub key: Option<String>,
    pub name: Option<String>,
    pub rank: Option<i32>,
}

impl Heading {
    /// Of a key.
    pub fn of(group: BoardGroup, key: Option<String>, labels: &Labels) -> Self {
        let id = key.as_deref().and_then(|key| Uuid::parse_str(key).ok());
        let stage = || id.and_then(|id| labels.stages.get(&id));
        let (name, rank) = match group {
            BoardGroup::Stage => {
                (stage().map(|label| label.name.clone()), stage().map(|label| label.rank))
            }
            BoardGroup::SaleType => (id.and_then(|id| labels.sale_types.get(&id)).cloned(), None),
            BoardGroup::Owner => {
                let name = key.as_ref().and_then(|key| labels.users.get(key));
                (name.or(key.as_ref()).cloned(), None)
            }
            BoardGroup::Group => (key.clone(), None),
            BoardGroup::Status => {
                let rank =
                    Status::ALL.iter().position(|status| key.as_deref() == Some(status.as_str()));
                (key.clone(), rank.and_then(|rank| i32::try_from(rank).ok()))
            }
        };
        Self { key, name, rank }
    }

    /// By rank, then name; sales without a key come last, as in the pipeline.
    pub fn order(&self) -> impl Ord + use<> {
        (self.key.is_none(), self.rank.unwrap_or(i32::MAX), self.name.clone(), self.key.clone())
    }
}

/// The keys a sale could be moved to: their columns are there also while they are empty. Owners and groups are many, so
/// theirs are not. Where open sales are not asked for, nothing would be in any column but those of statuses, and none is
/// offered: the list behind it would be one of sales that the question leaves out.
pub(super) fn offered(group: BoardGroup, filters: &Filters, labels: &Labels) -> Vec<String> {
    let asked = |id: &Uuid| filters.sale_type.as_ref().is_none_or(|types| types.contains(id));
    let types = labels.offered.sale_types.iter().filter(|(id, _)| asked(id));
    if group != BoardGroup::Status && !statuses(filters).any(|status| status == Status::Open) {
        return Vec::new();
    }
    match group {
        BoardGroup::Stage => {
            let stages: BTreeSet<String> =
                types.flat_map(|(_, of)| of.stages.iter().map(Uuid::to_string)).collect();
            let asked =
                |stage: &String| filters.stage.as_ref().is_none_or(|stages| stages.contains(stage));
            stages.into_iter().filter(asked).collect()
        }
        BoardGroup::SaleType => types.map(|(id, _)| id.to_string()).collect(),
        BoardGroup::Status => statuses(filters).map(|status| status.as_str().to_owned()).collect(),
        BoardGroup::Owner | BoardGroup::Group => Vec::new(),
    }
}

/// The statuses that are asked for.
pub(super) fn statuses(filters: &Filters) -> impl Iterator<Item = Status> + use<> {
    let asked = filters.statuses();
    Status::ALL
        .into_iter()
        .filter(move |status| asked.as_ref().is_none_or(|asked| asked.contains(&status.as_str())))
}
