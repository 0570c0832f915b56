//! The stack of one clone: what `./deploy/up` starts and `./deploy/down` stops.
//!
//! Order of start: Postgres, its tables and logins, NATS, command-service, projection-service, demo.
//! Order of stop: the services, NATS, Postgres. State lies in `.local/` ([`crate::places`]).

pub mod broker;
pub mod caught_up;
pub mod database;
pub mod demo;
pub mod detach;
pub mod down;
pub mod env_file;
pub mod http;
pub mod service;
pub mod state;
pub mod up;
pub mod watch;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use service_runtime::clock::Clock;

use crate::console::say;
use crate::keys::{self, SigningKey};
use crate::places::Places;
use broker::Broker;
use database::Database;
use env_file::Surroundings;
use service::{Service, Settings};
use state::State;

/// The tenant every local stack starts with.
pub const DEMO_TENANT: &str = "demo";
/// How often the services are started when somebody else takes a port in between.
const START_ATTEMPTS: u32 = 5;
/// The log a local stack writes.
pub const LOG: i16 = 1;

/// Everything that runs. Filled in order of start, emptied in the opposite order.
pub struct Stack {
    places: Places,
    state: State,
    key: SigningKey,
    database: Option<Database>,
    broker: Option<Broker>,
    command: Option<Service>,
    query: Option<Service>,
}

impl Stack {
    /// Reads the state of a clone; starts nothing.
    ///
    /// # Errors
    /// When the state cannot be read or made.
    pub fn of(places: Places) -> Result<Self> {
        let state = State::load_or_create(&places)?;
        let key = SigningKey::load_or_create(&places.at("keys"))?;
        Ok(Self { places, state, key, database: None, broker: None, command: None, query: None })
    }

    /// Starts everything and waits until both services are ready.
    ///
    /// # Errors
    /// One sentence on what did not start.
    pub async fn start(&mut self) -> Result<()> {
        let binaries = Binaries::beside_this_one()?;
        service::end_orphans(&self.places).await?;
        let database = Database::start(&self.places, &mut self.state).await?;
        say(database.describe());
        let urls = self.database.insert(database).prepare(&self.state).await?;
        let broker = Broker::start(&self.places, &mut self.state).await?;
        say(broker.describe());
        let settings = Settings {
            urls,
            jwks: keys::jwks_path(&self.places.at("keys")),
            relay_url: broker.url_for(crate::nats::RELAY),
            projection_url: broker.url_for(crate::nats::PROJECTION),
        };
        self.broker = Some(broker);
        self.start_services(&settings, &binaries).await?;
        self.state.save(&self.places)?;
        env_file::write(&self.places, &self.surroundings()?)
    }

    /// Starts both services and waits for them; with other ports when somebody takes theirs between
    /// the choice and the start.
    async fn start_services(&mut self, settings: &Settings, binaries: &Binaries) -> Result<()> {
        for attempt in 1..=START_ATTEMPTS {
            self.state.choose_service_ports()?;
            let command = Service::command(&self.places, &self.state, settings, &binaries.command);
            let query = Service::query(&self.places, &self.state, settings, &binaries.query);
            self.command = Some(command);
            self.query = Some(query);
            let outcome = self.services_ready().await;
            let lost_a_port = self.services().any(|service| service.lost_its_port());
            match outcome {
                Err(_) if lost_a_port && attempt < START_ATTEMPTS => {
                    for service in self.services() {
                        service.stop().await;
                    }
                }
                Ok(()) | Err(_) => return outcome,
            }
        }
        bail!("the services found no free port")
    }

    async fn services_ready(&mut self) -> Result<()> {
        let tokens = env_file::tokens(&self.key, Clock::system().now())?;
        let proof = tokens.into_iter().find(|(name, _)| *name == "TOKEN_MANAGER");
        let (_, proof) = proof.context("invariant: the manager has a token")?;
        for service in self.services() {
            service.start(&proof)?;
        }
        for service in self.services() {
            service.ready().await?;
        }
        Ok(())
    }

    fn services(&mut self) -> impl Iterator<Item = &mut Service> {
        [&mut self.command, &mut self.query].into_iter().flatten()
    }

    /// What `.local/env` tells.
    ///
    /// # Errors
    /// When the stack does not run or a token cannot be signed.
    pub fn surroundings(&self) -> Result<Surroundings> {
        let (Some(command), Some(query)) = (&self.command, &self.query) else {
            bail!("the stack does not run");
        };
        let database = self.database.as_ref().context("the stack has no database")?;
        let broker = self.broker.as_ref().context("the stack has no broker")?;
        Ok(Surroundings {
            command_url: command.url(),
            query_url: query.url(),
            nats_url: broker.url_for(DEMO_TENANT),
            database_url: database.operator_url(&self.state)?,
            tokens: env_file::tokens(&self.key, Clock::system().now())?,
        })
    }

    /// Stops what runs, in the opposite order of start.
    pub async fn stop(&mut self) {
        // Both are told before either is waited for.
        for service in self.services() {
            service.ask_to_stop();
        }
        for service in self.services() {
            service.stop().await;
        }
        if let Some(broker) = &mut self.broker {
            broker.stop().await;
        }
        if let Some(database) = &mut self.database {
            database.stop().await;
        }
    }
}

/// The programs cargo built beside this one.
struct Binaries {
    command: PathBuf,
    query: PathBuf,
}

impl Binaries {
    fn beside_this_one() -> Result<Self> {
        Ok(Self { command: built("command-service")?, query: built("projection-service")? })
    }
}

/// A program of this workspace, in the folder this program was built into.
///
/// # Errors
/// When cargo has not built it.
pub fn built(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe().context("the launcher does not know where it lies")?;
    let path = this.with_file_name(name);
    if !path.is_file() {
        bail!("{name} is not built; start the stack with ./deploy/up, which builds it");
    }
    Ok(path)
}
