//! Stakeholders of a sale (SK-2, SK-4, SK-5).

use domain::sale::{PartChanges, SaleCommand};
use events::sale::{Part, Stakeholder, StakeholderId};
use events::{ListKey, Party, StakeholderComment};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::ids;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::fields::{self, patch};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Stakeholders of one command at most.
const AT_ONCE_MAX: usize = 100;

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 3] = [
    row(
        Right::ChangeSales,
        "AddStakeholders",
        "/v1/sales/{id}/add-stakeholders",
        "Add companies and contacts that are involved (SK-2)",
        BodySchema::of::<AddStakeholders>(),
        add,
    ),
    row(
        Right::ChangeSales,
        "ChangeStakeholders",
        "/v1/sales/{id}/change-stakeholders",
        "Change role or comment of all that are named (SK-4)",
        BodySchema::of::<ChangeStakeholders>(),
        change,
    ),
    row(
        Right::ChangeSales,
        "RemoveStakeholders",
        "/v1/sales/{id}/remove-stakeholders",
        "Take stakeholders off the sale (SK-5)",
        BodySchema::of::<RemoveStakeholders>(),
        remove,
    ),
];

/// AddStakeholders: all or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddStakeholders {
    /// Who is involved.
    #[schema(min_items = 1, max_items = 100)]
    stakeholders: Vec<NewStakeholder>,
}

/// A stakeholder: a company, a contact, or a contact with their company.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStakeholder {
    /// The stakeholder's id; made by the server when left out.
    id: Option<Uuid>,
    /// The organisation.
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Party>,
    /// The human being.
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Party>,
    /// Key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    role: Option<ListKey>,
    /// What is to be known about them.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2047)]
    comment: Option<StakeholderComment>,
}

fn add(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddStakeholders = asked.body()?;
    within_limit(asked, body.stakeholders.len())?;
    let stakeholders = body.stakeholders.into_iter().enumerate();
    let stakeholders = stakeholders.map(|(at, new)| stakeholder(asked, at, new));
    asked.on_sale(SaleCommand::AddStakeholders(stakeholders.collect::<Result<_, _>>()?))
}

fn stakeholder(asked: &Asked<'_>, at: usize, new: NewStakeholder) -> Result<Stakeholder, Problem> {
    let NewStakeholder { id, company, contact, role, comment } = new;
    if company.is_none() && contact.is_none() {
        let pointer = format!("{}/stakeholders/{at}/company", asked.pointer);
        return Err(Problem::bad_body("missing_field", pointer, "name a company or a contact"));
    }
    let id = StakeholderId(id.unwrap_or_else(ids::new_id));
    Ok(Stakeholder { id, company, contact, part: Part { role, comment } })
}

/// ChangeStakeholders: the same for each; what is left out stays, null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStakeholders {
    /// Ids of stakeholders of the sale.
    #[schema(min_items = 1, max_items = 100)]
    stakeholders: Vec<Uuid>,
    /// New role.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    role: Option<Option<ListKey>>,
    /// New comment.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2047)]
    comment: Option<Option<StakeholderComment>>,
}

fn change(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeStakeholders = asked.body()?;
    within_limit(asked, body.stakeholders.len())?;
    let changes = PartChanges { role: body.role, comment: body.comment };
    asked.on_sale(SaleCommand::ChangeStakeholders { ids: ids_of(body.stakeholders), changes })
}

/// RemoveStakeholders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveStakeholders {
    /// Ids of stakeholders of the sale.
    #[schema(min_items = 1, max_items = 100)]
    stakeholders: Vec<Uuid>,
}

fn remove(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: RemoveStakeholders = asked.body()?;
    within_limit(asked, body.stakeholders.len())?;
    asked.on_sale(SaleCommand::RemoveStakeholders { ids: ids_of(body.stakeholders) })
}

fn ids_of(ids: Vec<Uuid>) -> Vec<StakeholderId> {
    ids.into_iter().map(StakeholderId).collect()
}

fn within_limit(asked: &Asked<'_>, count: usize) -> Result<(), Problem> {
    if (1..=AT_ONCE_MAX).contains(&count) {
        return Ok(());
    }
    Err(asked.invalid("/stakeholders", "must be 1 to 100 stakeholders"))
}
