//! Data rights: how far a role's right goes on a record, by how the record belongs to whoever asks (SO-44).

use serde::{Deserialize, Serialize};

use super::role::Role::{Admin, Analyst, Auditor, Importer, Manager, Seller};
use super::role::{Role, RoleSet};
use crate::identity::UserId;

/// How far a data right goes; each level holds those before it (SO-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not even that it exists.
    None,
    /// In every list, total, history and card.
    Read,
    /// May make new ones of this ownership.
    Create,
    /// May change them.
    Update,
    /// May delete them.
    Delete,
}

/// What a data right is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Records {
    /// Sales and everything shown with them.
    Sales,
    /// Activities.
    Activities,
    /// Sales targets: a user's are their own, a group's are of that group, the company's belong to nobody (ST-8).
    Targets,
}

/// How a record belongs to whoever asks (SO-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// They own it.
    Own,
    /// It counts for one of their groups.
    OwnGroups,
    /// It counts for a group they are not in.
    OtherGroups,
    /// It belongs to somebody else and counts for no group.
    Others,
}

impl Ownership {
    /// Every ownership, in the order of the columns of [`RecordRights`].
    pub const ALL: [Self; 4] = [Self::Own, Self::OwnGroups, Self::OtherGroups, Self::Others];
}

/// The levels of one role, by ownership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRights {
    /// On what they own.
    pub own: Level,
    /// On what counts for one of their groups.
    pub own_groups: Level,
    /// On what counts for other groups.
    pub other_groups: Level,
    /// On what somebody else owns and no group counts.
    pub others: Level,
}

impl RecordRights {
    /// What a role may unless its tenant says otherwise: the role table of the contract.
    #[must_use]
    pub fn of_contract(role: Role) -> Self {
        let others = match role {
            Seller | Auditor | Analyst => Level::Read,
            Manager | Admin | Importer => Level::Delete,
        };
        let own = if role == Seller { Level::Delete } else { others };
        Self { own, own_groups: others, other_groups: others, others }
    }

    /// The level for an ownership.
    #[must_use]
    pub fn level(self, ownership: Ownership) -> Level {
        match ownership {
            Ownership::Own => self.own,
            Ownership::OwnGroups => self.own_groups,
            Ownership::OtherGroups => self.other_groups,
            Ownership::Others => self.others,
        }
    }
}

/// Somebody who asks, as their token describes them. Groups are the token's: who belongs where is the identity
/// provider's word, and a question never waits for another one to learn it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user: UserId,
    /// Their groups, the primary one first.
    pub groups: Vec<String>,
    /// Their roles.
    pub roles: RoleSet,
}

impl Principal {
    /// How a record belongs to them.
    #[must_use]
    pub fn ownership(&self, owner: &str, group: Option<&str>) -> Ownership {
        match group {
            _ if owner == self.user.as_str() => Ownership::Own,
            Some(group) if self.is_in(group) => Ownership::OwnGroups,
            Some(_) => Ownership::OtherGroups,
            None => Ownership::Others,
        }
    }

    /// Whether one of their groups has this name.
    #[must_use]
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == group)
    }
}
