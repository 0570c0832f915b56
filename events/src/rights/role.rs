//! Roles of tokens, functional rights by name, and the role table of the contract (design §4).

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a token says its bearer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells; changes what is theirs.
    Seller,
    /// Leads sellers; changes every sale and activity of the tenant.
    Manager,
    /// Maintains stages, types, lists, currencies, users and settings; everything a manager may.
    Admin,
    /// Brings history in: every command, with effective times.
    Importer,
    /// Reads everything, the event feed included.
    Auditor,
    /// Reads everything, the event feed included.
    Analyst,
}

/// Something a request may need permission for: a functional right, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Ask the questions of the query side.
    ReadTenant,
    /// Read the log itself: `/v1/events`.
    ReadEventFeed,
    /// Register sales, companies and contacts, plan activities, and change them as far as data rights reach.
    ChangeSales,
    /// Maintain stages, sale types, lists and currencies.
    MaintainLists,
    /// Add and change users.
    AddUsers,
    /// Change the tenant's settings, these rights included.
    MaintainTenant,
    /// Say when a fact happened: `Effective-At`.
    SetEffectiveTime,
    /// See sales that their owners show to themselves or one group only (SO-31).
    SeeHiddenSales,
    /// Take lists away as files: `/v1/sales/export`, `/v1/activities/export` (SD-28).
    Export,
    /// Define, edit and delete types of sales targets (ST-1).
    MaintainTargetTypes,
    /// Lock targets and unlock them (ST-15).
    LockTargets,
    /// Change all members of a selection at once (SF-17).
    BulkUpdate,
    /// Plan follow-ups for all members of a selection (SF-18).
    PlanForSelections,
}

use Role::{Admin, Analyst, Auditor, Importer, Manager, Seller};

/// The role table: each right and the roles that have it unless their tenant says otherwise.
pub const RIGHTS: &[(Right, &[Role])] = &[
    (Right::ReadTenant, &[Seller, Manager, Admin, Importer, Auditor, Analyst]),
    (Right::ReadEventFeed, &[Manager, Admin, Importer, Auditor, Analyst]),
    (Right::ChangeSales, &[Seller, Manager, Admin, Importer]),
    (Right::MaintainLists, &[Admin, Importer]),
    (Right::AddUsers, &[Admin, Importer]),
    (Right::MaintainTenant, &[Admin, Importer]),
    (Right::SetEffectiveTime, &[Importer]),
    (Right::SeeHiddenSales, &[Admin, Importer, Auditor, Analyst]),
    (Right::Export, &[Seller, Manager, Admin, Importer, Auditor, Analyst]),
    (Right::MaintainTargetTypes, &[Admin, Importer]),
    (Right::LockTargets, &[Manager, Admin, Importer]),
    (Right::BulkUpdate, &[Manager, Admin, Importer]),
    (Right::PlanForSelections, &[Seller, Manager, Admin, Importer]),
];

impl Right {
    /// The rights a tenant may give to its roles and take from them. The others say what a role is.
    pub const MAINTAINED: [Self; 10] = [
        Self::ReadEventFeed,
        Self::MaintainLists,
        Self::AddUsers,
        Self::MaintainTenant,
        Self::SeeHiddenSales,
        Self::Export,
        Self::MaintainTargetTypes,
        Self::LockTargets,
        Self::BulkUpdate,
        Self::PlanForSelections,
    ];

    /// The roles that have it by the role table.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        RIGHTS.iter().find(|(right, _)| *right == self).map_or(&[], |(_, roles)| roles)
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [Seller, Manager, Admin, Importer, Auditor, Analyst];

    /// The word in the token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Seller => "seller",
            Manager => "manager",
            Admin => "admin",
            Importer => "importer",
            Auditor => "auditor",
            Analyst => "analyst",
        }
    }

    /// Reads the word of a token; nothing for a role of somebody else's product.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    fn bit(self) -> u8 {
        match self {
            Seller => 1,
            Manager => 2,
            Admin => 4,
            Importer => 8,
            Auditor => 16,
            Analyst => 32,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The roles of one token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// Whether no role of ours is among them.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `role` is among them.
    #[must_use]
    pub fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether one of them has `right` by the role table.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        right.roles().iter().any(|role| self.contains(*role))
    }

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | role.bit()))
    }
}

impl fmt::Debug for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
