//! Registering a sale and editing its plain fields (SO-1, SO-5).

use domain::Order;
use domain::sale::{NewSale, SaleChanges, SaleCommand};
use events::sale::{Details, Parties};
use events::{
    Description, Lines, ListKey, Money, Party, Probability, SaleId, SaleTypeId, StageId, TypeName,
    UserId,
};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::details::{AddLink, VisibleFor, links_of, note_of, visibility_of};
use crate::http::fields::{self, Day, never_null, patch};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 2] = [
    row(
        Right::ChangeSales,
        "RegisterSale",
        "/v1/sales",
        "Register a sale (SO-1)",
        BodySchema::of::<RegisterSale>(),
        register,
    ),
    row(
        Right::ChangeSales,
        "EditSale",
        "/v1/sales/{id}/edit",
        "Edit plain fields (SO-5)",
        BodySchema::of::<EditSale>(),
        edit,
    ),
];

/// RegisterSale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterSale {
    /// The sale's id; made by the server when left out.
    id: Option<Uuid>,
    /// Mandatory name.
    #[schema(min_length = 1, max_length = 219)]
    title: String,
    /// Mandatory type.
    sale_type: Uuid,
    /// Zero in the base currency when left out.
    #[schema(value_type = Option<fields::Money>)]
    amount: Option<Money>,
    /// The caller when left out.
    #[schema(value_type = Option<String>)]
    owner: Option<UserId>,
    /// The type's first stage when left out and the type has a guide.
    stage: Option<Uuid>,
    /// The stage's when left out.
    #[schema(value_type = Option<u8>, maximum = 100)]
    probability: Option<Probability>,
    /// Today plus the type's duration when left out.
    #[schema(value_type = Option<String>, format = Date)]
    sale_date: Option<Day>,
    /// Key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    source: Option<ListKey>,
    /// Long text.
    #[schema(value_type = Option<String>, max_length = 65536)]
    description: Option<Description>,
    /// The id in the system it came from.
    #[schema(value_type = Option<String>, max_length = 239)]
    external_reference: Option<events::TypeName>,
    /// Company sold to.
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Party>,
    /// Person at the customer.
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Party>,
    /// Project it belongs to.
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Party>,
    /// Department credited: key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    credited: Option<ListKey>,
    /// The one competitor: key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    competitor: Option<ListKey>,
    /// Note.
    #[schema(value_type = Option<String>, max_length = 65536)]
    note: Option<Lines>,
    /// Who may see the sale; everybody when left out.
    visible_for: Option<VisibleFor>,
    /// One of the owner's groups, with `group` and with nothing else.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    visible_group: Option<TypeName>,
    /// Addresses and records it is linked to; a target that is given twice is linked once, by its last name.
    #[serde(default)]
    #[schema(max_items = 100)]
    links: Vec<AddLink>,
}

fn register(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: RegisterSale = asked.body()?;
    let id = SaleId(asked.new_uuid(body.id)?);
    asked.title_fits(&body.title)?;
    let visible_for = body.visible_for.unwrap_or(VisibleFor::All);
    let details = Details {
        credited: body.credited,
        competitor: body.competitor,
        note: note_of(asked, body.note.as_ref().map_or("", AsRef::as_ref))?,
        visibility: visibility_of(asked, visible_for, body.visible_group)?,
    };
    let links = links_of(asked, body.links)?;
    let new = NewSale {
        title: body.title,
        sale_type: SaleTypeId(body.sale_type),
        amount: body.amount,
        owner: body.owner,
        caller: asked.caller(),
        stage: body.stage.map(StageId),
        probability: body.probability,
        sale_date: body.sale_date.map(|day| day.0),
        source: body.source,
        description: body.description,
        external_reference: body.external_reference.map(String::from),
        parties: Parties { company: body.company, contact: body.contact, project: body.project },
        details,
        links,
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::Sale(SaleCommand::RegisterSale(Box::new(new))),
    })
}

/// EditSale: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSale {
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, min_length = 1, max_length = 219)]
    title: Option<String>,
    /// New text.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 65536)]
    description: Option<Option<Description>>,
    /// New sale date.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, format = Date)]
    sale_date: Option<Day>,
    /// New source.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    source: Option<Option<ListKey>>,
    /// New department credited.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    credited: Option<Option<ListKey>>,
    /// New competitor.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    competitor: Option<Option<ListKey>>,
    /// New company.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Option<Party>>,
    /// New contact.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Option<Party>>,
    /// New project.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Option<Party>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditSale = asked.body()?;
    asked.title_fits(body.title.as_deref().unwrap_or_default())?;
    asked.on_sale(SaleCommand::EditSale(Box::new(SaleChanges {
        title: body.title,
        description: body.description,
        sale_date: body.sale_date.map(|day| day.0),
        source: body.source,
        credited: body.credited,
        competitor: body.competitor,
        company: body.company,
        contact: body.contact,
        project: body.project,
    })))
}
