//! The command line over the public API: reports, history, events, imports, tenants, tokens of a local stack;
//! and over the database what operators do.
//!
//! Everything here speaks HTTP like any other client, except what only an operator may do: that goes through
//! [`database`]. The library exists for the tests and for the binary beside it.
//!
//! A walk through: [`cli`] says what can be asked, [`stack`] finds whom to ask, [`http`] asks,
//! [`commands`] has one file per command, [`mapping`] turns files into commands, [`import`] sends them.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod confirm;
pub mod database;
pub mod environment;
pub mod failure;
pub mod http;
pub mod import;
pub mod mapping;
pub mod output;
pub mod stack;
pub mod tables;
pub mod token;
