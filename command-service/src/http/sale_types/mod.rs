//! Commands on sale types: themselves, their guides, their end (SO-45, SO-46, SG-4 to SG-6).

mod items;

pub(super) use items::DurationMinutes;

use domain::Order;
use domain::sale_type::{SaleTypeChanges, SaleTypeCommand};
use events::sale_type::{Duration, SaleTypeTerms};
use events::{SaleTypeId, StageId, TypeName};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{self, NameField, never_null, patch};
use super::route::{Asked, BodySchema, CommandRoute, Decoded};

/// Stages of one type at most.
const STAGES_MAX: usize = 100;

/// Rows of the command table.
const ROUTES: [CommandRoute; 4] = [
    CommandRoute {
        command: "DefineSaleType",
        path: "/v1/sale-types",
        summary: "Define a sale type (SO-45)",
        right: Right::MaintainLists,
        body: BodySchema::of::<DefineSaleType>(),
        decode: define,
    },
    CommandRoute {
        command: "EditSaleType",
        path: "/v1/sale-types/{id}/edit",
        summary: "Edit a sale type (SO-46)",
        right: Right::MaintainLists,
        body: BodySchema::of::<EditSaleType>(),
        decode: edit,
    },
    CommandRoute {
        command: "DeleteSaleType",
        path: "/v1/sale-types/{id}/delete",
        summary: "Hide a sale type; links to stages and guide items go for good (SO-46)",
        right: Right::MaintainLists,
        body: None,
        decode: delete,
    },
    CommandRoute {
        command: "RestoreSaleType",
        path: "/v1/sale-types/{id}/restore",
        summary: "Take a sale type back into use, without stages and guide (SO-46)",
        right: Right::MaintainLists,
        body: None,
        decode: restore,
    },
];

/// Every row about sale types.
pub fn routes() -> impl Iterator<Item = &'static CommandRoute> {
    ROUTES.iter().chain(&items::ROUTES)
}

/// Estimated time of the sale process.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::sale_type::Duration in the OpenAPI document"
)]
struct SaleDuration {
    /// How many units.
    #[schema(maximum = 1200)]
    n: u16,
    /// `days`, `weeks` or `months`.
    #[schema(pattern = "^(days|weeks|months)$")]
    unit: String,
}

/// DefineSaleType.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineSaleType {
    /// The type's id; made by the server when left out.
    id: Option<Uuid>,
    /// Unique among sale types.
    #[schema(value_type = fields::Name)]
    name: NameField,
    /// Group of types: any text, until an item is added to the list sale_type_category; then a key or a label of an item.
    #[schema(value_type = Option<String>, max_length = 239)]
    category: Option<TypeName>,
    /// Decides the default sale date (SO-36).
    #[schema(value_type = Option<SaleDuration>)]
    duration: Option<Duration>,
    /// Stage ids in order.
    #[serde(default)]
    #[schema(max_items = 100)]
    stages: Vec<Uuid>,
    /// Sales start in the first stage; needs two stages. Left out: on when there are two.
    guide: Option<bool>,
    /// Suggest the next stage when one is done.
    #[serde(default)]
    auto_advance: bool,
    /// Sales may have stakeholders.
    #[serde(default)]
    stakeholders: bool,
}

fn define(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: DefineSaleType = asked.body()?;
    let id = SaleTypeId(asked.new_uuid(body.id)?);
    within_limit(&body.stages, asked)?;
    let terms = SaleTypeTerms {
        name: body.name.0,
        category: body.category,
        duration: body.duration,
        guide: body.guide.unwrap_or(body.stages.len() >= 2),
        stages: body.stages.into_iter().map(StageId).collect(),
        auto_advance: body.auto_advance,
        stakeholders: body.stakeholders,
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::SaleType(SaleTypeCommand::DefineSaleType { id, terms }),
    })
}

/// EditSaleType: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSaleType {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Name)]
    name: Option<NameField>,
    /// New category; null clears it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 239)]
    category: Option<Option<TypeName>>,
    /// New duration; null clears it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<SaleDuration>)]
    duration: Option<Option<Duration>>,
    /// New stages in order.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = Vec<Uuid>, max_items = 100)]
    stages: Option<Vec<Uuid>>,
    /// Guide on or off.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    guide: Option<bool>,
    /// Auto-advance on or off.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    auto_advance: Option<bool>,
    /// Stakeholders on or off.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    stakeholders: Option<bool>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditSaleType = asked.body()?;
    let id = asked.sale_type()?;
    within_limit(body.stages.as_deref().unwrap_or_default(), asked)?;
    let changes = SaleTypeChanges {
        name: body.name.map(|name| name.0),
        category: body.category,
        duration: body.duration,
        stages: body.stages.map(|stages| stages.into_iter().map(StageId).collect()),
        guide: body.guide,
        auto_advance: body.auto_advance,
        stakeholders: body.stakeholders,
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::SaleType(SaleTypeCommand::EditSaleType { id, changes }),
    })
}

fn delete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    on(asked, SaleTypeCommand::DeleteSaleType)
}

fn restore(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    on(asked, SaleTypeCommand::RestoreSaleType)
}

/// An order on the sale type of the path.
fn on(asked: &Asked<'_>, command: SaleTypeCommand) -> Result<Decoded, Problem> {
    Ok(Decoded { stream: asked.sale_type()?.stream(), order: Order::SaleType(command) })
}

fn within_limit(stages: &[Uuid], asked: &Asked<'_>) -> Result<(), Problem> {
    if stages.len() > STAGES_MAX {
        let rule = format!("a sale type has {STAGES_MAX} stages at most");
        return Err(Problem::bad_body("invalid_value", format!("{}/stages", asked.pointer), rule));
    }
    Ok(())
}
