//! Rows of targets: added, locked, unlocked, cleared, removed; and what their cells stand for (ST-7, ST-8, ST-15 to ST-17).

use domain::target::{NewLevel, NewTarget, TargetCommand};
use domain::tenant::TenantCommand;
use events::target::TargetPeriod;
use events::{CurrencyCode, ListKey, ParseError, TypeName, UserId, target_type};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::limits::{PercentField, Year};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};
use crate::http::settings::on_own_tenant;

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 6] = [
    row(
        Right::ChangeSales,
        "AddTarget",
        "/v1/targets",
        "Add a row; that of a group brings one for each primary member (ST-8, ST-9)",
        BodySchema::of::<AddTarget>(),
        add,
    ),
    row(
        Right::LockTargets,
        "LockTarget",
        "/v1/targets/{id}/lock",
        "Lock a row: nothing but unlocking is left (ST-15)",
        None,
        lock,
    ),
    row(
        Right::LockTargets,
        "UnlockTarget",
        "/v1/targets/{id}/unlock",
        "Let a row change again (ST-15)",
        None,
        unlock,
    ),
    row(
        Right::ChangeSales,
        "ClearTarget",
        "/v1/targets/{id}/clear",
        "Set every cell of a row to 0 (ST-16)",
        None,
        clear,
    ),
    row(
        Right::ChangeSales,
        "RemoveTarget",
        "/v1/targets/{id}/remove",
        "Remove the row of the company or of a group; those of its members stay (ST-17)",
        None,
        remove,
    ),
    row(
        Right::MaintainTenant,
        "SetTargetPeriod",
        "/v1/tenants/{id}/set-target-period",
        "Say what the cells of rows stand for that are added from now on (ST-7)",
        BodySchema::of::<SetTargetPeriod>(),
        set_period,
    ),
];

/// Whose a row is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetLevel {
    /// The company's.
    Company,
    /// That of a group.
    Group,
    /// A user's.
    User,
}

/// AddTarget.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddTarget {
    /// Type of target; All sales – Amount when left out.
    target_type: Option<Uuid>,
    /// One of the type's items, by key (a sale type by id); all of them together when left out.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    item: Option<ListKey>,
    /// Calendar year.
    #[schema(value_type = u16, minimum = 1900, maximum = 9999)]
    year: Year,
    /// Whose it is: `company`, `group` or `user`.
    level: TargetLevel,
    /// The group, or the user; none for the company.
    #[schema(min_length = 1, max_length = 255)]
    assignee: Option<String>,
    /// Own currency of a row of money of the company or of a group; the base currency when left out.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}$")]
    currency: Option<CurrencyCode>,
    /// Last year's figures, so many percent higher; refused when there are none.
    #[schema(value_type = Option<String>, example = "10")]
    copy_last_year: Option<PercentField>,
}

fn add(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddTarget = asked.body()?;
    let new = NewTarget {
        target_type: body.target_type.map_or(target_type::DEFAULT, events::TargetTypeId),
        item: body.item,
        year: body.year.0,
        level: level(asked, body.level, body.assignee.as_deref())?,
        currency: body.currency,
        copy_last_year: body.copy_last_year.map(|percent| percent.0),
    };
    let id = new.id();
    if asked.id.is_some_and(|line| line != id.to_string()) {
        return Err(asked.malformed_id("the id of a target follows from what it is about"));
    }
    let order = domain::Order::Target(TargetCommand::AddTarget(Box::new(new)));
    Ok(Decoded { stream: id.stream(), order })
}

/// Whose it is to be. Members of a group are looked up with the decision.
fn level(
    asked: &Asked<'_>,
    level: TargetLevel,
    assignee: Option<&str>,
) -> Result<NewLevel, Problem> {
    let bad = |error: ParseError| {
        let pointer = format!("{}/assignee", asked.pointer);
        Problem::bad_body("invalid_value", pointer, error.to_string())
    };
    match (level, assignee) {
        (TargetLevel::Company, None) => Ok(NewLevel::Company),
        (TargetLevel::Company, Some(_)) => {
            Err(asked.invalid("/assignee", "goes with a group or a user only"))
        }
        (TargetLevel::Group, Some(group)) => {
            let group = TypeName::parse(group).map_err(bad)?;
            Ok(NewLevel::Group { group, members: Vec::new() })
        }
        (TargetLevel::User, Some(user)) => {
            let user = UserId::parse(user).map_err(bad)?;
            Ok(NewLevel::User { user, caller: asked.caller() })
        }
        (TargetLevel::Group | TargetLevel::User, None) => {
            let (pointer, rule) = (format!("{}/assignee", asked.pointer), "say which one");
            Err(Problem::bad_body("missing_field", pointer, rule))
        }
    }
}

fn lock(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_target(TargetCommand::LockTarget)
}

fn unlock(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_target(TargetCommand::UnlockTarget)
}

fn clear(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_target(TargetCommand::ClearTarget)
}

fn remove(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_target(TargetCommand::RemoveTarget)
}

/// SetTargetPeriod.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTargetPeriod {
    /// `month` or `quarter`.
    #[schema(value_type = String, pattern = "^(month|quarter)$")]
    period: TargetPeriod,
}

fn set_period(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SetTargetPeriod { period } = asked.body()?;
    on_own_tenant(asked, TenantCommand::SetTargetPeriod { period })
}
