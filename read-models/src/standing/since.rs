//! What a tenant's standing need not read, because nothing changed there. One statement over all tables it is made of.

use service_runtime::Problem;

use super::rows::beyond;
use crate::ask::{Snapshot, failed};

/// What changed since a position.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Since {
    /// Settings, names or rates.
    pub changed: bool,
    pub targets: bool,
    pub companies: bool,
    pub contacts: bool,
    #[sqlx(flatten)]
    pub newest: Newest,
}

/// Positions of the newest versions of sales and of activities that are current, also beyond the snapshot's position; 0
/// without any. Nothing lies above them to be read.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Newest {
    pub sales: i64,
    pub activities: i64,
}

impl Since {
    /// What changed since `position`, as far as the snapshot sees.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub(super) async fn position(snapshot: &mut Snapshot, position: i64) -> Result<Self, Problem> {
        sqlx::query_as(concat!(
            "SELECT EXISTS (SELECT FROM stage_version WHERE tenant_id = $1 AND position > $2)
                 OR EXISTS (SELECT FROM sale_type_version WHERE tenant_id = $1 AND position > $2)
                 OR EXISTS (SELECT FROM user_version WHERE tenant_id = $1 AND position > $2)
                 OR EXISTS (SELECT FROM rate_version WHERE tenant_id = $1 AND position > $2)
                 OR EXISTS (SELECT FROM tenant_version WHERE tenant_id = $1 AND position > $2) AS changed,
                    EXISTS (SELECT FROM target_type_version WHERE tenant_id = $1 AND position > $2)
                 OR EXISTS (SELECT FROM target_version AS v WHERE v.tenant_id = $1 AND ",
            beyond!("v", "$2"),
            ") AS targets, EXISTS (SELECT FROM company_version AS v WHERE v.tenant_id = $1 AND ",
            beyond!("v", "$2"),
            ") AS companies, EXISTS (SELECT FROM contact_version AS v WHERE v.tenant_id = $1 AND ",
            beyond!("v", "$2"),
            ") AS contacts,
                    COALESCE((SELECT position FROM sale_version WHERE tenant_id = $1 AND next_position = 9223372036854775807
                               ORDER BY position DESC LIMIT 1), 0) AS sales,
                    COALESCE((SELECT position FROM activity_version WHERE tenant_id = $1 AND next_position = 9223372036854775807
                               ORDER BY position DESC LIMIT 1), 0) AS activities"
        ))
        .bind(snapshot.tenant_id)
        .bind(position)
        .fetch_one(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))
    }
}
