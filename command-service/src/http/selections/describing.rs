//! What a selection is created with and edited to, and how it ends (SF-10).

use domain::Order;
use domain::selection::{NewMembers, NewSelection, SelectionCommand, TermChanges};
use events::{ListKey, Note, SelectionId, TypeName, UserId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::members::Sales;
use super::{on, view};
use crate::http::fields::{never_null, patch};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};
use crate::http::sales::{VisibleFor, visibility_of};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 5] = [
    row(
        Right::ChangeSales,
        "CreateSelection",
        "/v1/selections",
        "Put sales together, or criteria that find them (SF-10)",
        BodySchema::of::<CreateSelection>(),
        create,
    ),
    row(
        Right::ChangeSales,
        "EditSelection",
        "/v1/selections/{id}/edit",
        "Name, owner, category, text and visibility; null clears (SF-10)",
        BodySchema::of::<EditSelection>(),
        edit,
    ),
    row(
        Right::ChangeSales,
        "CompleteSelection",
        "/v1/selections/{id}/complete",
        "Tick it as worked through (SF-10)",
        None,
        |asked| bare(asked, SelectionCommand::CompleteSelection),
    ),
    row(
        Right::ChangeSales,
        "ClearSelectionCompletion",
        "/v1/selections/{id}/clear-completion",
        "Take the tick away (SF-10)",
        None,
        |asked| bare(asked, SelectionCommand::ClearSelectionCompletion),
    ),
    row(
        Right::ChangeSales,
        "DeleteSelection",
        "/v1/selections/{id}/delete",
        "Delete it for good; its sales are not touched (SF-10)",
        None,
        |asked| bare(asked, SelectionCommand::DeleteSelection),
    ),
];

fn bare(asked: &Asked<'_>, command: SelectionCommand) -> Result<Decoded, Problem> {
    asked.no_body()?;
    on(asked, command)
}

/// How a selection knows its members.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// They were put there.
    Static,
    /// They are what the criteria find whenever somebody looks.
    Dynamic,
}

/// CreateSelection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSelection {
    /// The selection's id; made by the server when left out.
    id: Option<Uuid>,
    /// Its name; need not be unique.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: TypeName,
    /// Never changes.
    kind: Kind,
    /// Of a dynamic one, which needs them: what finds its members. Of a static one: what found them, to be remembered.
    #[schema(value_type = Option<view::Criteria>)]
    criteria: Option<events::Criteria>,
    /// Of a static one: sales you see, 500 at most; more are added later. Twice is once.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 500)]
    members: Option<Sales>,
    /// The caller when left out.
    #[schema(value_type = Option<String>)]
    owner: Option<UserId>,
    /// A key to sort selections by.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    category: Option<ListKey>,
    /// Long text.
    #[schema(value_type = Option<String>, max_length = 2048)]
    description: Option<Note>,
    /// Who sees it; everybody when left out. What they see of its members follows from their own rights.
    visible_for: Option<VisibleFor>,
    /// One of the owner's groups, with `group` and with nothing else.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    visible_group: Option<TypeName>,
}

fn create(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: CreateSelection = asked.body()?;
    view::fits(asked, "criteria")?;
    let id = SelectionId(asked.new_uuid(body.id)?);
    let members = match (body.kind, body.criteria, body.members) {
        (Kind::Static, found_by, members) => {
            NewMembers::Static { sales: members.unwrap_or_default().0, found_by }
        }
        (Kind::Dynamic, Some(criteria), None) => NewMembers::Dynamic(criteria),
        (Kind::Dynamic, _, Some(_)) => {
            return Err(asked.invalid("/members", "goes with kind static only"));
        }
        (Kind::Dynamic, None, None) => {
            let pointer = format!("{}/criteria", asked.pointer);
            let detail = "a dynamic selection needs what finds its members";
            return Err(Problem::bad_body("missing_field", pointer, detail));
        }
    };
    let visible_for = body.visible_for.unwrap_or(VisibleFor::All);
    let new = NewSelection {
        name: body.name,
        members,
        owner: body.owner,
        caller: asked.caller(),
        category: body.category,
        description: body.description,
        visibility: visibility_of(asked, visible_for, body.visible_group)?,
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::Selection(SelectionCommand::CreateSelection(Box::new(new))),
    })
}

/// EditSelection: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSelection {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: Option<TypeName>,
    /// New owner.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String)]
    owner: Option<UserId>,
    /// New category.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    category: Option<Option<ListKey>>,
    /// New text.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 2048)]
    description: Option<Option<Note>>,
    /// Who sees it from now on.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = VisibleFor)]
    visible_for: Option<VisibleFor>,
    /// One of the owner's groups, with `group` and with nothing else; null says that there is none.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    visible_group: Option<Option<TypeName>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditSelection = asked.body()?;
    let visibility = match (body.visible_for, body.visible_group) {
        (Some(visible_for), group) => Some(visibility_of(asked, visible_for, group.flatten())?),
        (None, Some(_)) => {
            return Err(asked.invalid("/visible_group", "goes with visible_for group only"));
        }
        (None, None) => None,
    };
    let changes = TermChanges {
        name: body.name,
        owner: body.owner,
        caller: asked.caller(),
        category: body.category,
        description: body.description,
        visibility,
    };
    on(asked, SelectionCommand::EditSelection(Box::new(changes)))
}
