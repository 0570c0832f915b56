//! `GET /v1/roles`: what each role may in the tenant at a moment: data rights by ownership, functional rights by name
//! (SO-44). What a caller is shown, of whatever moment, follows from the rights of now.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::rights::{Level, RIGHTS, RecordRights, Records, Right, Role, TenantRights};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem};
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When, set_then};

/// Levels by ownership: `none`, `read`, `create`, `update`, `delete`; each holds those before it.
#[derive(Debug, Serialize, ToSchema)]
struct Levels {
    /// On what they own.
    #[schema(value_type = String)]
    own: Level,
    /// On what counts for one of their groups.
    #[schema(value_type = String)]
    own_groups: Level,
    /// On what counts for other groups.
    #[schema(value_type = String)]
    other_groups: Level,
    /// On what somebody else owns and no group counts.
    #[schema(value_type = String)]
    others: Level,
}

/// A role and what it may.
#[derive(Debug, Serialize, ToSchema)]
struct RoleRights {
    /// The word of the token.
    #[schema(value_type = String)]
    role: Role,
    /// On sales.
    sales: Levels,
    /// On activities.
    activities: Levels,
    /// On sales targets.
    targets: Levels,
    /// Functional rights by name.
    #[schema(value_type = Vec<String>)]
    rights: Vec<Right>,
}

/// The roles of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Roles {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    roles: Vec<RoleRights>,
}

impl Levels {
    fn of(rights: RecordRights) -> Self {
        let RecordRights { own, own_groups, other_groups, others } = rights;
        Self { own, own_groups, other_groups, others }
    }
}

impl RoleRights {
    fn of(role: Role, tenant: &TenantRights) -> Self {
        let rights = RIGHTS.iter().map(|(right, _)| *right);
        Self {
            role,
            sales: Levels::of(tenant.of_role(role, Records::Sales)),
            activities: Levels::of(tenant.of_role(role, Records::Activities)),
            targets: Levels::of(tenant.of_role(role, Records::Targets)),
            rights: rights.filter(|right| tenant.role_may(role, *right)).collect(),
        }
    }
}

/// Roles and their rights
#[utoipa::path(
    get,
    path = "/v1/roles",
    tag = "catalogue",
    params(When),
    responses((status = 200, description = "Every role", body = Roles), QueryProblems)
)]
pub(crate) async fn roles(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(when): Asked<When>,
) -> Result<Json<Roles>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    // where the tenant departed from the role table
    let rights: TenantRights = snapshot.set_then(set_then!("rights")).await?;
    let of = |role| RoleRights::of(role, &rights);
    let roles = Role::ALL.into_iter().map(of).collect();
    Ok(Json(Roles { position: snapshot.position, as_of: snapshot.at, roles }))
}
