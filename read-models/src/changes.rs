//! What changed between two versions of a sale, field by field: every field, as people name it.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::Labels;
use crate::figures::Amount;
use crate::sale::Sale;

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

/// Every field that differs; from nothing, every field that is set.
pub(crate) fn changes(before: Option<&Sale>, after: &Sale, labels: &Labels) -> Vec<Change> {
    let new = fields(after, labels);
    let old = before.map(|before| fields(before, labels));
    let mut changed = Vec::new();
    for (index, (field, to, to_name)) in new.into_iter().enumerate() {
        let (from, from_name) = match &old {
            Some(old) => (old[index].1.clone(), old[index].2.clone()),
            None => (Value::Null, None),
        };
        if from != to {
            changed.push(Change { field, from, to, from_name, to_name });
        }
    }
    changed
}

type Field = (&'static str, Value, Option<String>);

/// Every field of a sale in the order it is told. Derived figures (weighted) are not told: they follow.
fn fields(sale: &Sale, labels: &Labels) -> Vec<Field> {
    let stage =
        |id: Option<Uuid>| id.and_then(|id| labels.stages.get(&id)).map(|label| label.name.clone());
    let money = |minor| json!(Amount::of(minor, &sale.currency));
    let number = sale.number.to_string();
    let percent = sale.profit_percent.map(|percent| percent.to_string());
    let sale_type = labels.sale_types.get(&sale.sale_type_id).cloned();
    let owner = labels.users.get(&sale.owner).cloned();
    vec![
        ("number", json!(number), None),
        ("title", json!(sale.title), None),
        ("description", json!(sale.description), None),
        ("status", json!(sale.status.as_str()), None),
        ("sale_type", json!(sale.sale_type_id), sale_type),
        ("category", json!(sale.category), None),
        ("stage", json!(sale.stage_id), stage(sale.stage_id)),
        ("stage_when_closed", json!(sale.stage_when_closed), stage(sale.stage_when_closed)),
        ("probability", json!(sale.probability.to_string()), None),
        ("amount", money(sale.amount_minor), None),
        ("total_cost", money(sale.total_cost_minor), None),
        ("profit", money(sale.profit_minor), None),
        ("profit_percent", json!(percent), None),
        ("owner", json!(sale.owner), owner),
        ("group", json!(sale.owner_group), None),
        ("sale_date", json!(sale.sale_date), None),
        ("source", json!(sale.source), None),
        ("company", json!(sale.company_id), sale.company_name.clone()),
        ("company_name", json!(sale.company_name), None),
        ("contact", json!(sale.contact_id), sale.contact_name.clone()),
        ("contact_name", json!(sale.contact_name), None),
        ("project", json!(sale.project_id), sale.project_name.clone()),
        ("project_name", json!(sale.project_name), None),
        ("external_reference", json!(sale.external_reference), None),
        ("reopen_date", json!(sale.reopen_date), None),
        ("stall_reason", json!(sale.stall_reason), None),
        ("close_date", json!(sale.close_date), None),
        ("reason", json!(sale.reason), None),
        ("competitor", json!(sale.competitor), None),
        ("completed", json!(sale.completed.to_string()), None),
    ]
}
