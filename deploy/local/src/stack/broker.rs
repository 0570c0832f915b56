//! The stack's NATS: a private server, or the existing one of `SALGSLOGG_NATS_URL`.

use std::process::ExitStatus;

use anyhow::Result;

use crate::nats::Server;
use crate::places::Places;
use crate::stack::state::State;
use crate::{environment, toolchain};

/// Where the relay publishes.
pub enum Broker {
    /// A server of this clone.
    Private(Box<Server>),
    /// Somebody else's server, by its address; its owner decides who may do what there.
    Existing(String),
}

impl Broker {
    /// Starts the private server, or looks up the existing one.
    ///
    /// # Errors
    /// One sentence on what is missing.
    pub async fn start(places: &Places, state: &mut State) -> Result<Self> {
        if let Some(url) = environment::nats_url() {
            return Ok(Self::Existing(url));
        }
        let binary = toolchain::nats_server().await?;
        let (folder, users) = (places.at("nats"), state.nats.clone());
        let (ports, log) = (state.ports.nats, places.log("nats"));
        let server = Server::start_logging_to(&binary, &folder, users, ports, log).await?;
        state.ports.nats = Some(server.ports());
        state.save(places)?;
        Ok(Self::Private(Box::new(server)))
    }

    /// One line for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Private(server) => {
                let (port, monitor) = server.ports();
                format!("NATS on 127.0.0.1:{port} (monitor http://127.0.0.1:{monitor})")
            }
            Self::Existing(_) => "NATS at SALGSLOGG_NATS_URL (yours)".to_owned(),
        }
    }

    /// The address with the credentials of a user.
    #[must_use]
    pub fn url_for(&self, user: &str) -> String {
        match self {
            Self::Private(server) => server.url_for(user),
            Self::Existing(url) => url.clone(),
        }
    }

    /// Whether a private server has ended by itself.
    pub fn ended(&mut self) -> Option<(ExitStatus, String)> {
        match self {
            Self::Private(server) => server.ended().map(|status| (status, server.obituary())),
            Self::Existing(_) => None,
        }
    }

    /// Starts a private server again after it ended; its port must be the same.
    ///
    /// # Errors
    /// When it does not start, or somebody took its port.
    pub async fn start_again(&mut self) -> Result<()> {
        if let Self::Private(server) = self {
            let (port, _) = server.ports();
            server.start_again().await?;
            anyhow::ensure!(
                server.ports().0 == port,
                "another program took port {port} of NATS meanwhile; start the stack again"
            );
        }
        Ok(())
    }

    /// Stops a private server.
    pub async fn stop(&mut self) {
        if let Self::Private(server) = self {
            server.stop().await;
        }
    }
}
