//! One of the two services as a child process: its settings, its start, whether it is ready.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::Signal;
use service_runtime::clock::{Stopwatch, back_off};

use crate::places::Places;
use crate::process::{Program, Running};
use crate::stack::database::Urls;
use crate::stack::state::State;
use crate::stack::{DEMO_TENANT, LOG, http};
use crate::{console, keys, pidfile, ports};

/// How long a service may take until it is ready.
const READY_AT_MOST: Duration = Duration::from_secs(120);
/// The services by name, which is also that of their binaries.
const COMMAND: &str = "command-service";
const QUERY: &str = "projection-service";
/// How a service is stopped: it answers what it accepted, then ends.
const PATIENCE: [(Signal, Duration); 2] =
    [(Signal::SIGTERM, Duration::from_secs(30)), (Signal::SIGKILL, Duration::from_secs(5))];

/// What both services are told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Postgres, by purpose.
    pub urls: Urls,
    /// The key set tokens are checked against.
    pub jwks: PathBuf,
    /// NATS as the relay.
    pub relay_url: String,
    /// NATS as the projection.
    pub projection_url: String,
}

/// One service.
pub struct Service {
    program: Program,
    pid_file: PathBuf,
    port: u16,
    proof: String,
    running: Option<Running>,
}

impl Service {
    /// command-service.
    #[must_use]
    pub fn command(places: &Places, state: &State, settings: &Settings, binary: &Path) -> Self {
        let own = [
            ("SALGSLOGG_LOG_URL", settings.urls.command.clone()),
            ("SALGSLOGG_NATS_URL", settings.relay_url.clone()),
            ("SALGSLOGG_NATS_TENANT_CONSUMERS", DEMO_TENANT.to_owned()),
        ];
        let port = state.ports.command.unwrap_or_default();
        Self::new(places, state, settings, binary, (COMMAND, port, own.into()))
    }

    /// projection-service.
    #[must_use]
    pub fn query(places: &Places, state: &State, settings: &Settings, binary: &Path) -> Self {
        let own = [
            ("SALGSLOGG_LOG_URL", settings.urls.projector.clone()),
            ("SALGSLOGG_READ_URL", settings.urls.projector.clone()),
            ("SALGSLOGG_QUERY_URL", settings.urls.query.clone()),
            ("SALGSLOGG_NATS_URL", settings.projection_url.clone()),
        ];
        let port = state.ports.query.unwrap_or_default();
        Self::new(places, state, settings, binary, (QUERY, port, own.into()))
    }

    fn new(
        places: &Places,
        state: &State,
        settings: &Settings,
        binary: &Path,
        (name, port, own): (&str, u16, Vec<(&str, String)>),
    ) -> Self {
        let console = state.ports.query.unwrap_or_default();
        let shared = vec![
            ("SALGSLOGG_LISTEN", format!("127.0.0.1:{port}")),
            ("SALGSLOGG_LOG_ID", LOG.to_string()),
            ("SALGSLOGG_JWKS", settings.jwks.to_string_lossy().into_owned()),
            ("SALGSLOGG_JWT_ISSUER", keys::ISSUER.to_owned()),
            ("SALGSLOGG_JWT_AUDIENCE", keys::AUDIENCE.to_owned()),
            (
                "SALGSLOGG_CORS_ORIGINS",
                format!("http://127.0.0.1:{console},http://localhost:{console}"),
            ),
        ];
        let variables = shared.into_iter().chain(own).map(|(name, value)| (name.to_owned(), value));
        let program = Program {
            name: name.to_owned(),
            path: binary.to_owned(),
            arguments: Vec::new(),
            variables: variables.collect(),
            log: places.log(name),
            account: None,
            when_orphaned: Signal::SIGTERM,
        };
        Self { program, pid_file: places.pid_file(name), port, proof: String::new(), running: None }
    }

    /// Starts it. `proof` is a token of this stack: who takes it later is this service, and not
    /// another clone's on the same port.
    ///
    /// # Errors
    /// When the system cannot start it.
    pub fn start(&mut self, proof: &str) -> Result<()> {
        self.proof = proof.to_owned();
        self.start_again()
    }

    /// Starts it once more.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn start_again(&mut self) -> Result<()> {
        let running = Running::start(&self.program)?;
        pidfile::write(&self.pid_file, running.pid())?;
        self.running = Some(running);
        Ok(())
    }

    /// Whether it has ended while somebody else listens on its port.
    pub fn lost_its_port(&mut self) -> bool {
        self.ended() && !ports::is_free(self.port)
    }

    /// Waits until it is ready.
    ///
    /// # Errors
    /// When it ends before, or takes too long.
    pub async fn ready(&mut self) -> Result<()> {
        let what = format!("waiting for {}", self.program.name);
        console::during(&what, self.ready_unseen()).await
    }

    async fn ready_unseen(&mut self) -> Result<()> {
        let client = http::client()?;
        let question = format!("{}/readyz", self.url());
        let watch = Stopwatch::start();
        while watch.elapsed() < READY_AT_MOST {
            if self.ended() {
                bail!("{}; its log is {}", self.obituary(), self.program.log.display());
            }
            if http::succeeds(&client, &question).await
                && http::takes(&client, &self.url(), &self.proof).await
            {
                return Ok(());
            }
            back_off(Duration::from_millis(50)).await;
        }
        bail!(
            "{} is not ready after {} s; its log is {}",
            self.program.name,
            READY_AT_MOST.as_secs(),
            self.program.log.display()
        )
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.ended().is_some())
    }

    /// One clause on how it ended, with its last words.
    #[must_use]
    pub fn obituary(&self) -> String {
        let stopped = || format!("{} was stopped", self.program.name);
        self.running.as_ref().map_or_else(stopped, Running::obituary)
    }

    /// Tells it to stop, without waiting.
    pub fn ask_to_stop(&mut self) {
        if let Some(running) = &mut self.running {
            running.signal(Signal::SIGTERM);
        }
    }

    /// Stops it.
    pub async fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let what = format!("stopping {}", self.program.name);
            console::during(&what, running.end(&PATIENCE)).await;
        }
        drop(std::fs::remove_file(&self.pid_file));
    }
}

/// Stops services that outlived a killed launcher.
///
/// # Errors
/// When one cannot be stopped.
pub async fn end_orphans(places: &Places) -> Result<()> {
    for name in [QUERY, COMMAND] {
        if let Some(orphan) = pidfile::living(&places.pid_file(name)) {
            let what = format!("stopping a {name} that outlived its launcher");
            if !console::during(&what, orphan.end(&PATIENCE)).await {
                bail!("an older {name} (process {}) cannot be stopped", orphan.pid);
            }
        }
    }
    Ok(())
}
