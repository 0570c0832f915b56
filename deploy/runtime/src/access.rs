//! Who may do what: the role table of the contract (design §4), as data. Must not know a route; a
//! route names the right it needs, and this table answers.

use std::fmt;

use crate::auth::Actor;
use crate::problem::Problem;

/// What a token says its bearer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Something a request may need permission for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Ask the questions of the query side.
    ReadTenant,
    /// Read the log itself: `/v1/events`.
    ReadEventFeed,
    /// Register sales, plan activities, and change one's own.
    ChangeOwnSales,
    /// Change the sales and activities of everybody.
    ChangeAllSales,
    /// Maintain stages, sale types, lists and currencies.
    MaintainLists,
    /// Add and change users.
    AddUsers,
    /// Change the tenant's settings.
    MaintainTenant,
    /// Say when a fact happened: `Effective-At`.
    SetEffectiveTime,
}

use Role::{Admin, Analyst, Auditor, Importer, Manager, Seller};

/// The role table: each right and the roles that have it.
pub const RIGHTS: &[(Right, &[Role])] = &[
    (Right::ReadTenant, &[Seller, Manager, Admin, Importer, Auditor, Analyst]),
    (Right::ReadEventFeed, &[Manager, Admin, Importer, Auditor, Analyst]),
    (Right::ChangeOwnSales, &[Seller, Manager, Admin, Importer]),
    (Right::ChangeAllSales, &[Manager, Admin, Importer]),
    (Right::MaintainLists, &[Admin, Importer]),
    (Right::AddUsers, &[Admin, Importer]),
    (Right::MaintainTenant, &[Admin, Importer]),
    (Right::SetEffectiveTime, &[Importer]),
];

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

    /// Whether one of them has `right`.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        let of_right = RIGHTS.iter().filter(|(granted, _)| *granted == right);
        of_right.flat_map(|(_, roles)| *roles).any(|role| self.contains(*role))
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

impl Actor {
    /// Whether the roles of this caller have `right`.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.roles.may(right)
    }

    /// Goes on only if the roles of this caller have `right`.
    ///
    /// # Errors
    /// 403 `forbidden`, naming the roles that would do.
    pub fn require(&self, right: Right) -> Result<(), Problem> {
        if self.may(right) {
            return Ok(());
        }
        let of_right = RIGHTS.iter().filter(|(granted, _)| *granted == right);
        let roles: Vec<_> = of_right.flat_map(|(_, roles)| *roles).map(|r| r.as_str()).collect();
        Err(Problem::forbidden(format!("this needs one of the roles {}", roles.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §4, written out: one line per role, one letter per right of [`RIGHTS`] in order.
    const EXPECTED: [(Role, &str); 6] = [
        (Seller, "r-o-----"),
        (Manager, "rfoa----"),
        (Admin, "rfoalut-"),
        (Importer, "rfoalute"),
        (Auditor, "rf------"),
        (Analyst, "rf------"),
    ];

    #[test]
    fn the_table_grants_exactly_what_the_contract_says() {
        for (role, letters) in EXPECTED {
            let roles: RoleSet = [role].into_iter().collect();
            for ((right, _), letter) in RIGHTS.iter().zip(letters.chars()) {
                assert_eq!(roles.may(*right), letter != '-', "{role} {right:?}");
            }
        }
        assert_eq!(RIGHTS.len(), 8);
    }

    #[test]
    fn no_role_has_no_right() {
        assert!(RoleSet::default().is_empty());
        assert!(RIGHTS.iter().all(|(right, _)| !RoleSet::default().may(*right)));
    }

    #[test]
    fn roles_add_up() {
        let both: RoleSet = [Seller, Auditor].into_iter().collect();
        assert!(both.may(Right::ChangeOwnSales) && both.may(Right::ReadEventFeed));
        assert!(!both.may(Right::ChangeAllSales));
        assert_eq!(both.iter().collect::<Vec<_>>(), [Seller, Auditor]);
    }

    #[test]
    fn a_role_of_somebody_else_is_none_of_ours() {
        assert_eq!(Role::parse("root"), None);
        assert_eq!(Role::parse("Admin"), None);
        assert!(Role::ALL.into_iter().all(|role| Role::parse(role.as_str()) == Some(role)));
    }
}
