//! The tabs of a card beside the first one: their marks, which lists show too, and their contents.

use events::Party;
use events::sale::{Link, LinkKind, Stakeholder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::card::Named;
use crate::parties::KnownParties;
use crate::sale::Sale;

/// What lists show of the other tabs, and who wrote last (SO-F36).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Marks {
    /// Department credited.
    pub credited: Option<String>,
    /// Whether there is a note (SO-28).
    pub has_note: bool,
    /// How many links there are (SO-29).
    pub active_links: i32,
    /// Whether there are stakeholders (SK-2).
    pub has_stakeholders: bool,
    /// `all`, `owner` or `group` (SO-31).
    pub visible_for: String,
    /// The group that may see it.
    pub visible_group: Option<String>,
    /// Who registered it (`sub`).
    pub registered_by: String,
    /// Who changed it last (`sub`).
    pub updated_by: String,
    /// How many commands changed it since its registration.
    pub update_count: i32,
}

impl Marks {
    /// Those of a row.
    pub fn of(sale: &Sale, (has_note, active_links, has_stakeholders): (bool, i32, bool)) -> Self {
        Self {
            credited: sale.credited.clone(),
            has_note,
            active_links,
            has_stakeholders,
            visible_for: sale.visible_for.clone(),
            visible_group: sale.visible_group.clone(),
            registered_by: sale.registered_by.clone(),
            updated_by: sale.updated_by.clone(),
            update_count: sale.update_count,
        }
    }
}

/// The tabs of a card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Tabs {
    /// Long text.
    pub description: Option<String>,
    /// The note (SO-F33).
    pub note: Option<String>,
    /// What it is linked to, in the order it was added (SO-29).
    pub links: Vec<Linked>,
    /// Who else is involved, in the order they were added (SK-6).
    pub stakeholders: Vec<Involved>,
}

/// A link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Linked {
    /// `url`, `sale`, `activity`, `document`, `project`, `company` or `contact`.
    #[schema(value_type = String)]
    kind: LinkKind,
    /// The address, or the id of the record.
    target: String,
    /// What people read.
    name: String,
}

impl From<Link> for Linked {
    fn from(link: Link) -> Self {
        Self {
            kind: link.to.kind(),
            target: link.to.target().to_owned(),
            name: link.name.as_str().to_owned(),
        }
    }
}

/// A stakeholder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Involved {
    /// What changes and removals name.
    id: Uuid,
    /// The organisation.
    company: Option<Named>,
    /// The human being.
    contact: Option<Named>,
    /// Key of their role.
    role: Option<String>,
    /// What is to be known about them.
    comment: Option<String>,
    /// Where mail reaches the contact (SK-6); none of one who is not registered.
    email: Option<String>,
    /// Where a call reaches the contact (SK-6); none of one who is not registered.
    phone: Option<String>,
}

impl Involved {
    /// With what is known of the contact.
    pub fn of(one: Stakeholder, parties: &KnownParties) -> Self {
        let known = one.contact.as_ref().map(|contact| parties.contact(contact.id));
        let known = known.unwrap_or_default();
        let named = |party: Party| Named { id: party.id, name: Some(String::from(party.name)) };
        Self {
            id: one.id.0,
            company: one.company.map(named),
            contact: one.contact.map(named),
            role: one.part.role.map(String::from),
            comment: one.part.comment.map(String::from),
            email: known.email,
            phone: known.phone,
        }
    }
}
