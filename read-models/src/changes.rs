//! What changed between two versions of a record, field by field: every field, as people name it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One changed field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Name of the field, as cards have it.
    #[schema(example = "stage")]
    pub field: &'static str,
    /// Before: text, money or none.
    pub from: Value,
    /// After.
    pub to: Value,
    /// Name of what `from` refers to (stage, sale type, owner, company, contact, project).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// Name of what `to` refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_name: Option<String>,
}

/// Name, value and, where the value refers to something, the name of that.
pub(crate) type Field = (&'static str, Value, Option<String>);

/// Every field that differs; from nothing, every field that is set. Both lists have the same fields in the same order.
pub(crate) fn changes(before: Option<Vec<Field>>, after: Vec<Field>) -> Vec<Change> {
    let nothing = || after.iter().map(|(field, ..)| (*field, Value::Null, None)).collect();
    let before: Vec<Field> = before.unwrap_or_else(nothing);
    let pairs = before.into_iter().zip(after).filter(|((_, from, _), (_, to, _))| from != to);
    let change = |((_, from, from_name), (field, to, to_name))| Change {
        field,
        from,
        to,
        from_name,
        to_name,
    };
    pairs.map(change).collect()
}
