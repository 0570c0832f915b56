//! The read machine: follows the log, keeps the read models and answers questions over HTTP. Knows
//! no sale: what rows mean belongs to `read-models`, how the log is stored to `event-store`.
//!
//! The way of an event: [`source`] (JetStream, or the log in Postgres when the stream cannot be
//! trusted) → [`runner`] (lease, batch, rows and checkpoint in one transaction) → `http` (the routes
//! of `read-models` behind the edge both services share).
//!
//! Promise: every event of the log takes effect in every read model exactly once and in order.
//! NATS and this process may stop, stutter, repeat or forget at any moment.

pub mod app;
pub mod config;
pub mod generation;
mod http;
mod lag;
mod lanes;
mod metrics;
pub mod runner;
pub mod source;
pub mod wire;

pub use app::{App, AppError};
pub use config::Config;
