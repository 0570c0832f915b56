//! An activity is done, not done after all, or gone (SD-9). None of these commands has a body.

use domain::activity::ActivityCommand;
use service_runtime::access::Right;
use service_runtime::problem::Problem;

use crate::http::route::{Asked, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 3] = [
    row(
        Right::ChangeSales,
        "CompleteActivity",
        "/v1/activities/{id}/complete",
        "Tick it off; it is read-only until reopened (SD-9)",
        None,
        complete,
    ),
    row(
        Right::ChangeSales,
        "ReopenActivity",
        "/v1/activities/{id}/reopen",
        "Clear the tick (SD-9)",
        None,
        reopen,
    ),
    row(
        Right::ChangeSales,
        "DeleteActivity",
        "/v1/activities/{id}/delete",
        "Take it out of every list; its history stays",
        None,
        delete,
    ),
];

fn complete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_activity(ActivityCommand::CompleteActivity)
}

fn reopen(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_activity(ActivityCommand::ReopenActivity)
}

fn delete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_activity(ActivityCommand::DeleteActivity)
}
