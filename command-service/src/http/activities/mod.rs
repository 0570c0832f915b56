//! Commands on activities (design §4.1): planned, moved, edited, handed over, done. A new command is a body,
//! a row and a decoder in one of these files.

mod answering;
mod guide;
mod planning;
mod progress;
mod when;

use service_runtime::access::Right;
use service_runtime::problem::Problem;

pub use when::ActivityKind;

use super::route::{Asked, BodySchema, CommandRoute, Decoded};

/// Rows of the command table.
pub fn routes() -> impl Iterator<Item = &'static CommandRoute> {
    let planned = planning::ROUTES.iter().chain(&guide::ROUTES);
    planned.chain(&progress::ROUTES).chain(&answering::ROUTES)
}

type Decode = fn(&Asked<'_>) -> Result<Decoded, Problem>;

/// A command on an activity: who may change their own may send it, the domain looks at whose it is.
const fn row(
    command: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<BodySchema>,
    decode: Decode,
) -> CommandRoute {
    CommandRoute { command, path, summary, right: Right::ChangeSales, body, decode }
}
