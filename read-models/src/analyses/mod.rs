//! What the histories of sales tell (domain §4.5, §4.10): why sales are lost, what became of those that entered a stage,
//! how long they stay, what differs between two moments. Reads versions of sales, keeps nothing of its own.

mod diff;
mod loss;
mod share;
mod stays;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ask::Questions;
pub(crate) use loss::{LossParams, loss_analysis};
pub(crate) use stays::{Entered, StagePart, stage_conversion, stage_sales};

/// Every analysis, one line each.
pub(crate) fn routes() -> OpenApiRouter<Questions> {
    OpenApiRouter::new()
        .routes(routes!(loss::loss_analysis))
        .routes(routes!(stays::stage_conversion))
        .routes(routes!(stays::stage_sales))
        .routes(routes!(stays::sale_stages))
        .routes(routes!(diff::sale_diff))
}
