//! Types of targets, and a block of figures over rows of one of them (ST-1 to ST-6, ST-19).

use domain::Order;
use domain::target_type::{PASTED_ROWS_MAX, PastedRow, TargetTypeChanges, TargetTypeCommand};
use events::target_type::{Dimension, TargetTypeTerms, Unit};
use events::{ListKey, TargetId, TargetTypeId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::limits::{CellNumber, Figure, figures};
use crate::http::fields::{self, NameField, never_null};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Items of one type at most.
const ITEMS_MAX: usize = 500;

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 4] = [
    row(
        Right::MaintainTargetTypes,
        "DefineTargetType",
        "/v1/target-types",
        "Define a type of targets; each dimension goes once (ST-1)",
        BodySchema::of::<DefineTargetType>(),
        define,
    ),
    row(
        Right::MaintainTargetTypes,
        "EditTargetType",
        "/v1/target-types/{id}/edit",
        "Change name, items or level of a type; rows of users go for good with groups_only (ST-4, ST-5)",
        BodySchema::of::<EditTargetType>(),
        edit,
    ),
    row(
        Right::MaintainTargetTypes,
        "DeleteTargetType",
        "/v1/target-types/{id}/delete",
        "Delete a type for good, with the targets of all years (ST-6)",
        None,
        delete,
    ),
    row(
        Right::ChangeSales,
        "PasteTargets",
        "/v1/target-types/{id}/paste",
        "Paste a block of figures over rows of the type, all or nothing (ST-19)",
        BodySchema::of::<PasteTargets>(),
        paste,
    ),
];

/// DefineTargetType.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineTargetType {
    /// The type's id; made by the server when left out.
    id: Option<Uuid>,
    /// What people read.
    #[schema(value_type = fields::Name)]
    name: NameField,
    /// By what sales are told apart: `sale_type`, `source`, `credited`, `competitor`; what their company is: `company_category`,
    /// `company_business`, `company_country`; or `field.<key>` of an own field of kind list. `all_sales` is taken. Stays.
    #[schema(value_type = String, example = "source")]
    dimension: Dimension,
    /// What is counted of sold sales: `amount`, `count` or `profit`. Stays.
    #[schema(value_type = String, pattern = "^(amount|count|profit)$")]
    unit: Unit,
    /// The items it is about, by key (sale types by id, countries by their code in small letters); all of them when empty.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 500)]
    items: Vec<ListKey>,
    /// For the company and for groups only.
    #[serde(default)]
    groups_only: bool,
}

fn define(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: DefineTargetType = asked.body()?;
    let id = TargetTypeId(asked.new_uuid(body.id)?);
    within_limit(asked, &body.items)?;
    let DefineTargetType { dimension, unit, items, groups_only, .. } = body;
    let terms = TargetTypeTerms { name: body.name.0, items, groups_only };
    Ok(on(id, TargetTypeCommand::DefineTargetType { id, dimension, unit, terms }))
}

/// EditTargetType: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditTargetType {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Name)]
    name: Option<NameField>,
    /// New choice of items; rows of others stay.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = Vec<String>, max_items = 500)]
    items: Option<Vec<ListKey>>,
    /// True: the rows of users of all years are deleted for good.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    groups_only: Option<bool>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let EditTargetType { name, items, groups_only } = asked.body()?;
    let id = target_type(asked)?;
    within_limit(asked, items.as_deref().unwrap_or_default())?;
    let changes = TargetTypeChanges { name: name.map(|name| name.0), items, groups_only };
    Ok(on(id, TargetTypeCommand::EditTargetType { id, changes }))
}

fn delete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    let id = target_type(asked)?;
    Ok(on(id, TargetTypeCommand::DeleteTargetType { id }))
}

/// Figures for one row of a block.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PastedTarget {
    /// Id of the target.
    target: Uuid,
    /// The number of the cell that the figures begin at; 1 when left out.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 12)]
    from: Option<CellNumber>,
    /// Figures one after another; null leaves a cell as it is.
    #[schema(value_type = Vec<Option<String>>, max_items = 12)]
    cells: Vec<Option<Figure>>,
}

/// PasteTargets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasteTargets {
    /// Row by row, each target once.
    #[schema(min_items = 1, max_items = 500)]
    rows: Vec<PastedTarget>,
}

fn paste(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let PasteTargets { rows } = asked.body()?;
    let id = target_type(asked)?;
    if !(1..=PASTED_ROWS_MAX).contains(&rows.len()) {
        return Err(asked.invalid("/rows", "must be 1 to 500 rows"));
    }
    let pasted = |row: PastedTarget| PastedRow {
        target: TargetId(row.target),
        from: row.from.map_or(0, CellNumber::index),
        cells: figures(row.cells),
    };
    let rows = rows.into_iter().map(pasted).collect();
    Ok(on(id, TargetTypeCommand::PasteTargets { id, rows }))
}

fn within_limit(asked: &Asked<'_>, items: &[ListKey]) -> Result<(), Problem> {
    if items.len() <= ITEMS_MAX {
        return Ok(());
    }
    Err(asked.invalid("/items", "a type has 500 items at most"))
}

/// The type of the path.
fn target_type(asked: &Asked<'_>) -> Result<TargetTypeId, Problem> {
    asked.uuid().map(TargetTypeId)
}

fn on(id: TargetTypeId, command: TargetTypeCommand) -> Decoded {
    Decoded { stream: id.stream(), order: Order::TargetType(command) }
}
