//! The write machine: takes commands over HTTP, decides them on folded streams, appends what follows to the
//! log in group commits and publishes the log over NATS JetStream.
//!
//! Owns no business rule (those are in `domain`) and no SQL on the log (that is in `event-store`).

pub mod app;
pub mod batcher;
pub mod call;
pub mod config;
pub mod execute;
pub mod http;
mod metrics;
pub mod places;
pub mod process;
pub mod relay;
pub mod sending;
pub mod stream_actor;
pub mod turns;
pub mod workers;

pub use app::App;
pub use config::Config;
