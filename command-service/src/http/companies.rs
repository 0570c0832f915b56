//! Commands on companies (SO-F14, ST-2).

use domain::Order;
use domain::company::{CompanyChanges, CompanyCommand};
use events::{Company, CompanyId, CountryCode, ListKey, TypeName};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{never_null, patch};
use super::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 2] = [
    row(
        Right::ChangeSales,
        "RegisterCompany",
        "/v1/companies",
        "Register a company; sales that link its id show what is known of it (SO-F14)",
        BodySchema::of::<RegisterCompany>(),
        register,
    ),
    row(
        Right::ChangeSales,
        "EditCompany",
        "/v1/companies/{id}/edit",
        "Change name, category, business or country of a company; null clears (SO-F14, ST-2)",
        BodySchema::of::<EditCompany>(),
        edit,
    ),
];

/// RegisterCompany.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterCompany {
    /// The company's id, also one that sales link already; made by the server when left out.
    id: Option<Uuid>,
    /// What people call it; need not be unique.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: TypeName,
    /// What it is to us: key of an item of the list company_category.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    category: Option<ListKey>,
    /// What it does: key of an item of the list company_business.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    business: Option<ListKey>,
    /// Where it is: ISO 3166-1, two capital letters.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$", example = "NO")]
    country: Option<CountryCode>,
}

fn register(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let RegisterCompany { id, name, category, business, country } = asked.body()?;
    let id = CompanyId(asked.new_uuid(id)?);
    let new = Company { name, category, business, country };
    Ok(on(id, CompanyCommand::RegisterCompany(new)))
}

/// EditCompany: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditCompany {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: Option<TypeName>,
    /// New category.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    category: Option<Option<ListKey>>,
    /// New business.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    business: Option<Option<ListKey>>,
    /// New country.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$", example = "NO")]
    country: Option<Option<CountryCode>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let EditCompany { name, category, business, country } = asked.body()?;
    let changes = CompanyChanges { name, category, business, country };
    Ok(on(CompanyId(asked.uuid()?), CompanyCommand::EditCompany(changes)))
}

fn on(id: CompanyId, command: CompanyCommand) -> Decoded {
    Decoded { stream: id.stream(), order: Order::Company(command) }
}
