//! Who may do what by the role table of the contract (design §4). A route names the right it needs, and the table
//! answers; where a tenant departs from it, whoever knows the tenant asks its [`TenantRights`].

use events::rights::TenantRights;
pub use events::rights::{Principal, RIGHTS, Right, Role, RoleSet};

use crate::auth::Actor;
use crate::problem::Problem;

impl Actor {
    /// Goes on only if the roles of this caller have `right` by the role table.
    ///
    /// # Errors
    /// 403 `forbidden`, naming the roles that would do.
    pub fn require(&self, right: Right) -> Result<(), Problem> {
        self.require_in(&TenantRights::CONTRACT, right)
    }

    /// Goes on only if the roles of this caller have `right` in their tenant.
    ///
    /// # Errors
    /// 403 `forbidden`, naming the roles that would do.
    pub fn require_in(&self, tenant: &TenantRights, right: Right) -> Result<(), Problem> {
        if tenant.may(self.roles, right) {
            return Ok(());
        }
        let roles = Role::ALL.into_iter().filter(|role| tenant.role_may(*role, right));
        let roles: Vec<_> = roles.map(Role::as_str).collect();
        Err(Problem::forbidden(format!("this needs one of the roles {}", roles.join(", "))))
    }

    /// The caller as data rights see them.
    #[must_use]
    pub fn principal(&self) -> Principal {
        let groups = self.groups.clone();
        Principal { user: self.user.clone(), groups, roles: self.roles }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::rights::Role::{Admin, Analyst, Auditor, Importer, Manager, Seller};

    /// Design §4, written out: one line per role, one letter per right of [`RIGHTS`] in order.
    const EXPECTED: [(Role, &str); 6] = [
        (Seller, "r-c-----x---p"),
        (Manager, "rfc-----x-kbp"),
        (Admin, "rfclut-hxgkbp"),
        (Importer, "rfclutehxgkbp"),
        (Auditor, "rf-----hx----"),
        (Analyst, "rf-----hx----"),
    ];

    #[test]
    fn the_table_grants_exactly_what_the_contract_says() {
        for (role, letters) in EXPECTED {
            let roles: RoleSet = [role].into_iter().collect();
            for ((right, _), letter) in RIGHTS.iter().zip(letters.chars()) {
                assert_eq!(roles.may(*right), letter != '-', "{role} {right:?}");
            }
        }
        assert_eq!(RIGHTS.len(), 13);
    }

    #[test]
    fn no_role_has_no_right() {
        assert!(RoleSet::default().is_empty());
        assert!(RIGHTS.iter().all(|(right, _)| !RoleSet::default().may(*right)));
    }

    #[test]
    fn roles_add_up() {
        let both: RoleSet = [Seller, Auditor].into_iter().collect();
        assert!(both.may(Right::ChangeSales) && both.may(Right::ReadEventFeed));
        assert!(!both.may(Right::MaintainLists));
        assert_eq!(both.iter().collect::<Vec<_>>(), [Seller, Auditor]);
    }

    #[test]
    fn a_role_of_somebody_else_is_none_of_ours() {
        assert_eq!(Role::parse("root"), None);
        assert_eq!(Role::parse("Admin"), None);
        assert!(Role::ALL.into_iter().all(|role| Role::parse(role.as_str()) == Some(role)));
    }
}
