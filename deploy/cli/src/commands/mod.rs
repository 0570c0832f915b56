//! One file per command: its arguments, its question, its table.

pub mod archive;
pub mod board;
pub mod completions;
pub mod diary;
pub mod events;
pub mod find;
pub mod forecast;
pub mod history;
pub mod import;
pub mod lease;
pub mod man;
pub mod migrate;
pub mod moment;
pub mod parked;
pub mod partition;
pub mod pipeline;
pub mod projection;
pub mod projections;
pub mod reading;
pub mod relay;
pub mod sale;
pub mod targets;
pub mod tenant;
pub mod token;
pub mod verify;

use crate::cli::{Cli, Command};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::stack::Stack;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tables for people.
    People,
    /// The stack's own JSON.
    Machine,
}

/// Runs one command to its end.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let stack = Stack::new(cli.connection, Environment::read());
    let format = if cli.json { Format::Machine } else { Format::People };
    match cli.command {
        Command::Pipeline(arguments) => pipeline::run(&stack, &arguments, format).await,
        Command::Board(arguments) => board::run(&stack, &arguments, format).await,
        Command::Find(arguments) => find::run(&stack, &arguments, format).await,
        Command::Targets(arguments) => targets::run(&stack, &arguments, format).await,
        Command::Diary(arguments) => diary::run(&stack, &arguments, format).await,
        Command::Forecast(arguments) => forecast::run(&stack, &arguments, format).await,
        Command::Sale(arguments) => sale::run(&stack, &arguments, format).await,
        Command::History(arguments) => history::run(&stack, &arguments, format).await,
        Command::Events(arguments) => events::run(&stack, &arguments, format).await,
        Command::Projections => projections::run(&stack, format).await,
        Command::Import(arguments) => import::run(&stack, &arguments, format).await,
        Command::Migrate(arguments) => migrate::run(&stack, &arguments, format).await,
        Command::Projection(arguments) => projection::run(&stack, &arguments, format).await,
        Command::Parked(arguments) => parked::run(&stack, &arguments, format).await,
        Command::Relay(arguments) => relay::run(&stack, &arguments, format).await,
        Command::Lease(arguments) => lease::run(&stack, &arguments, format).await,
        Command::Partition(arguments) => partition::run(&stack, &arguments, format).await,
        Command::Archive(arguments) => archive::run(&stack, &arguments, format).await,
        Command::Tenant(arguments) => tenant::run(&stack, &arguments, format).await,
        Command::Verify(arguments) => verify::run(&stack, &arguments, format).await,
        Command::Token(arguments) => token::run(&stack, &arguments, format),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}
