//! Questions about the concurrent parts, each asked in thousands of orders; and mutants, each of which one of those
//! orders must betray.

mod actor;
mod batcher;
mod places;
mod turns;
mod window;
