//! The harness of the system tests: both services over a database of their own, real HTTP, a clock in hand,
//! workers that tests pump. Must not know how a service does its work.

pub mod counts;
pub mod eventually;
mod fixture;
mod fleet;
pub mod generated;
mod guide;
pub mod log_ok;
pub mod own_cluster;
mod replica;
mod reply;
mod snapshot;
mod stored;
mod world;

pub use fixture::Fixture;
pub use fleet::{Fleet, Member, program};
pub use guide::GuideItems;
pub use replica::Replica;
pub use reply::Reply;
pub use snapshot::Snapshot;
pub use stored::Stored;
pub use world::{Ask, World, command_config, query_config};
