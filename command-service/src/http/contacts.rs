//! Commands on contacts (SO-F15, SK-6).

use domain::Order;
use domain::contact::{ContactChanges, ContactCommand};
use events::{CompanyId, Contact, ContactId, EmailAddress, PhoneNumber, TypeName};
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
        "RegisterContact",
        "/v1/contacts",
        "Register a contact; sales and stakeholders of this id show how to reach them (SO-F15, SK-6)",
        BodySchema::of::<RegisterContact>(),
        register,
    ),
    row(
        Right::ChangeSales,
        "EditContact",
        "/v1/contacts/{id}/edit",
        "Change name, company, e-mail or phone of a contact; null clears (SO-F15, SK-6)",
        BodySchema::of::<EditContact>(),
        edit,
    ),
];

/// RegisterContact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterContact {
    /// The contact's id, also one that sales link already; made by the server when left out.
    id: Option<Uuid>,
    /// What people call them; need not be unique.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: TypeName,
    /// Id of the registered company they work for.
    company: Option<Uuid>,
    /// Where mail reaches them.
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    email: Option<EmailAddress>,
    /// Where a call reaches them, as people write it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    phone: Option<PhoneNumber>,
}

fn register(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let RegisterContact { id, name, company, email, phone } = asked.body()?;
    let id = ContactId(asked.new_uuid(id)?);
    let new = Contact { name, company: company.map(CompanyId), email, phone };
    Ok(on(id, ContactCommand::RegisterContact(new)))
}

/// EditContact: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditContact {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: Option<TypeName>,
    /// New company.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Uuid>)]
    company: Option<Option<Uuid>>,
    /// New address.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    email: Option<Option<EmailAddress>>,
    /// New number.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    phone: Option<Option<PhoneNumber>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let EditContact { name, company, email, phone } = asked.body()?;
    let company = company.map(|company| company.map(CompanyId));
    let changes = ContactChanges { name, company, email, phone };
    Ok(on(ContactId(asked.uuid()?), ContactCommand::EditContact(changes)))
}

fn on(id: ContactId, command: ContactCommand) -> Decoded {
    Decoded { stream: id.stream(), order: Order::Contact(command) }
}
