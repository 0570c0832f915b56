//! One machine's whole stack: what `./deploy/up` runs, and what the tests start.
//!
//! - [`toolchain`] finds or fetches Postgres and nats-server.
//! - [`postgres`] and [`nats`] run private servers over a folder: start, stop, kill -9, start again.
//! - [`stack`] is what `./deploy/up` runs; [`servers`] what `./deploy/test` puts around the tests.
//! - [`keys`] makes the development signing key and tokens.
//! - [`proxy`] is the network between programs under test, with its faults.
//! - [`ports`], [`process`], [`pidfile`], [`account`], [`places`] are what those stand on.
//!
//! Knows no sale and no table of its own: schemas come from `event-store` and `read-models`, services
//! are child processes. Must not be a dependency of a service.

pub mod account;
pub mod console;
pub mod demo;
pub mod environment;
pub mod keys;
pub mod last_words;
pub mod log_file;
pub mod nats;
pub mod pidfile;
pub mod places;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod random;
pub mod servers;
pub mod stack;
pub mod toolchain;
