//! The facts of a contact, a person at a company (SO-F15, SK-6). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::identity::CompanyId;
use crate::values::{EmailAddress, PhoneNumber, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 2] = [("contact.registered", 1), ("contact.edited", 1)];

/// A contact as they are from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What people call them.
    pub name: TypeName,
    /// The company they work for; at most one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyId>,
    /// Where mail reaches them (SK-6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Where a call reaches them (SK-6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
}

/// A fact about a contact. Each carries the whole contact, so nothing has to be folded to show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum ContactEvent {
    /// They are known from now on.
    #[serde(rename = "contact.registered")]
    Registered(Contact),
    /// Something of them changed.
    #[serde(rename = "contact.edited")]
    Edited(Contact),
}

impl ContactEvent {
    /// The contact as they are from now on.
    pub fn contact(&self) -> &Contact {
        match self {
            Self::Registered(contact) | Self::Edited(contact) => contact,
        }
    }
}
