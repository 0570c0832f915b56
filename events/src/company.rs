//! The facts of a company, the organisation sold to (SO-F14, ST-2). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::country::CountryCode;
use crate::values::{ListKey, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 2] = [("company.registered", 1), ("company.edited", 1)];

/// A company as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// What people call it.
    pub name: TypeName,
    /// Key in the list of company categories: customer, prospect and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ListKey>,
    /// Key in the list of businesses: what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<ListKey>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}

/// A fact about a company. Each carries the whole company, so nothing has to be folded to show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum CompanyEvent {
    /// It is known from now on.
    #[serde(rename = "company.registered")]
    Registered(Company),
    /// Something of it changed.
    #[serde(rename = "company.edited")]
    Edited(Company),
}

impl CompanyEvent {
    /// The company as it is from now on.
    pub fn company(&self) -> &Company {
        match self {
            Self::Registered(company) | Self::Edited(company) => company,
        }
    }
}
