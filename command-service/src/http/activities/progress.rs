//! An activity is done, not done after all, or gone (SD-9). None of these commands has a body.

use domain::activity::ActivityCommand;
use service_runtime::problem::Problem;

use super::row;
use crate::http::route::{Asked, CommandRoute, Decoded};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 3] = [
    row(
        "CompleteActivity",
        "/v1/activities/{id}/complete",
        "Tick it off; it is read-only until reopened (SD-9)",
        None,
        complete,
    ),
    row("ReopenActivity", "/v1/activities/{id}/reopen", "Clear the tick (SD-9)", None, reopen),
    row(
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
