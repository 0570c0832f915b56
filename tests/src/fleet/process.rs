//! One service as a process of its own: its settings, its start, whether it is ready.

use std::path::PathBuf;
use std::time::Duration;

use event_store::testing::TestDatabase;
use local_stack::nats::Server;
use local_stack::ports;
use local_stack::process::{Program, Running};
use nix::sys::signal::Signal;
use service_runtime::clock::{Stopwatch, back_off};

use super::Place;

pub(super) const ISSUER: &str = "https://salgslogg.test";
pub(super) const AUDIENCE: &str = "salgslogg";

/// How long a start may take, recovery and port hunting included.
const READY_AT_MOST: Duration = Duration::from_secs(60);

pub(super) struct Process {
    program: Program,
    port: u16,
    running: Option<Running>,
    client: reqwest::Client,
}

/// One of our programs, where cargo built it: found from this test's own place.
///
/// # Panics
/// When it is not built.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it lies");
    let deps = test.parent().expect("invariant: a file lies in a folder");
    let path = deps.parent().expect("invariant: tests lie below the programs").join(name);
    assert!(path.exists(), "{} is not built; ./deploy/test builds it", path.display());
    path
}

impl Process {
    pub(super) fn command(place: &Place<'_>, database: &TestDatabase, nats: &Server) -> Self {
        let own = [
            ("SALGSLOGG_LOG_URL", database.url_for("salgslogg_command")),
            ("SALGSLOGG_NATS_URL", nats.url_for("relay")),
            ("SALGSLOGG_NATS_TENANT_CONSUMERS", "demo".to_owned()),
            // a log that stands still when its clients do
            ("SALGSLOGG_NOTICES", "false".to_owned()),
        ];
        Self::new(place, "command-service", &own)
    }

    pub(super) fn query(place: &Place<'_>, database: &TestDatabase, nats: &Server) -> Self {
        let projector = database.url_for("salgslogg_projector");
        let own = [
            ("SALGSLOGG_LOG_URL", projector.clone()),
            ("SALGSLOGG_READ_URL", projector),
            ("SALGSLOGG_QUERY_URL", database.url_for("salgslogg_query")),
            ("SALGSLOGG_NATS_URL", nats.url_for("projection")),
        ];
        Self::new(place, "projection-service", &own)
    }

    fn new(place: &Place<'_>, name: &str, own: &[(&str, String)]) -> Self {
        let shared = [
            ("SALGSLOGG_JWKS", place.jwks.to_string_lossy().into_owned()),
            ("SALGSLOGG_JWT_ISSUER", ISSUER.to_owned()),
            ("SALGSLOGG_JWT_AUDIENCE", AUDIENCE.to_owned()),
        ];
        let variables = shared.iter().chain(own);
        let program = Program {
            name: place.name.clone(),
            path: program(name),
            arguments: Vec::new(),
            variables: variables.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            log: place.folder.join(format!("{}.log", place.name)),
            account: None,
            when_orphaned: Signal::SIGKILL,
        };
        let port = ports::free().expect("a port is free");
        // the process has one provider; a second test finds it installed already
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
        Self { program, port, running: None, client: client.expect("an HTTP client") }
    }

    /// More settings; they hold from the next start on.
    pub(super) fn tell(&mut self, variables: &[(&str, &str)]) {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.program.variables.extend(owned);
    }

    /// A setting less; it holds from the next start on.
    pub(super) fn forget(&mut self, variable: &str) {
        self.program.variables.retain(|(name, _)| name != variable);
    }

    /// Whether it has ended, of whatever cause.
    pub(super) fn ended(&mut self) -> bool {
        self.running.as_mut().is_none_or(|running| running.ended().is_some())
    }

    /// What it has written so far.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.program.log).expect("a process has a log")
    }

    /// Asks it to stop, as an operator does, and waits; answers whether it ended well.
    pub(super) async fn stop(&mut self) -> bool {
        let Some(mut running) = self.running.take() else { return false };
        running.end(&[(Signal::SIGTERM, READY_AT_MOST), (Signal::SIGKILL, READY_AT_MOST)]).await;
        running.ended().is_some_and(|status| status.success())
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn signal(&mut self, signal: Signal) {
        if let Some(running) = &mut self.running {
            running.signal(signal);
        }
    }

    pub(super) async fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end(&[(Signal::SIGKILL, Duration::from_secs(10))]).await;
        }
    }

    /// Starts it unless it runs, on its old port if nobody took it, and waits until it is ready.
    pub(super) async fn start_again(&mut self) {
        let watch = Stopwatch::start();
        while !self.ready().await {
            let ended = self.running.as_mut().is_none_or(|running| running.ended().is_some());
            if ended {
                assert!(watch.elapsed() < READY_AT_MOST, "{}", self.obituary());
                self.spawn();
            }
            assert!(watch.elapsed() < READY_AT_MOST, "{} is not ready", self.program.name);
            back_off(Duration::from_millis(25)).await;
        }
    }

    /// Starts it and does not wait.
    pub(super) fn start_once(&mut self) {
        self.spawn();
    }

    fn obituary(&self) -> String {
        self.running.as_ref().map_or_else(|| self.program.name.clone(), Running::obituary)
    }

    fn spawn(&mut self) {
        self.port = ports::prefer(Some(self.port)).expect("a port is free");
        let listen = ("SALGSLOGG_LISTEN".to_owned(), format!("127.0.0.1:{}", self.port));
        self.program.variables.retain(|(name, _)| *name != listen.0);
        self.program.variables.push(listen);
        self.running = Some(Running::start(&self.program).expect("a program can be started"));
    }

    async fn ready(&mut self) -> bool {
        if self.running.as_mut().is_none_or(|running| running.ended().is_some()) {
            return false;
        }
        let answer = self.client.get(format!("{}/readyz", self.url())).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}
