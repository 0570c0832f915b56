//! Who may see and change what: roles, functional rights by name, data rights by ownership (SO-44), and how a tenant
//! departs from the role table of the contract (design §4). Pure: both sides read the same table, so what a
//! command refuses a question does not show.

mod level;
mod role;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tenant::TenantEvent;

pub use level::{Level, Ownership, Principal, RecordRights, Records};
pub use role::{RIGHTS, Right, Role, RoleSet};

/// Where a tenant departs from the role table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRights {
    /// Data rights of records and roles that were set.
    #[serde(default)]
    records: BTreeMap<Records, BTreeMap<Role, RecordRights>>,
    /// Functional rights that were given (true) or taken.
    #[serde(default)]
    functional: BTreeMap<Role, BTreeMap<Right, bool>>,
}

impl TenantRights {
    /// As the role table has it.
    pub const CONTRACT: Self = Self { records: BTreeMap::new(), functional: BTreeMap::new() };

    /// The table after a fact; facts about other settings leave it as it is.
    pub fn evolve(&mut self, fact: &TenantEvent) {
        match fact {
            TenantEvent::RecordRightsSet { role, records, rights } => {
                self.records.entry(*records).or_default().insert(*role, *rights);
            }
            TenantEvent::FunctionalRightSet { role, right, allowed } => {
                self.functional.entry(*role).or_default().insert(*right, *allowed);
            }
            TenantEvent::Provisioned { .. }
            | TenantEvent::BaseCurrencyChanged { .. }
            | TenantEvent::TimeZoneChanged { .. }
            | TenantEvent::DiarySettingsChanged(_)
            | TenantEvent::FeatureSwitched { .. }
            | TenantEvent::TargetPeriodSet { .. }
            | TenantEvent::CustomFieldDefined(_)
            | TenantEvent::CustomFieldRemoved { .. } => {}
        }
    }

    /// Whether a role has a functional right.
    #[must_use]
    pub fn role_may(&self, role: Role, right: Right) -> bool {
        let set = self.functional.get(&role).and_then(|rights| rights.get(&right));
        set.copied().unwrap_or_else(|| right.roles().contains(&role))
    }

    /// Whether one of these roles has a functional right.
    #[must_use]
    pub fn may(&self, roles: RoleSet, right: Right) -> bool {
        roles.iter().any(|role| self.role_may(role, right))
    }

    /// The data rights of a role.
    #[must_use]
    pub fn of_role(&self, role: Role, records: Records) -> RecordRights {
        let set = self.records.get(&records).and_then(|roles| roles.get(&role));
        set.copied().unwrap_or_else(|| RecordRights::of_contract(role))
    }

    /// The highest level these roles have for an ownership.
    #[must_use]
    pub fn level(&self, roles: RoleSet, records: Records, ownership: Ownership) -> Level {
        let levels = roles.iter().map(|role| self.of_role(role, records).level(ownership));
        levels.max().unwrap_or(Level::None)
    }
}
