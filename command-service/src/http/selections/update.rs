//! `POST /v1/selections/{id}/update-members`: the same change to every member (SF-17).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::each::{self, ForAll, ManySales};
use crate::app::Served;
use crate::http::route::CommandRoute;

/// UpdateMembers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMembers {
    /// An id of yours for this run: the same request again goes on where it was cut and answers the same.
    run: Uuid,
    /// Which sales, members or not, in this order; when left out, the members that a static selection has now and that you
    /// see. A dynamic one needs them.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 10000)]
    sales: Option<ManySales>,
    /// A command on a sale that has a body, by its name.
    #[schema(example = "AdvanceStage")]
    command: String,
    /// Its body.
    #[schema(value_type = Object)]
    body: Value,
}

/// Carries a command out on every member.
pub async fn update_members(
    State(served): State<Arc<Served>>,
    request: Request,
) -> Result<Response, Problem> {
    let mut requested =
        each::requested::<UpdateMembers>(served, Right::BulkUpdate, request).await?;
    let route = on_sales(&requested.body.command)?;
    let named = requested.body.sales.take();
    let meant = each::members(&requested, named).await?;
    let all = ForAll {
        run: format!("update/{}", requested.body.run),
        route,
        of: |_, all, sale| (sale.0.to_string(), all.body.clone()),
        body: requested.body.body.take(),
        pointer: "/body",
    };
    each::for_each(requested, meant, all).await
}

/// The row of a command that changes a sale and says what to.
fn on_sales(name: &str) -> Result<&'static CommandRoute, Problem> {
    let refused = |code, rule| Problem::bad_body(code, "/command", rule);
    let found = each::command(name);
    let route =
        found.ok_or_else(|| refused("unknown_command", "there is no command of this name"))?;
    if route.path.starts_with("/v1/sales/{id}/") && route.body.is_some() {
        return Ok(route);
    }
    Err(refused("invalid_value", "must be a command on a sale that has a body"))
}
