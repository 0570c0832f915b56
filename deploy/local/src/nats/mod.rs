//! A private NATS server with JetStream, and who may do what on it.

mod cluster;
pub mod container;
mod permissions;
mod server;
mod users;

pub use cluster::Cluster;
pub use server::Server;
pub use users::{OPERATOR, PROJECTION, RELAY, User, Users};
