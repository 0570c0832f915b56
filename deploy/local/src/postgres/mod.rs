//! A private Postgres cluster: created once, started on a loopback port with password logins, stopped
//! cleanly or killed, started again over the same folder. Knows nothing of schemas.
//!
//! ```text
//! let tools = toolchain::postgres(Wanted::Oldest, account).await?;
//! let mut cluster = Cluster::start(&tools, folder, Options::for_tests()).await?;
//! let pool = PgPool::connect(&cluster.url("postgres")).await?;
//! cluster.kill().await;                 // kill -9 of every process of it
//! cluster.start_again().await?;         // same folder, same port, committed rows are there
//! cluster.stop().await;
//! ```

mod create;
mod orphans;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::Signal;
use service_runtime::clock::{Stopwatch, back_off};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};

use crate::account::{self, Account};
use crate::last_words::last_words;
use crate::process::{Program, Running};
use crate::toolchain::PostgresTools;
use crate::{console, ports};

/// Ends whatever still runs over the cluster in `folder`.
///
/// # Errors
/// When a process cannot be ended.
pub async fn end_left_over(folder: &Path) -> Result<()> {
    orphans::end_all(&folder.join("data")).await
}

/// The superuser of every private cluster.
pub const SUPERUSER: &str = "postgres";
/// How often a start is tried when somebody else takes the port in between.
const START_ATTEMPTS: u32 = 5;
/// How long recovery after a crash may take.
const RECOVERY_AT_MOST: Duration = Duration::from_secs(600);

/// Whether commits survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every commit is forced to disk.
    Full,
    /// Nothing is forced to disk: survives kill -9, not a power cut. For tests only.
    Relaxed,
}

/// How a cluster runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port to take if it is free; else, and for `None`, any free one.
    pub port: Option<u16>,
    /// Whether commits survive a power cut.
    pub durability: Durability,
    /// `max_connections`.
    pub max_connections: u32,
    /// The log file; `None` = `log` in the cluster's folder.
    pub log: Option<PathBuf>,
    /// More settings, as `("name", "value")`.
    pub settings: Vec<(&'static str, String)>,
}

impl Options {
    /// For a stack that keeps what it is told.
    #[must_use]
    pub fn durable() -> Self {
        Self {
            port: None,
            durability: Durability::Full,
            max_connections: 100,
            log: None,
            settings: vec![("shared_buffers", "256MB".into()), ("max_wal_size", "2GB".into())],
        }
    }

    /// For many short-lived databases at once: 300 connections, nothing forced to disk.
    #[must_use]
    pub fn for_tests() -> Self {
        Self {
            durability: Durability::Relaxed,
            max_connections: 300,
            settings: vec![
                ("shared_buffers", "256MB".into()),
                ("max_locks_per_transaction", "256".into()),
                ("autovacuum_naptime", "1h".into()),
            ],
            ..Self::durable()
        }
    }
}

/// A cluster and, while it runs, its process. Dropped, it is killed; its folder stays.
#[derive(Debug)]
pub struct Cluster {
    tools: PostgresTools,
    folder: PathBuf,
    options: Options,
    account: Option<Account>,
    password: String,
    port: u16,
    running: Option<Running>,
}

impl Cluster {
    /// Starts the cluster in `folder`, creating it if there is none. Ends an orphan that still runs
    /// there; clears away what a killed one left. Run by root it takes an unprivileged account, which
    /// must be able to enter `folder`.
    ///
    /// # Errors
    /// One sentence on why it does not start, with Postgres' own last words.
    pub async fn start(tools: &PostgresTools, folder: &Path, options: Options) -> Result<Self> {
        let account = account::for_cluster(folder)?;
        orphans::end_all(&folder.join("data")).await?;
        let password = create::cluster(tools, folder, account, options.durability).await?;
        let port = ports::prefer(options.port)?;
        let mut cluster = Self {
            tools: tools.clone(),
            folder: folder.to_owned(),
            options,
            account,
            password,
            port,
            running: None,
        };
        cluster.start_again().await?;
        Ok(cluster)
    }

    /// Starts a stopped or killed cluster again, on the same port if it is free.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn start_again(&mut self) -> Result<()> {
        for attempt in 1..=START_ATTEMPTS {
            orphans::end_all(&self.folder.join("data")).await?;
            self.port = ports::prefer(Some(self.port))?;
            let mut running = Running::start(&self.program())?;
            let ready = console::during("starting Postgres", self.ready(&mut running)).await;
            match ready {
                Ok(()) => {
                    self.running = Some(running);
                    return Ok(());
                }
                Err(_) if attempt < START_ATTEMPTS && !ports::is_free(self.port) => {}
                Err(error) => return Err(error),
            }
        }
        bail!("Postgres found no free port")
    }

    fn program(&self) -> Program {
        let mut settings = vec![
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("port", self.port.to_string()),
            ("unix_socket_directories", String::new()),
            ("max_connections", self.options.max_connections.to_string()),
            ("jit", "off".to_owned()),
            ("timezone", "UTC".to_owned()),
            ("log_timezone", "UTC".to_owned()),
        ];
        if self.options.durability == Durability::Relaxed {
            for name in ["fsync", "synchronous_commit", "full_page_writes"] {
                settings.push((name, "off".to_owned()));
            }
        }
        settings.extend(self.options.settings.iter().cloned());
        let mut arguments = vec![OsString::from("-D"), self.folder.join("data").into_os_string()];
        for (name, value) in settings {
            arguments.extend([OsString::from("-c"), format!("{name}={value}").into()]);
        }
        Program {
            name: "Postgres".into(),
            path: self.tools.bin.join("postgres"),
            arguments,
            variables: self.tools.variables(),
            log: self.log(),
            account: self.account,
            when_orphaned: Signal::SIGINT,
        }
    }

    /// Waits until a superuser can log in; recovery after a crash takes its time.
    async fn ready(&self, running: &mut Running) -> Result<()> {
        let watch = Stopwatch::start();
        while watch.elapsed() < RECOVERY_AT_MOST {
            if running.ended().is_some() {
                bail!(running.obituary());
            }
            if let Ok(connection) = PgConnection::connect_with(&self.login("postgres")).await {
                drop(connection.close().await);
                return Ok(());
            }
            back_off(Duration::from_millis(40)).await;
        }
        let told = last_words(&self.log()).unwrap_or_default();
        bail!("Postgres is not ready after {} s: {told}", RECOVERY_AT_MOST.as_secs())
    }

    /// Stops it cleanly (fast shutdown, checkpoint); after 60 s not so cleanly.
    pub async fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let patience = [
                (Signal::SIGINT, Duration::from_secs(60)),
                (Signal::SIGQUIT, Duration::from_secs(5)),
                (Signal::SIGKILL, Duration::from_secs(5)),
            ];
            console::during("stopping Postgres", running.end(&patience)).await;
        }
    }

    /// kill -9 of the postmaster and of every process of the cluster at one moment, as when the machine dies: a server
    /// process that outlives its postmaster gives up waiting for a standby, and what it waited for becomes visible.
    pub async fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            orphans::freeze_all(&self.folder.join("data"));
            running.end(&[(Signal::SIGKILL, Duration::from_secs(5))]).await;
            orphans::kill_all(&self.folder.join("data")).await;
        }
    }

    /// Whether it has ended by itself, and how; `None` while it runs or after a stop.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.running.as_mut().and_then(Running::ended)
    }

    /// One clause on how it ended, with its last words.
    #[must_use]
    pub fn obituary(&self) -> String {
        self.running.as_ref().map_or_else(|| "Postgres was stopped".into(), Running::obituary)
    }

    /// The process number of the postmaster while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        self.running.as_ref().map(Running::pid)
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The version in full, e.g. `15.18`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.tools.version
    }

    /// The folder with its programs (`psql`, `pgbench`, … where the installation has them).
    #[must_use]
    pub fn bin(&self) -> &Path {
        &self.tools.bin
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.options.log.clone().unwrap_or_else(|| self.folder.join("log"))
    }

    /// `postgres://` URL of the superuser for `database`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.url_as(SUPERUSER, &self.password, database)
    }

    /// `postgres://` URL of another login. Passwords made by this crate need no escaping.
    #[must_use]
    pub fn url_as(&self, login: &str, password: &str, database: &str) -> String {
        format!("postgres://{login}:{password}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    fn login(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username(SUPERUSER)
            .password(&self.password)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
            .disable_statement_logging()
    }
}
