//! Links, stakeholders and custom fields of a sale as their columns hold them: JSON, nothing when there is none.

use std::collections::BTreeMap;

use events::sale::{Link, Stakeholder};
use events::{FieldValue, ListKey, Party};
use serde::Serialize;
use uuid::Uuid;

/// Links in the order they were added (SO-29).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links(pub Vec<Link>);

/// Stakeholders in the order they were added (SK-2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stakeholders(pub Vec<Stakeholder>);

/// What custom fields hold, by key (SO-F35).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub BTreeMap<ListKey, FieldValue>);

impl Fields {
    /// What the column holds.
    #[must_use]
    pub fn json(&self) -> Option<String> {
        let text = || serde_json::to_string(&self.0).expect("invariant: plain text encodes");
        (!self.0.is_empty()).then(text)
    }

    /// Sets a field, or clears it.
    pub fn set(&mut self, key: &ListKey, value: Option<&FieldValue>) {
        match value {
            Some(value) => self.0.insert(key.clone(), value.clone()),
            None => self.0.remove(key),
        };
    }
}

impl TryFrom<Option<String>> for Fields {
    type Error = serde_json::Error;
    fn try_from(column: Option<String>) -> Result<Self, serde_json::Error> {
        column.map_or_else(|| Ok(Self::default()), |json| serde_json::from_str(&json).map(Self))
    }
}

impl Links {
    /// What the column holds.
    #[must_use]
    pub fn json(&self) -> Option<String> {
        json(&self.0)
    }
}

impl Stakeholders {
    /// What the column holds.
    #[must_use]
    pub fn json(&self) -> Option<String> {
        json(&self.0)
    }

    /// Every company among them (SK-7).
    #[must_use]
    pub fn companies(&self) -> Vec<Uuid> {
        distinct(self.0.iter().filter_map(|one| one.company.as_ref()))
    }

    /// Every contact among them (SK-7).
    #[must_use]
    pub fn contacts(&self) -> Vec<Uuid> {
        distinct(self.0.iter().filter_map(|one| one.contact.as_ref()))
    }
}

fn distinct<'a>(parties: impl Iterator<Item = &'a Party>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = parties.map(|party| party.id).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn json<T: Serialize>(list: &[T]) -> Option<String> {
    let text = || serde_json::to_string(list).expect("invariant: plain text encodes");
    (!list.is_empty()).then(text)
}

impl TryFrom<Option<String>> for Links {
    type Error = serde_json::Error;
    fn try_from(column: Option<String>) -> Result<Self, serde_json::Error> {
        column.map_or_else(|| Ok(Self::default()), |json| serde_json::from_str(&json).map(Self))
    }
}

impl TryFrom<Option<String>> for Stakeholders {
    type Error = serde_json::Error;
    fn try_from(column: Option<String>) -> Result<Self, serde_json::Error> {
        column.map_or_else(|| Ok(Self::default()), |json| serde_json::from_str(&json).map(Self))
    }
}
