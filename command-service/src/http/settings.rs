//! Commands on currencies, users and the tenant itself (SO-38; design §2, Users and Tenant).

use chrono_tz::Tz;
use domain::Order;
use domain::currency::CurrencyCommand;
use domain::tenant::{DiaryChanges, TenantCommand};
use domain::user::UserCommand;
use events::rights::{Level, RecordRights, Records, Role};
use events::{Aggregate, CurrencyCode, TimeOfDay, TypeName, UserId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use super::fields::{Day, DecimalText, never_null};
use super::route::{Asked, BodySchema, CommandRoute, Decoded, GROUPS_MAX, named};

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 7] = [
    CommandRoute {
        command: "SetRate",
        path: "/v1/currencies/{id}/set-rate",
        summary: "Set a currency's rate: `unit` of it = `rate` of the base currency (SO-38)",
        right: Right::MaintainLists,
        body: BodySchema::of::<SetRate>(),
        decode: set_rate,
    },
    CommandRoute {
        command: "AddUser",
        path: "/v1/users",
        summary: "Make somebody known who may own sales",
        right: Right::AddUsers,
        body: BodySchema::of::<AddUser>(),
        decode: add_user,
    },
    CommandRoute {
        command: "SetBaseCurrency",
        path: "/v1/tenants/{id}/set-base-currency",
        summary: "Change the currency of totals, while no amount exists",
        right: Right::MaintainTenant,
        body: BodySchema::of::<SetBaseCurrency>(),
        decode: set_base_currency,
    },
    CommandRoute {
        command: "SetTimeZone",
        path: "/v1/tenants/{id}/set-time-zone",
        summary: "Change the zone of business dates",
        right: Right::MaintainTenant,
        body: BodySchema::of::<SetTimeZone>(),
        decode: set_time_zone,
    },
    CommandRoute {
        command: "SetRecordRights",
        path: "/v1/tenants/{id}/set-record-rights",
        summary: "Say what a role may do with sales, activities or targets, by whose they are (SO-44)",
        right: Right::MaintainTenant,
        body: BodySchema::of::<SetRecordRights>(),
        decode: set_record_rights,
    },
    CommandRoute {
        command: "SetFunctionalRight",
        path: "/v1/tenants/{id}/set-functional-right",
        summary: "Give a functional right to a role, or take it (SO-44)",
        right: Right::MaintainTenant,
        body: BodySchema::of::<SetFunctionalRight>(),
        decode: set_functional_right,
    },
    CommandRoute {
        command: "SetDiary",
        path: "/v1/tenants/{id}/set-diary",
        summary: "Change usual lengths, working day, marks and notices of diaries (SD-3, SD-4)",
        right: Right::MaintainTenant,
        body: BodySchema::of::<SetDiary>(),
        decode: set_diary,
    },
];

/// SetRate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRate {
    /// What `unit` of it is worth in the base currency; above 0.
    #[schema(value_type = String, example = "12.677")]
    rate: DecimalText,
    /// 1, 10, 100 …
    #[schema(minimum = 1, maximum = 1_000_000)]
    unit: i64,
    /// First day it holds; today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<Day>,
}

fn set_rate(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetRate = asked.body()?;
    let code = asked.id.unwrap_or_default();
    let currency =
        CurrencyCode::parse(code).map_err(|error| Problem::not_found(error.to_string()))?;
    let valid_from = body.valid_from.map(|day| day.0);
    let order =
        CurrencyCommand::SetRate { currency, rate: body.rate.0, unit: body.unit, valid_from };
    Ok(named(Aggregate::Currency, currency.as_str(), Order::Currency(order)))
}

/// AddUser.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddUser {
    /// The `sub` of the user's tokens.
    #[schema(value_type = String, min_length = 1, max_length = 255)]
    id: UserId,
    /// Display name.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: TypeName,
    /// Groups.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 50)]
    groups: Vec<TypeName>,
    /// The group their sales count for; the first of `groups` when left out.
    #[schema(value_type = Option<String>)]
    primary_group: Option<TypeName>,
}

fn add_user(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddUser = asked.body()?;
    if body.groups.len() > GROUPS_MAX {
        let rule = format!("a user has {GROUPS_MAX} groups at most");
        return Err(Problem::bad_body("invalid_value", format!("{}/groups", asked.pointer), rule));
    }
    if asked.id.is_some_and(|line| line != body.id.as_str()) {
        return Err(asked.malformed_id("id and body name two different ids"));
    }
    let groups = body.groups.into_iter().map(String::from).collect();
    let primary_group = body.primary_group.map(String::from);
    let order = UserCommand::AddUser { name: body.name, groups, primary_group };
    Ok(named(Aggregate::User, body.id.as_str(), Order::User(order)))
}

/// SetBaseCurrency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBaseCurrency {
    /// ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    base_currency: CurrencyCode,
}

fn set_base_currency(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetBaseCurrency = asked.body()?;
    let order =
        TenantCommand::SetBaseCurrency { base_currency: body.base_currency, amounts_exist: false };
    on_own_tenant(asked, order)
}

/// SetTimeZone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTimeZone {
    /// IANA name.
    #[schema(value_type = String, example = "Europe/Oslo")]
    time_zone: Tz,
}

fn set_time_zone(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetTimeZone = asked.body()?;
    on_own_tenant(asked, TenantCommand::SetTimeZone { time_zone: body.time_zone })
}

/// SetRecordRights. Levels are `none`, `read`, `create`, `update`, `delete`; each holds those before it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRecordRights {
    /// A role of tokens.
    #[schema(value_type = String, example = "seller")]
    role: Role,
    /// `sales`, `activities` or `targets`.
    #[schema(value_type = String, example = "sales")]
    records: Records,
    /// On what they own.
    #[schema(value_type = String, example = "delete")]
    own: Level,
    /// On what counts for one of their groups.
    #[schema(value_type = String, example = "update")]
    own_groups: Level,
    /// On what counts for other groups.
    #[schema(value_type = String, example = "read")]
    other_groups: Level,
    /// On what somebody else owns and no group counts.
    #[schema(value_type = String, example = "none")]
    others: Level,
}

fn set_record_rights(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetRecordRights = asked.body()?;
    let SetRecordRights { role, records, own, own_groups, other_groups, others } = body;
    let rights = RecordRights { own, own_groups, other_groups, others };
    on_own_tenant(asked, TenantCommand::SetRecordRights { role, records, rights })
}

/// SetFunctionalRight.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFunctionalRight {
    /// A role of tokens.
    #[schema(value_type = String, example = "seller")]
    role: Role,
    /// `read_event_feed`, `maintain_lists`, `add_users`, `maintain_tenant` (not of admins), `see_hidden_sales`, `export`,
    /// `maintain_target_types`, `lock_targets`, `bulk_update` or `plan_for_selections`.
    #[schema(value_type = String, example = "read_event_feed")]
    right: Right,
    /// Given or taken.
    allowed: bool,
}

fn set_functional_right(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SetFunctionalRight { role, right, allowed } = asked.body()?;
    on_own_tenant(asked, TenantCommand::SetFunctionalRight { role, right, allowed })
}

/// SetDiary: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDiary {
    /// How long a meeting lasts when nobody says so.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = u16, minimum = 1, maximum = 1440)]
    meeting_minutes: Option<u16>,
    /// How long a call lasts when nobody says so.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = u16, minimum = 1, maximum = 1440)]
    call_minutes: Option<u16>,
    /// When the working day begins on the tenant's clock.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, example = "08:00")]
    day_from: Option<TimeOfDay>,
    /// When it ends; after it began.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, example = "16:00")]
    day_to: Option<TimeOfDay>,
    /// Whether overdue activities are marked.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    mark_overdue: Option<bool>,
    /// Whether what is done leaves the diary at once instead of the next day.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    done_leave_at_once: Option<bool>,
    /// Whether somebody who is assigned something is notified.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    assignment_notices: Option<bool>,
}

fn set_diary(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetDiary = asked.body()?;
    let changes = DiaryChanges {
        meeting_minutes: body.meeting_minutes,
        call_minutes: body.call_minutes,
        day_from: body.day_from,
        day_to: body.day_to,
        mark_overdue: body.mark_overdue,
        done_leave_at_once: body.done_leave_at_once,
        assignment_notices: body.assignment_notices,
    };
    on_own_tenant(asked, TenantCommand::SetDiary(changes))
}

/// Another tenant is as unknown as one that does not exist.
pub(super) fn on_own_tenant(asked: &Asked<'_>, order: TenantCommand) -> Result<Decoded, Problem> {
    let own = asked.actor.tenant.as_str();
    if asked.id != Some(own) {
        return Err(Problem::not_found("there is no tenant with this id"));
    }
    Ok(named(Aggregate::Tenant, own, Order::Tenant(order)))
}
