//! What is created from a guide, and documents of any kind (SG-5, SG-12 to SG-15).

use domain::Order;
use domain::activity::{ActivityCommand, Alarm, FromGuideItem, NewDocument};
use events::sale::Parties;
use events::{
    ActivityId, GuideItemId, ListKey, Note, OurReference, Party, SaleId, TypeName, UserId,
};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::when::{AlarmMinutes, Moment, alarm, when};
use crate::http::fields;
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 2] = [
    row(
        Right::ChangeSales,
        "CreateFromGuideItem",
        "/v1/activities/from-guide-item",
        "Create a follow-up from an item of a sale's guide; what is left out is filled in (SG-12)",
        BodySchema::of::<CreateFromGuideItem>(),
        create_from_guide_item,
    ),
    row(
        Right::ChangeSales,
        "CreateDocument",
        "/v1/activities/documents",
        "Create a document, done from the beginning, from an item of a guide or of its own (SG-13)",
        BodySchema::of::<CreateDocument>(),
        create_document,
    ),
];

/// CreateFromGuideItem.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateFromGuideItem {
    /// The activity's id; made by the server when left out.
    id: Option<Uuid>,
    /// The sale whose guide it is.
    sale: Uuid,
    /// A follow-up of any stage of its type.
    item: Uuid,
    /// The item's name when left out.
    #[schema(min_length = 1, max_length = 219)]
    title: Option<String>,
    /// First day or the instant it starts. Left out: so many days after the follow-up of the guide before it as the
    /// item says, else after today, when the working day begins.
    #[schema(value_type = Option<String>, example = "2026-03-17T10:00:00+01:00")]
    start: Option<Moment>,
    /// Last day or the instant it ends. Left out: it lasts as long as the item says, else as its type usually does.
    #[schema(value_type = Option<String>, example = "2026-03-17T11:00:00+01:00")]
    end: Option<Moment>,
    /// Days instead of times; a to-do has days in any case.
    all_day: Option<bool>,
    /// The caller when left out.
    #[schema(value_type = Option<String>)]
    owner: Option<UserId>,
    /// The item's text when left out.
    #[schema(value_type = Option<String>, max_length = 2048)]
    description: Option<Note>,
    /// Where it takes place.
    #[schema(value_type = Option<String>, max_length = 239)]
    location: Option<TypeName>,
    /// How urgent it is: a key of the list of priorities.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    priority: Option<ListKey>,
    /// A key of the list follow_up_type, of the item's kind; the item's type when left out.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    r#type: Option<ListKey>,
    /// Minutes before the start at which its owner is reminded; no alarm when left out.
    #[schema(value_type = Option<u32>, maximum = 40320)]
    alarm_minutes: Option<AlarmMinutes>,
    /// An alarm as usual, 10 minutes before the start, unless `alarm_minutes` says otherwise.
    alarm: Option<bool>,
    /// The sale's company when left out.
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Party>,
    /// The sale's contact when left out.
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Party>,
    /// The sale's project when left out.
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Party>,
}

fn create_from_guide_item(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: CreateFromGuideItem = asked.body()?;
    let id = ActivityId(asked.new_uuid(body.id)?);
    asked.title_fits(body.title.as_deref().unwrap_or_default())?;
    let new = FromGuideItem {
        id,
        sale: SaleId(body.sale),
        item: GuideItemId(body.item),
        title: body.title,
        when: when(body.start, body.end, body.all_day),
        owner: body.owner,
        caller: asked.caller(),
        description: body.description,
        parties: Parties { company: body.company, contact: body.contact, project: body.project },
        alarm_minutes: alarm(asked, body.alarm, body.alarm_minutes, Alarm::Off)?.minutes(),
        location: body.location,
        priority: body.priority,
        follow_up_type: body.r#type,
    };
    Ok(on(id, ActivityCommand::CreateFromGuideItem(Box::new(new))))
}

/// CreateDocument.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDocument {
    /// The document's id; made by the server when left out.
    id: Option<Uuid>,
    /// The sale it is about, open or closed; needed with an item.
    sale: Option<Uuid>,
    /// A document of any stage of the sale's type.
    item: Option<Uuid>,
    /// The subject; needed without an item, else the item's when left out.
    #[schema(min_length = 1, max_length = 219)]
    title: Option<String>,
    /// What it is written from; the item's when left out.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    template: Option<TypeName>,
    /// Our reference; the item's when left out.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 99)]
    our_reference: Option<OurReference>,
    /// Long text.
    #[schema(value_type = Option<String>, max_length = 2048)]
    description: Option<Note>,
    /// The caller when left out.
    #[schema(value_type = Option<String>)]
    owner: Option<UserId>,
    /// Company it is for; with an item the sale's when left out.
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Party>,
    /// Person it is for; with an item the sale's when left out.
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Party>,
    /// Project it belongs to; with an item the sale's when left out.
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Party>,
}

fn create_document(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: CreateDocument = asked.body()?;
    let id = ActivityId(asked.new_uuid(body.id)?);
    asked.title_fits(body.title.as_deref().unwrap_or_default())?;
    if body.item.is_some() && body.sale.is_none() {
        let (pointer, rule) = (format!("{}/sale", asked.pointer), "name the sale of the item");
        return Err(Problem::bad_body("missing_field", pointer, rule));
    }
    let new = NewDocument {
        id,
        sale: body.sale.map(SaleId),
        item: body.item.map(GuideItemId),
        title: body.title,
        template: body.template,
        our_reference: body.our_reference,
        description: body.description,
        owner: body.owner,
        caller: asked.caller(),
        parties: Parties { company: body.company, contact: body.contact, project: body.project },
    };
    Ok(on(id, ActivityCommand::CreateDocument(Box::new(new))))
}

fn on(id: ActivityId, command: ActivityCommand) -> Decoded {
    Decoded { stream: id.stream(), order: Order::Activity(command) }
}
