//! Fields a tenant adds to its sales (SO-30): what they are, and what they hold.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::values::{FieldText, ListKey, LocalName};

/// What a field holds; never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A text of up to 2 048 characters.
    Text,
    /// A decimal number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
    /// One of its items.
    List,
}

/// An item of a field of kind `list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldItem {
    /// What is stored.
    pub key: ListKey,
    /// What people read.
    pub name: LocalName,
}

/// A field as it is defined now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDefinition {
    /// What values are kept under.
    pub key: ListKey,
    /// What people read.
    pub name: LocalName,
    /// What it holds.
    pub kind: FieldKind,
    /// What there is to choose from, for a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<FieldItem>,
    /// Shown on the first tab too (SO-30).
    #[serde(default)]
    pub promoted: bool,
}

/// What a field of a sale holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum FieldValue {
    /// Of kind `text`.
    Text(FieldText),
    /// Of kind `number`.
    Number(#[serde(with = "rust_decimal::serde::str")] Decimal),
    /// Of kind `date`.
    Date(NaiveDate),
    /// Of kind `boolean`.
    Boolean(bool),
    /// Of kind `list`: the key of an item.
    List(ListKey),
}

impl FieldValue {
    /// The kind of field that holds it.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Text(_) => FieldKind::Text,
            Self::Number(_) => FieldKind::Number,
            Self::Date(_) => FieldKind::Date,
            Self::Boolean(_) => FieldKind::Boolean,
            Self::List(_) => FieldKind::List,
        }
    }
}
