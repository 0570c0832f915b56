//! `GET /v1/sales/{id}/history`: every event of a sale and what it changed, field by field.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use events::{ActivityId, Event, GuideItemId, Recorded, SaleEvent, SaleId, TenantSlug};
use serde::Serialize;
use serde_json::{Value, json};
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use uuid::Uuid;

use crate::ask::{Asked, Labels, Questions, Sight, When};
use crate::changes::Field;
use crate::custom_fields::plain;
use crate::figures::Amount;
use crate::history::{History, Told};
use crate::sale::{Sale, Surroundings, evolve};
use crate::sale_card::no_such_sale;

/// The history of one sale
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/history",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When),
    responses((status = 200, description = "Every event, oldest first", body = History), QueryProblems)
)]
pub(crate) async fn history(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<History>, Problem> {
    actor.require(Right::ReadTenant)?;
    let history = History::of::<ToldSale>(&questions, &actor, &when, &SaleId(id).stream()).await?;
    history.map(Json).ok_or_else(|| no_such_sale(id))
}

/// A sale with what was created from its guide, which the row does not keep: activities know it themselves.
#[derive(Debug, Clone)]
pub(crate) struct ToldSale {
    sale: Sale,
    guide_items: Vec<UsedItem>,
}

/// An activity and the item of the guide it was created from (SG-12).
#[derive(Debug, Clone, Serialize)]
struct UsedItem {
    item: GuideItemId,
    activity: ActivityId,
}

impl Told for ToldSale {
    fn next(before: Option<Self>, fact: &Event, event: &Recorded) -> Result<Self, &'static str> {
        let Event::Sale(fact) = fact else { return Err("not an event of a sale") };
        let around = Surroundings::of(event).map_err(|_| "a stream without a name")?;
        let (sale, mut guide_items) = match before {
            Some(before) => (Some(before.sale), before.guide_items),
            None => (None, Vec::new()),
        };
        if let SaleEvent::GuideItemUsed { item, activity } = fact {
            guide_items.push(UsedItem { item: *item, activity: *activity });
        }
        Ok(Self { sale: evolve(sale, fact, &around)?, guide_items })
    }

    fn in_sight(&self, sight: &Sight) -> bool {
        let sale = &self.sale;
        let (group, visible_group) = (sale.owner_group.as_deref(), sale.visible_group.as_deref());
        sight.sees_sale(&sale.owner, group, &sale.visible_for, visible_group)
    }

    fn about(&self, _: &Sight, _: &TenantSlug) -> Option<Uuid> {
        None
    }

    fn fields(&self, labels: &Labels) -> Vec<Field> {
        let mut fields = self.sale.told(labels);
        fields.push(("guide_items", some(&self.guide_items), None));
        fields
    }
}

impl Sale {
    /// The fields of its row.
    fn told(&self, labels: &Labels) -> Vec<Field> {
        let stage = |id: Option<Uuid>| {
            id.and_then(|id| labels.stages.get(&id)).map(|label| label.name.clone())
        };
        let money = |minor| json!(Amount::of(minor, &self.currency));
        let fields = self.fields.0.iter().map(|(key, value)| (key.as_str(), plain(value)));
        let fields: BTreeMap<&str, Value> = fields.collect();
        let fields = (!fields.is_empty()).then_some(fields);
        let number = self.number.to_string();
        let percent = self.profit_percent.map(|percent| percent.to_string());
        let sale_type = labels.sale_types.get(&self.sale_type_id).cloned();
        let owner = labels.users.get(&self.owner).cloned();
        let suggested_stage = self.suggestions.stage.as_ref();
        let suggested_name = stage(suggested_stage.map(|suggested| suggested.stage.0));
        vec![
            ("number", json!(number), None),
            ("title", json!(self.title), None),
            ("description", json!(self.description), None),
            ("status", json!(self.status.as_str()), None),
            ("sale_type", json!(self.sale_type_id), sale_type),
            ("category", json!(self.category), None),
            ("stage", json!(self.stage_id), stage(self.stage_id)),
            ("stage_when_closed", json!(self.stage_when_closed), stage(self.stage_when_closed)),
            ("probability", json!(self.probability.to_string()), None),
            ("amount", money(self.amount_minor), None),
            ("total_cost", money(self.total_cost_minor), None),
            ("profit", money(self.profit_minor), None),
            ("profit_percent", json!(percent), None),
            ("owner", json!(self.owner), owner),
            ("group", json!(self.owner_group), None),
            ("sale_date", json!(self.sale_date), None),
            ("source", json!(self.source), None),
            ("company", json!(self.company_id), self.company_name.clone()),
            ("company_name", json!(self.company_name), None),
            ("contact", json!(self.contact_id), self.contact_name.clone()),
            ("contact_name", json!(self.contact_name), None),
            ("project", json!(self.project_id), self.project_name.clone()),
            ("project_name", json!(self.project_name), None),
            ("external_reference", json!(self.external_reference), None),
            ("reopen_date", json!(self.reopen_date), None),
            ("stall_reason", json!(self.stall_reason), None),
            ("close_date", json!(self.close_date), None),
            ("reason", json!(self.reason), None),
            ("competitor", json!(self.competitor), None),
            ("completed", json!(self.completed.to_string()), None),
            ("credited", json!(self.credited), None),
            ("note", json!(self.note), None),
            ("links", some(&self.links.0), None),
            ("visible_for", json!(self.visible_for), None),
            ("visible_group", json!(self.visible_group), None),
            ("stakeholders", some(&self.stakeholders.0), None),
            ("fields", json!(fields), None),
            ("currency", json!(self.currency), None),
            ("deleted", json!(self.deleted.to_string()), None),
            ("suggested_follow_ups", some(&self.suggestions.follow_ups), None),
            ("suggested_stage", json!(suggested_stage), suggested_name),
        ]
    }
}

/// A list, or nothing when it is empty.
fn some<T: Serialize>(list: &[T]) -> Value {
    if list.is_empty() { Value::Null } else { json!(list) }
}
