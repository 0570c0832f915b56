//! Who the members of a selection are: sales put there and taken out, or the criteria that find them (SF-10, SF-11).

use domain::selection::{COMMAND_MAX, SelectionCommand};
use events::{ParseError, SaleId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{on, view};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 3] = [
    row(
        Right::ChangeSales,
        "AddMembers",
        "/v1/selections/{id}/add-members",
        "Put sales into a static selection; those that are in it stay once (SF-11)",
        BodySchema::of::<AddMembers>(),
        add,
    ),
    row(
        Right::ChangeSales,
        "RemoveMembers",
        "/v1/selections/{id}/remove-members",
        "Take sales out of a static selection (SF-11)",
        BodySchema::of::<RemoveMembers>(),
        remove,
    ),
    row(
        Right::ChangeSales,
        "ChangeCriteria",
        "/v1/selections/{id}/change-criteria",
        "Say what finds the members of a dynamic selection from now on (SF-10)",
        BodySchema::of::<ChangeCriteria>(),
        change_criteria,
    ),
];

/// Sales of one command.
#[derive(Default, Deserialize)]
#[serde(try_from = "Vec<Uuid>")]
pub(super) struct Sales(pub(super) Vec<SaleId>);

impl TryFrom<Vec<Uuid>> for Sales {
    type Error = ParseError;
    fn try_from(ids: Vec<Uuid>) -> Result<Self, ParseError> {
        if ids.len() > COMMAND_MAX {
            return Err(ParseError::new("sales", "must be 500 sales at most"));
        }
        Ok(Self(ids.into_iter().map(SaleId).collect()))
    }
}

/// AddMembers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMembers {
    /// Sales you see.
    #[schema(value_type = Vec<Uuid>, max_items = 500)]
    sales: Sales,
}

fn add(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let AddMembers { sales } = asked.body()?;
    on(asked, SelectionCommand::AddMembers { sales: sales.0 })
}

/// RemoveMembers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveMembers {
    /// Members; others change nothing.
    #[schema(value_type = Vec<Uuid>, max_items = 500)]
    sales: Sales,
}

fn remove(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let RemoveMembers { sales } = asked.body()?;
    on(asked, SelectionCommand::RemoveMembers { sales: sales.0 })
}

/// ChangeCriteria.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCriteria {
    /// All of them.
    #[schema(value_type = view::Criteria)]
    criteria: events::Criteria,
}

fn change_criteria(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let ChangeCriteria { criteria } = asked.body()?;
    view::fits(asked, "criteria")?;
    on(asked, SelectionCommand::ChangeCriteria { criteria })
}
