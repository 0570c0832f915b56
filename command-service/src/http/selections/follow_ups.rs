//! `POST /v1/selections/{id}/plan-follow-ups`: a follow-up on every member (SF-18).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use events::{Aggregate, SaleId, StreamName};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service_runtime::access::Right;
use service_runtime::auth::Actor;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::each::{self, ForAll, ManySales};
use crate::app::Served;
use crate::http::activities::PlanActivity;

/// Members of a PlanActivity that follow from the sale.
const OF_THE_SALE: [&str; 2] = ["id", "sale"];

/// PlanFollowUps.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFollowUps {
    /// An id of yours for this run: the same request again goes on where it was cut and answers the same.
    run: Uuid,
    /// Which sales, in this order; the members of a static selection when left out. A dynamic one needs them.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 10000)]
    sales: Option<ManySales>,
    /// As PlanActivity, without `id` and `sale`: these follow from run and member.
    #[schema(value_type = PlanActivity)]
    activity: Map<String, Value>,
}

/// Plans the follow-up on every member.
pub async fn plan_follow_ups(
    State(served): State<Arc<Served>>,
    request: Request,
) -> Result<Response, Problem> {
    let right = Right::PlanForSelections;
    let mut requested = each::requested::<PlanFollowUps>(served, right, request).await?;
    let activity = std::mem::take(&mut requested.body.activity);
    if let Some(member) = OF_THE_SALE.into_iter().find(|member| activity.contains_key(*member)) {
        let rule = "follows from run and member";
        return Err(Problem::bad_body("unknown_field", format!("/activity/{member}"), rule));
    }
    let named = requested.body.sales.take();
    let meant = each::members(&requested, named).await?;
    let all = ForAll {
        run: format!("plan/{}", requested.body.run),
        route: each::command("PlanActivity").ok_or_else(|| Problem::internal(&NotServed))?,
        of: on_sale,
        body: Value::Object(activity),
        pointer: "/activity",
    };
    each::for_each(requested, meant, all).await
}

/// The activity of one sale. Its id follows from caller, run and sale: a follow-up that was planned is found again.
fn on_sale(actor: &Actor, all: &ForAll, SaleId(sale): SaleId) -> (String, Value) {
    let name = format!("{}/{}/{sale}", actor.user, all.run);
    let id = StreamName::new(Aggregate::Activity, &name).stream_id(&actor.tenant);
    let mut body = all.body.clone();
    body["id"] = json!(id);
    body["sale"] = json!(sale);
    (id.to_string(), body)
}

/// The table of commands lost a row.
#[derive(Debug, thiserror::Error)]
#[error("PlanActivity is not served")]
struct NotServed;
