//! Commands on selections of sales (SF-10, SF-11, SF-14), and what is done for all members of one (SF-17, SF-18).

mod describing;
mod each;
mod follow_ups;
mod members;
mod update;
mod view;

use domain::Order;
use domain::selection::SelectionCommand;
use events::SelectionId;
use service_runtime::problem::Problem;

pub(super) use each::MemberResult;
pub(super) use follow_ups::{PlanFollowUps, plan_follow_ups};
pub(super) use update::{UpdateMembers, update_members};
pub(super) use view::{BoardView, fits};

use super::route::{Asked, CommandRoute, Decoded};

/// Where members are changed.
pub const UPDATE_MEMBERS: &str = "/v1/selections/{id}/update-members";
/// Where follow-ups are planned for members.
pub const PLAN_FOLLOW_UPS: &str = "/v1/selections/{id}/plan-follow-ups";

/// Rows of the command table.
pub fn routes() -> impl Iterator<Item = &'static CommandRoute> {
    describing::ROUTES.iter().chain(&members::ROUTES).chain(&view::ROUTES)
}

/// An order on the selection of the path.
fn on(asked: &Asked<'_>, command: SelectionCommand) -> Result<Decoded, Problem> {
    let stream = SelectionId(asked.uuid()?).stream();
    Ok(Decoded { stream, order: Order::Selection(command) })
}
