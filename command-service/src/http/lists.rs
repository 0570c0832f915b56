//! Commands on maintained lists (SO-19, SD-1, SD-5).

use domain::Order;
use domain::list::ListCommand;
use events::{ListKey, ListName};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use super::activities::ActivityKind;
use super::fields::{self, NameField, never_null, patch};
use super::route::{Asked, BodySchema, CommandRoute, Decoded};
use super::sale_types::DurationMinutes;

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 4] = [
    CommandRoute {
        command: "AddListItem",
        path: "/v1/lists/{id}/add-item",
        summary: "Add an item to a list; from the first one on, keys have to be in the list (SO-19)",
        right: Right::MaintainLists,
        body: BodySchema::of::<AddListItem>(),
        decode: add,
    },
    CommandRoute {
        command: "EditListItem",
        path: "/v1/lists/{id}/edit-item",
        summary: "Change labels, rank or usual length of an item (SO-19, SD-3)",
        right: Right::MaintainLists,
        body: BodySchema::of::<EditListItem>(),
        decode: edit,
    },
    CommandRoute {
        command: "DeleteListItem",
        path: "/v1/lists/{id}/delete-item",
        summary: "Let nobody choose an item any more; what was chosen stays (SO-19)",
        right: Right::MaintainLists,
        body: BodySchema::of::<ListItemKey>(),
        decode: delete,
    },
    CommandRoute {
        command: "RestoreListItem",
        path: "/v1/lists/{id}/restore-item",
        summary: "Let a deleted item be chosen again (SO-19)",
        right: Right::MaintainLists,
        body: BodySchema::of::<ListItemKey>(),
        decode: restore,
    },
];

/// AddListItem.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddListItem {
    /// What commands will name it by; never changes.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    key: ListKey,
    /// What people read.
    #[schema(value_type = fields::Name)]
    labels: NameField,
    /// Order in the list; behind all others when left out.
    rank: Option<i32>,
    /// Of follow_up_type only, and needed there: the kind that follow-ups of the type are of; never changes.
    kind: Option<ActivityKind>,
    /// Of follow_up_type only: how long follow-ups of the type usually last; the diary's usual length when left out. To-dos
    /// have days.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 1440)]
    minutes: Option<DurationMinutes>,
}

fn add(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let list = list(asked)?;
    let AddListItem { key, labels, rank, kind, minutes } = asked.body()?;
    of_types(asked, list, "/kind", kind.is_some())?;
    of_types(asked, list, "/minutes", minutes.is_some())?;
    if list == ListName::FollowUpType && kind.is_none() {
        let (pointer, rule) = (format!("{}/kind", asked.pointer), "a type belongs to one kind");
        return Err(Problem::bad_body("missing_field", pointer, rule));
    }
    let (kind, minutes) = (kind.map(Into::into), minutes.map(|minutes| minutes.0));
    Ok(on(list, ListCommand::AddListItem { list, key, labels: labels.0, rank, kind, minutes }))
}

/// EditListItem: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditListItem {
    /// Which item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    key: ListKey,
    /// New labels, all of them.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Name)]
    labels: Option<NameField>,
    /// New rank.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = i32)]
    rank: Option<i32>,
    /// Of follow_up_type only: new usual length; null for the diary's. Activities that are planned keep theirs.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 1440)]
    minutes: Option<Option<DurationMinutes>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let list = list(asked)?;
    let EditListItem { key, labels, rank, minutes } = asked.body()?;
    of_types(asked, list, "/minutes", minutes.is_some())?;
    let labels = labels.map(|labels| labels.0);
    let minutes = minutes.map(|new| new.map(|minutes| minutes.0));
    Ok(on(list, ListCommand::EditListItem { list, key, labels, rank, minutes }))
}

/// DeleteListItem and RestoreListItem.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListItemKey {
    /// Which item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    key: ListKey,
}

fn delete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let list = list(asked)?;
    let ListItemKey { key } = asked.body()?;
    Ok(on(list, ListCommand::DeleteListItem { list, key }))
}

fn restore(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let list = list(asked)?;
    let ListItemKey { key } = asked.body()?;
    Ok(on(list, ListCommand::RestoreListItem { list, key }))
}

/// The list of the path: one of those the product has.
fn list(asked: &Asked<'_>) -> Result<ListName, Problem> {
    let known = asked.id.and_then(ListName::parse);
    known.ok_or_else(|| Problem::not_found("there is no list of this name"))
}

/// SD-1: refuses on other lists what only types of follow-ups have.
fn of_types(
    asked: &Asked<'_>,
    list: ListName,
    field: &'static str,
    given: bool,
) -> Result<(), Problem> {
    if given && list != ListName::FollowUpType {
        return Err(asked.invalid(field, "goes with the list follow_up_type only"));
    }
    Ok(())
}

fn on(list: ListName, command: ListCommand) -> Decoded {
    Decoded { stream: list.stream(), order: Order::List(command) }
}
