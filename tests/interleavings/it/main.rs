//! Questions about the concurrent parts, each asked in thousands of orders; and mutants, each of which one of those
//! orders must betray.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod actor;
mod batcher;
mod places;
mod turns;
mod window;
