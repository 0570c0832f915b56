//! Commands on stages (SO-47 to SO-49).

use domain::Order;
use domain::stage::{StageChanges, StageCommand};
use events::stage::StageTerms;
use events::{Description, Probability, StageId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{self, NameField, never_null, patch};
use super::route::{Asked, BodySchema, CommandRoute, Decoded};

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 4] = [
    CommandRoute {
        command: "AddStage",
        path: "/v1/stages",
        summary: "Add a stage (SO-47)",
        right: Right::MaintainLists,
        body: BodySchema::of::<AddStage>(),
        decode: add,
    },
    CommandRoute {
        command: "EditStage",
        path: "/v1/stages/{id}/edit",
        summary: "Edit a stage; sales keep their probability until their next stage change (SO-48)",
        right: Right::MaintainLists,
        body: BodySchema::of::<EditStage>(),
        decode: edit,
    },
    CommandRoute {
        command: "DeleteStage",
        path: "/v1/stages/{id}/delete",
        summary: "Hide a stage; every type loses it, sales in it keep it (SO-49)",
        right: Right::MaintainLists,
        body: None,
        decode: delete,
    },
    CommandRoute {
        command: "RestoreStage",
        path: "/v1/stages/{id}/restore",
        summary: "Let a deleted stage be linked again; no link comes back (SO-49)",
        right: Right::MaintainLists,
        body: None,
        decode: restore,
    },
];

/// AddStage.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddStage {
    /// The stage's id; made by the server when left out.
    id: Option<Uuid>,
    /// Unique among stages.
    #[schema(value_type = fields::Name)]
    name: NameField,
    /// Chance of winning a sale in it, in whole percent.
    #[schema(value_type = u8, maximum = 100)]
    probability: Probability,
    /// Long text.
    #[schema(value_type = Option<String>, max_length = 65536)]
    description: Option<Description>,
    /// Order among stages; the probability when left out.
    rank: Option<i32>,
}

fn add(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddStage = asked.body()?;
    let id = StageId(asked.new_uuid(body.id)?);
    let terms = StageTerms {
        name: body.name.0,
        probability: body.probability,
        description: body.description,
        rank: body.rank.unwrap_or_else(|| i32::from(body.probability.percent())),
    };
    Ok(Decoded { stream: id.stream(), order: Order::Stage(StageCommand::AddStage { id, terms }) })
}

/// EditStage: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditStage {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Name)]
    name: Option<NameField>,
    /// New probability.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = u8, maximum = 100)]
    probability: Option<Probability>,
    /// New text; null clears it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 65536)]
    description: Option<Option<Description>>,
    /// New rank.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = i32)]
    rank: Option<i32>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditStage = asked.body()?;
    let id = asked.stage()?;
    let changes = StageChanges {
        name: body.name.map(|name| name.0),
        probability: body.probability,
        description: body.description,
        rank: body.rank,
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::Stage(StageCommand::EditStage { id, changes }),
    })
}

/// The types it leaves are looked up with the decision.
fn delete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    let id = asked.stage()?;
    let order = Order::Stage(StageCommand::DeleteStage { id, sale_types: Vec::new() });
    Ok(Decoded { stream: id.stream(), order })
}

fn restore(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    let order = Order::Stage(StageCommand::RestoreStage);
    Ok(Decoded { stream: asked.stage()?.stream(), order })
}
