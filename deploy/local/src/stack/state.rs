//! What a clone remembers between two starts: ports, passwords, how far the demo got. One file,
//! closed to others.

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::nats::Users;
use crate::places::Places;
use crate::stack::{DEMO_TENANT, LOG};
use crate::{keys, ports, random};

/// Ports the services take when nobody else has them, as the contract names them.
const COMMAND_PORT: u16 = 8080;
const QUERY_PORT: u16 = 8081;

/// The memory of one clone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// Ports on the loopback address.
    pub ports: Ports,
    /// Passwords of the Postgres logins.
    pub passwords: Passwords,
    /// NATS users with their passwords.
    pub nats: Users,
    /// How far the demo got.
    #[serde(default)]
    pub demo: Demo,
}

/// Ports of the last start.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ports {
    /// command-service.
    pub command: Option<u16>,
    /// projection-service.
    pub query: Option<u16>,
    /// Postgres.
    pub postgres: Option<u16>,
    /// NATS: clients and monitor.
    pub nats: Option<(u16, u16)>,
}

/// Passwords of the logins the launcher makes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Passwords {
    /// `salgslogg_command`.
    pub command: String,
    /// `salgslogg_projector`.
    pub projector: String,
    /// `salgslogg_query`.
    pub query: String,
    /// `salgslogg_operator`.
    pub operator: String,
    /// `salgslogg_auditor`; a clone of an earlier release has none yet.
    #[serde(default)]
    pub auditor: String,
}

impl Passwords {
    /// The password of one of `event_store::roles::LOGINS`.
    ///
    /// # Panics
    /// For any other purpose.
    #[must_use]
    pub fn of(&self, purpose: &str) -> &str {
        let all = [
            ("command", &self.command),
            ("projector", &self.projector),
            ("query", &self.query),
            ("operator", &self.operator),
            ("auditor", &self.auditor),
        ];
        let found = all.into_iter().find(|(name, _)| *name == purpose);
        found.expect("invariant: every login has a password").1
    }
}

/// The demo tenant's history is told relative to the day it was first loaded, so that loading it
/// again says the same.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Demo {
    /// When loading began, RFC 3339.
    pub began: Option<String>,
    /// Whether all of it was accepted.
    pub complete: bool,
}

impl State {
    /// The state in `.local/`, new when there is none.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn load_or_create(places: &Places) -> Result<Self> {
        let path = places.at("state.json");
        match fs::read(&path) {
            Ok(bytes) => {
                let mut state: Self = serde_json::from_slice(&bytes).with_context(|| {
                    format!("{} is damaged; ./deploy/down --wipe starts over", path.display())
                })?;
                if state.passwords.auditor.is_empty() {
                    state.passwords.auditor = random::password()?;
                    state.save(places)?;
                }
                Ok(state)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let state = Self::new()?;
                state.save(places)?;
                Ok(state)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn new() -> Result<Self> {
        Ok(Self {
            ports: Ports::default(),
            passwords: Passwords {
                command: random::password()?,
                projector: random::password()?,
                query: random::password()?,
                operator: random::password()?,
                auditor: random::password()?,
            },
            nats: Users::new(LOG)?.with_tenant(DEMO_TENANT)?,
            demo: Demo::default(),
        })
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn save(&self, places: &Places) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).context("the state is JSON")?;
        keys::write_private(&places.at("state.json"), &text)
    }

    /// Ports for the services: those of last time, else the usual ones, else free ones.
    ///
    /// # Errors
    /// When no port is free.
    pub fn choose_service_ports(&mut self) -> Result<()> {
        let command = ports::prefer(self.ports.command.or(Some(COMMAND_PORT)))?;
        let mut query = ports::prefer(self.ports.query.or(Some(QUERY_PORT)))?;
        while query == command {
            query = ports::free()?;
        }
        self.ports.command = Some(command);
        self.ports.query = Some(query);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_passwords_are_the_same_after_a_restart() {
        let clone = tempfile::tempdir().unwrap();
        let places = Places::of(clone.path()).unwrap();
        places.create().unwrap();
        let mut first = State::load_or_create(&places).unwrap();
        first.choose_service_ports().unwrap();
        first.save(&places).unwrap();
        let mut second = State::load_or_create(&places).unwrap();
        second.choose_service_ports().unwrap();
        assert_eq!(second.ports.command, first.ports.command);
        assert_eq!(second.passwords.query, first.passwords.query);
        assert_eq!(second.nats, first.nats);
    }

    #[test]
    fn a_damaged_state_says_how_to_start_over() {
        let clone = tempfile::tempdir().unwrap();
        let places = Places::of(clone.path()).unwrap();
        places.create().unwrap();
        fs::write(places.at("state.json"), "{").unwrap();
        let told = State::load_or_create(&places).unwrap_err().to_string();
        assert!(told.contains("--wipe"), "{told}");
    }
}
