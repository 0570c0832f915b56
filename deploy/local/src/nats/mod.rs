//! A private NATS server with JetStream, and who may do what on it.

pub mod container;
mod permissions;
mod server;
mod users;

pub use server::Server;
pub use users::{OPERATOR, PROJECTION, RELAY, User, Users};
