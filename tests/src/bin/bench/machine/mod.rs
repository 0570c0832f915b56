//! What is measured: a private durable Postgres, NATS, and the release builds of both services as processes of
//! their own. Starts and stops them and says what they cost; must not load them.

pub mod cost;
mod filled;
mod place;
mod program;
pub mod reached;
mod stack;

pub use stack::{Stack, TENANT, With};
