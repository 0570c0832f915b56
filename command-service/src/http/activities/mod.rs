//! Commands on activities (design §4.1): planned, moved, edited, handed over, done. A new command is a body,
//! a row and a decoder in one of these files.

mod answering;
mod guide;
mod planning;
mod progress;
mod when;

pub use planning::PlanActivity;
pub use when::ActivityKind;

use super::route::CommandRoute;

/// Rows of the command table.
pub fn routes() -> impl Iterator<Item = &'static CommandRoute> {
    let planned = planning::ROUTES.iter().chain(&guide::ROUTES);
    planned.chain(&progress::ROUTES).chain(&answering::ROUTES)
}
