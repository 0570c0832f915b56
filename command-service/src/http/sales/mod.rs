//! Commands on sales (design §4.1): what a sale is registered with and edited to, its figures, and how it is
//! put on hold and closed. A new command is a body, a row and a decoder in one of these files.

mod closing;
mod details;
mod figures;
mod guide;
mod registration;
mod stakeholders;
mod turning;

pub(super) use details::{VisibleFor, visibility_of};

use super::route::CommandRoute;

/// Rows of the command table.
pub fn routes() -> impl Iterator<Item = &'static CommandRoute> {
    let before = registration::ROUTES.iter().chain(&figures::ROUTES).chain(&closing::ROUTES);
    let tabs = details::ROUTES.iter().chain(&stakeholders::ROUTES).chain(&guide::ROUTES);
    before.chain(tabs).chain(&turning::ROUTES)
}
