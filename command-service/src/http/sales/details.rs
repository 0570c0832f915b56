//! Note, links and visibility of a sale (SO-28, SO-29, SO-31).

use domain::sale::{LINKS_MAX, SaleCommand};
use events::sale::{Link, LinkKind, LinkTarget, Visibility};
use events::{Lines, ParseError, SaleNote, TypeName};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 4] = [
    row(
        Right::ChangeSales,
        "SetNote",
        "/v1/sales/{id}/set-note",
        "Write the note anew; an empty one clears it (SO-28)",
        BodySchema::of::<SetNote>(),
        set_note,
    ),
    row(
        Right::ChangeSales,
        "AddLink",
        "/v1/sales/{id}/add-link",
        "Link to an address or a record, or give a link another name (SO-29)",
        BodySchema::of::<AddLink>(),
        add_link,
    ),
    row(
        Right::ChangeSales,
        "RemoveLink",
        "/v1/sales/{id}/remove-link",
        "Take a link away (SO-29)",
        BodySchema::of::<RemoveLink>(),
        remove_link,
    ),
    row(
        Right::ChangeSales,
        "SetVisibility",
        "/v1/sales/{id}/set-visibility",
        "Say who may see the sale (SO-31)",
        BodySchema::of::<SetVisibility>(),
        set_visibility,
    ),
];

/// SetNote.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetNote {
    /// The whole note; empty clears it.
    #[schema(value_type = String, max_length = 65536)]
    note: Lines,
}

fn set_note(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetNote = asked.body()?;
    asked.on_sale(SaleCommand::SetNote { note: note_of(asked, body.note.as_ref())? })
}

/// The note that a text is, none for an empty one.
pub(super) fn note_of(asked: &Asked<'_>, text: &str) -> Result<Option<SaleNote>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    SaleNote::given(text).map(Some).map_err(|error| asked.invalid("/note", error.rule))
}

/// What a link leads to.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An address: http, https or mailto.
    Url,
    /// Another sale.
    Sale,
    /// A follow-up.
    Activity,
    /// A document.
    Document,
    /// A project.
    Project,
    /// A company.
    Company,
    /// A person.
    Contact,
}

impl From<Kind> for LinkKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Url => Self::Url,
            Kind::Sale => Self::Sale,
            Kind::Activity => Self::Activity,
            Kind::Document => Self::Document,
            Kind::Project => Self::Project,
            Kind::Company => Self::Company,
            Kind::Contact => Self::Contact,
        }
    }
}

/// AddLink, and a link of RegisterSale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddLink {
    /// What it leads to.
    kind: Kind,
    /// The address for `url`, the id of the record for everything else.
    #[schema(min_length = 1, max_length = 2048)]
    target: String,
    /// What people read.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: TypeName,
}

fn add_link(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddLink = asked.body()?;
    let to = target(asked, body.kind, &body.target)?;
    asked.on_sale(SaleCommand::AddLink(Link { to, name: body.name }))
}

/// The links of a sale that is registered (SO-F34).
pub(super) fn links_of(asked: &Asked<'_>, given: Vec<AddLink>) -> Result<Vec<Link>, Problem> {
    if given.len() > LINKS_MAX {
        return Err(asked.invalid("/links", "a sale has 100 links at most"));
    }
    let link = |(at, AddLink { kind, target, name }): (usize, AddLink)| {
        let to = LinkTarget::parse(kind.into(), &target);
        let place = |error: ParseError| asked.invalid(&format!("/links/{at}/target"), error.rule);
        Ok(Link { to: to.map_err(place)?, name })
    };
    given.into_iter().enumerate().map(link).collect()
}

/// RemoveLink.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveLink {
    /// What it leads to.
    kind: Kind,
    /// The address or id it leads to.
    #[schema(min_length = 1, max_length = 2048)]
    target: String,
}

fn remove_link(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: RemoveLink = asked.body()?;
    let to = target(asked, body.kind, &body.target)?;
    asked.on_sale(SaleCommand::RemoveLink(to))
}

fn target(asked: &Asked<'_>, kind: Kind, target: &str) -> Result<LinkTarget, Problem> {
    LinkTarget::parse(kind.into(), target).map_err(|error| asked.invalid("/target", error.rule))
}

/// Who may see a sale.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisibleFor {
    /// Everybody in the tenant.
    All,
    /// The owner only.
    Owner,
    /// The members of one of the owner's groups.
    Group,
}

/// SetVisibility.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetVisibility {
    /// Everybody, the owner or a group.
    visible_for: VisibleFor,
    /// One of the owner's groups, with `group` and with nothing else.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    visible_group: Option<TypeName>,
}

fn set_visibility(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetVisibility = asked.body()?;
    let visibility = visibility_of(asked, body.visible_for, body.visible_group)?;
    asked.on_sale(SaleCommand::SetVisibility(visibility))
}

/// Word and group together.
pub(in crate::http) fn visibility_of(
    asked: &Asked<'_>,
    visible_for: VisibleFor,
    visible_group: Option<TypeName>,
) -> Result<Visibility, Problem> {
    let pointer = || format!("{}/visible_group", asked.pointer);
    match (visible_for, visible_group) {
        (VisibleFor::All, None) => Ok(Visibility::All),
        (VisibleFor::Owner, None) => Ok(Visibility::Owner),
        (VisibleFor::Group, Some(visible_group)) => Ok(Visibility::Group { visible_group }),
        (VisibleFor::Group, None) => {
            Err(Problem::bad_body("missing_field", pointer(), "name one of the owner's groups"))
        }
        (VisibleFor::All | VisibleFor::Owner, Some(_)) => {
            Err(asked.invalid("/visible_group", "goes with visible_for group only"))
        }
    }
}
