//! Parts of the product that a tenant may do without (SO-50).

use domain::tenant::TenantCommand;
use events::Feature;
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use super::route::{Asked, BodySchema, CommandRoute, Decoded};
use super::settings::on_own_tenant;

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 1] = [CommandRoute {
    command: "SwitchFeature",
    path: "/v1/tenants/{id}/switch-feature",
    summary: "Switch guides or stakeholders on or off; what was stored stays (SO-50)",
    right: Right::MaintainTenant,
    body: BodySchema::of::<SwitchFeature>(),
    decode: switch_feature,
}];

/// SwitchFeature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchFeature {
    /// `guide` or `stakeholders`.
    #[schema(value_type = String, pattern = "^(guide|stakeholders)$", example = "guide")]
    feature: Feature,
    /// There or not.
    on: bool,
}

fn switch_feature(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SwitchFeature { feature, on } = asked.body()?;
    on_own_tenant(asked, TenantCommand::SwitchFeature { feature, on })
}
