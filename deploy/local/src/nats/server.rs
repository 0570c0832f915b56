//! One nats-server process: started over a folder, stopped, killed, wiped, started again on the same
//! port. Everything it stores can be rebuilt from the log in Postgres.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use service_runtime::clock::{Stopwatch, back_off};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Users;
use crate::process::{Program, Running};
use crate::{console, keys, pidfile, places, ports, random};

/// How often a start is tried when somebody else takes a port in between.
const START_ATTEMPTS: u32 = 5;
/// Longest greeting that is read.
const GREETING_MAX_BYTES: u64 = 16 * 1024;
/// How long reading the stored streams may take.
const START_AT_MOST: Duration = Duration::from_secs(120);

/// A server and, while it runs, its process. Dropped, it is killed; its folder stays.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    folder: PathBuf,
    users: Users,
    port: u16,
    monitor: u16,
    log: PathBuf,
    /// The other servers of its cluster, if it has one.
    route: Option<Route>,
    running: Option<Running>,
}

/// How a server of a cluster finds the others, on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// Where this one listens for the others.
    pub(super) port: u16,
    /// Where each of the cluster listens, this one included.
    pub(super) all: Vec<u16>,
}

impl Route {
    fn configuration(&self) -> String {
        let others = self.all.iter().filter(|port| **port != self.port);
        let others: Vec<_> = others.map(|port| format!("nats://127.0.0.1:{port}")).collect();
        format!(
            "cluster {{\n  name: salgslogg\n  listen: 127.0.0.1:{}\n  routes: [{}]\n}}\n",
            self.port,
            others.join(", ")
        )
    }
}

impl Server {
    /// Starts a server over `folder` (created if missing) for `users`, on `ports` (clients, monitor)
    /// if they are free, else on others. Ends an orphan that still runs there.
    ///
    /// # Errors
    /// One sentence on why it does not start, with the server's own last words.
    pub async fn start(
        binary: &Path,
        folder: &Path,
        users: Users,
        ports: Option<(u16, u16)>,
    ) -> Result<Self> {
        Self::start_logging_to(binary, folder, users, ports, folder.join("log")).await
    }

    /// As [`Server::start`], with its log in a file of the caller's choice.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_logging_to(
        binary: &Path,
        folder: &Path,
        users: Users,
        ports: Option<(u16, u16)>,
        log: PathBuf,
    ) -> Result<Self> {
        let mut server = Self::stopped(binary, folder, users, ports, log)?;
        server.start_again().await?;
        Ok(server)
    }

    /// A server of a cluster; the others need not be there yet.
    pub(super) async fn start_routed(
        binary: &Path,
        folder: &Path,
        users: Users,
        route: Route,
    ) -> Result<Self> {
        let mut server = Self::stopped(binary, folder, users, None, folder.join("log"))?;
        server.route = Some(route);
        server.start_again().await?;
        Ok(server)
    }

    fn stopped(
        binary: &Path,
        folder: &Path,
        users: Users,
        ports: Option<(u16, u16)>,
        log: PathBuf,
    ) -> Result<Self> {
        places::closed_folder(folder)?;
        Ok(Self {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            users,
            port: ports::prefer(ports.map(|(port, _)| port))?,
            monitor: ports::prefer(ports.map(|(_, monitor)| monitor))?,
            log,
            route: None,
            running: None,
        })
    }

    /// Starts a stopped or killed server again over the same folder, on the same ports if free.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_again(&mut self) -> Result<()> {
        self.start_again_within(START_AT_MOST).await
    }

    /// As [`Server::start_again`], for who waits no longer than this: some damage to its files keeps a server reading
    /// them for ever.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_again_within(&mut self, at_most: Duration) -> Result<()> {
        for attempt in 1..=START_ATTEMPTS {
            Self::end_left_over(&self.folder).await?;
            self.port = ports::prefer(Some(self.port))?;
            self.monitor = ports::prefer(Some(self.monitor).filter(|port| *port != self.port))?;
            let mut text = self.users.configuration(&self.name(), &self.store(), self.ports());
            text.extend(self.route.as_ref().map(Route::configuration));
            keys::write_private(&self.folder.join("nats.conf"), text.as_bytes())?;
            let mut running = Running::start(&self.program())?;
            pidfile::write(&self.folder.join("pid"), running.pid())?;
            match console::during("starting NATS", self.ready(&mut running, at_most)).await {
                Ok(()) => {
                    self.running = Some(running);
                    return Ok(());
                }
                Err(_) if attempt < START_ATTEMPTS && !self.both_ports_free() => {}
                Err(error) => return Err(error),
            }
        }
        bail!("NATS found no free port")
    }

    fn both_ports_free(&self) -> bool {
        ports::is_free(self.port) && ports::is_free(self.monitor)
    }

    /// Ends a server that still runs over `folder`.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn end_left_over(folder: &Path) -> Result<()> {
        let Some(orphan) = pidfile::living(&folder.join("pid")) else { return Ok(()) };
        let patience =
            [(Signal::SIGTERM, Duration::from_secs(15)), (Signal::SIGKILL, Duration::from_secs(5))];
        let what = "stopping a NATS server that outlived its launcher";
        if !console::during(what, orphan.end(&patience)).await {
            bail!("an older NATS server (process {}) cannot be stopped", orphan.pid);
        }
        Ok(())
    }

    fn program(&self) -> Program {
        Program {
            name: "NATS".into(),
            path: self.binary.clone(),
            arguments: vec!["-c".into(), self.folder.join("nats.conf").into_os_string()],
            variables: Vec::new(),
            log: self.log.clone(),
            account: None,
            when_orphaned: Signal::SIGTERM,
        }
    }

    /// A name that tells this server from another clone's on the same port.
    #[must_use]
    pub fn name(&self) -> String {
        let digest = Sha256::digest(self.folder.as_os_str().as_encoded_bytes());
        format!("salgslogg-{}", random::hex(&digest[..6]))
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// Waits until it greets a client, which it does once its streams are read.
    async fn ready(&self, running: &mut Running, at_most: Duration) -> Result<()> {
        let watch = Stopwatch::start();
        while watch.elapsed() < at_most {
            if running.ended().is_some() {
                bail!(running.obituary());
            }
            if greets(self.port, &self.name()).await {
                return Ok(());
            }
            back_off(Duration::from_millis(15)).await;
        }
        bail!(
            "{} within {} s; it stores nothing that the log does not: without its folder {} it starts anew and is filled \
             again",
            running.obituary(),
            at_most.as_secs(),
            self.store().display()
        )
    }

    /// Stops it cleanly; after 20 s not so cleanly.
    pub async fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let patience = [
                (Signal::SIGTERM, Duration::from_secs(20)),
                (Signal::SIGKILL, Duration::from_secs(5)),
            ];
            console::during("stopping NATS", running.end(&patience)).await;
        }
    }

    /// kill -9.
    pub async fn kill9(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end(&[(Signal::SIGKILL, Duration::from_secs(5))]).await;
        }
    }

    /// Stops a running server and deletes every stream and consumer it has stored.
    ///
    /// # Errors
    /// When the files cannot be deleted.
    pub async fn wipe(&mut self) -> Result<()> {
        self.stop().await;
        match fs::remove_dir_all(self.store()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).context("cannot delete the files of NATS")
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether it has ended by itself, and how; `None` while it runs or after a stop.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.running.as_mut().and_then(Running::ended)
    }

    /// One clause on how it ended, with its last words.
    #[must_use]
    pub fn obituary(&self) -> String {
        self.running.as_ref().map_or_else(|| "NATS was stopped".into(), Running::obituary)
    }

    /// Its process number while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        self.running.as_ref().map(Running::pid)
    }

    /// Ports on 127.0.0.1: clients, monitor.
    #[must_use]
    pub fn ports(&self) -> (u16, u16) {
        (self.port, self.monitor)
    }

    /// The users it knows.
    #[must_use]
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// `nats://user:password@host:port` of a user. Clients must set the inbox prefix `_INBOX_<user>`.
    ///
    /// # Panics
    /// When no user has that name.
    #[must_use]
    pub fn url_for(&self, user: &str) -> String {
        let user = self.users.find(user).expect("invariant: asked for a user the server was given");
        format!("nats://{}:{}@127.0.0.1:{}", user.name, user.password, self.port)
    }

    /// `http://host:port` of the monitor (`/healthz`, `/varz`, `/jsz`).
    #[must_use]
    pub fn monitor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitor)
    }
}

/// Whether the NATS server called `name` greets on `port`.
async fn greets(port: u16, name: &str) -> bool {
    let greeting = async {
        let connection = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let mut line = String::new();
        BufReader::new(connection).take(GREETING_MAX_BYTES).read_line(&mut line).await.ok()?;
        (line.starts_with("INFO ") && line.contains(name)).then_some(())
    };
    timeout(Duration::from_secs(1), greeting).await.ok().flatten().is_some()
}
