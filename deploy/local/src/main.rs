//! The binary behind the scripts in `deploy/`. One sentence on stderr and status 1 when something is
//! missing; the scripts build it and pass their arguments on.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use local_stack::keys::SigningKey;
use local_stack::nats::container;
use local_stack::servers::{self, Leg};
use local_stack::stack::up::{self, Wishes};
use local_stack::stack::{LOG, detach, down};
use local_stack::{console, places};

/// Runs a whole Salgslogg on one machine.
#[derive(Debug, Parser)]
#[command(name = "local-stack")]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Start the stack and stay until Ctrl-C
    #[command(name = "up", bin_name = "./deploy/up")]
    Up {
        /// Return when the stack is ready; ./deploy/down stops it
        #[arg(long)]
        detach: bool,
        /// Do not load the demo tenant
        #[arg(long)]
        no_demo: bool,
        /// The clone (set by the script)
        #[arg(long, default_value = ".", hide = true)]
        root: PathBuf,
        /// Be the launcher of a detached stack
        #[arg(long, hide = true)]
        behind: bool,
        /// Run programs built with optimisation (default)
        #[arg(long, conflicts_with = "debug")]
        release: bool,
        /// Run programs built without optimisation
        #[arg(long)]
        debug: bool,
    },
    /// Stop the stack
    #[command(name = "down", bin_name = "./deploy/down")]
    Down {
        /// Delete its state as well
        #[arg(long)]
        wipe: bool,
        /// The clone (set by the script)
        #[arg(long, default_value = ".", hide = true)]
        root: PathBuf,
    },
    /// Print nats.conf for containers, with an account for each tenant that reads the stream
    NatsConf {
        /// Slugs of tenants with a consumer of their own
        tenants: Vec<String>,
    },
    /// Make a signing key and its key set (signing.pem, jwks.json) in a folder, for trials without an identity provider
    Keys {
        /// The folder
        folder: PathBuf,
    },
    /// Print the versions of Postgres the tests run on: the oldest installed one, then the pinned one if it is another
    PostgresLegs,
    /// Run a command with the servers the tests need
    WithServers {
        /// Use the pinned Postgres also where another one is installed
        #[arg(long)]
        pinned: bool,
        /// The command and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match start(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            console::warn(format_args!("salgslogg: {}", console::sentence(&error)));
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> Result<ExitCode> {
    if let Order::Up { behind: true, .. } = arguments.order {
        detach::new_session()?;
    }
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the launcher cannot start")?
        .block_on(obey(arguments.order))
}

async fn obey(order: Order) -> Result<ExitCode> {
    match order {
        Order::Up { detach: true, no_demo, root, .. } => detach::start(&root, !no_demo).await,
        Order::Up { no_demo, root, behind, .. } => {
            up::run(&root, Wishes { demo: !no_demo, behind }).await?;
            Ok(ExitCode::SUCCESS)
        }
        Order::Down { wipe, root } => {
            down::run(&root, wipe).await?;
            Ok(ExitCode::SUCCESS)
        }
        Order::NatsConf { tenants } => {
            console::say(container::configuration(LOG, &tenants).trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Order::Keys { folder } => {
            places::closed_folder(&folder)?;
            SigningKey::load_or_create(&folder)?;
            Ok(ExitCode::SUCCESS)
        }
        Order::PostgresLegs => {
            servers::legs()?.iter().for_each(console::say);
            Ok(ExitCode::SUCCESS)
        }
        Order::WithServers { pinned, command } => {
            servers::around(&command, if pinned { Leg::Pinned } else { Leg::Oldest }).await
        }
    }
}
