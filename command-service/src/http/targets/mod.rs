//! Commands on sales targets: types of them, rows, and the figures in these (ST-1 to ST-19).

mod figures;
mod limits;
mod rows;
mod types;

use super::route::CommandRoute;

/// Every row about targets.
pub fn routes() -> impl Iterator<Item = &'static CommandRoute> {
    types::ROUTES.iter().chain(&rows::ROUTES).chain(&figures::ROUTES)
}
