//! Real processes over one log: nats-server and any number of both services, killed, paused and started again as a test
//! likes. Owns where they listen; must not know what they are asked.

mod member;
mod moved;
mod process;
mod seen;

use std::path::{Path, PathBuf};
use std::time::Duration;

use event_store::EventStore;
use event_store::testing::TestDatabase;
use local_stack::nats::{Server, Users};
use nix::sys::signal::Signal;
use service_runtime::Clock;
use service_runtime::auth::{DevelopmentIssuer, TokenRequest};

use crate::eventually::eventually;
use crate::log_ok::{Contradiction, Evidence, LogOk, jetstream};
use crate::world::{fresh_database, variable};

pub use member::Member;
pub use process::program;
use process::{AUDIENCE, ISSUER, Process};

/// How long followers may take to reach the head after the last fault: a lease's time and the work itself.
const CATCH_UP_AT_MOST: Duration = Duration::from_secs(120);

/// Where a debug build is to die.
const FAULT_POINT: &str = "SALGSLOGG_FAULT_POINT";

/// The processes and what they share.
pub struct Fleet {
    /// Log and read models.
    pub database: TestDatabase,
    /// The log, with the rights of command-service.
    pub store: EventStore,
    nats: Server,
    command: Vec<Process>,
    query: Vec<Process>,
    issuer: DevelopmentIssuer,
    folder: Option<tempfile::TempDir>,
}

impl Fleet {
    /// Starts a NATS server and so many of each service, and waits until all are ready.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start(commands: usize, queries: usize) -> Self {
        Self::start_told(commands, queries, &[]).await
    }

    /// As [`start`](Self::start), with more settings for every service: variables and their values.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start_told(commands: usize, queries: usize, told: &[(&str, &str)]) -> Self {
        Self::start_with(fresh_database().await, (commands, queries), told).await
    }

    /// As [`start_told`](Self::start_told), over a migrated log of the caller's, whose cluster it may kill.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start_with(
        database: TestDatabase,
        (commands, queries): (usize, usize),
        told: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let nats = own_nats(folder.path()).await;
        Self::start_over(database, nats, folder, (commands, queries), told).await
    }

    async fn start_over(
        database: TestDatabase,
        nats: Server,
        folder: tempfile::TempDir,
        (commands, queries): (usize, usize),
        told: &[(&str, &str)],
    ) -> Self {
        // a stranger who took a port in between must not believe our tokens
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(service_runtime::ids::new_id().as_bytes());
        let issuer = DevelopmentIssuer::from_seed(seed, ISSUER, AUDIENCE);
        let jwks = folder.path().join("jwks.json");
        std::fs::write(&jwks, issuer.jwks()).expect("the key set is written");
        let at = |name: String| Place { name, folder: folder.path(), jwks: &jwks };
        let command: Vec<_> = (0..commands)
            .map(|n| Process::command(&at(format!("command-{n}")), &database, &nats))
            .collect();
        let query: Vec<_> = (0..queries)
            .map(|n| Process::query(&at(format!("query-{n}")), &database, &nats))
            .collect();
        let store = database.store();
        let mut fleet =
            Self { database, store, nats, command, query, issuer, folder: Some(folder) };
        for member in fleet.services() {
            if let Some(process) = fleet.process(member) {
                process.tell(told);
            }
            fleet.start_again(member).await;
        }
        fleet
    }

    /// Every service.
    pub fn services(&self) -> Vec<Member> {
        let commands = (0..self.command.len()).map(Member::Command);
        commands.chain((0..self.query.len()).map(Member::Query)).collect()
    }

    /// Everything that can be killed.
    pub fn members(&self) -> Vec<Member> {
        self.services().into_iter().chain([Member::Nats]).collect()
    }

    fn process(&mut self, member: Member) -> Option<&mut Process> {
        match member {
            Member::Nats => None,
            Member::Command(n) => self.command.get_mut(n),
            Member::Query(n) => self.query.get_mut(n),
        }
    }

    /// kill -9.
    pub async fn kill(&mut self, member: Member) {
        match self.process(member) {
            Some(process) => process.kill().await,
            None => self.nats.kill9().await,
        }
    }

    /// Starts a killed one again and waits until it is ready; nothing happens to one that runs.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn start_again(&mut self, member: Member) {
        if let Some(process) = self.process(member) {
            process.start_again().await;
        } else if self.nats.pid().is_none() {
            self.nats.start_again().await.expect("nats-server starts again");
        }
    }

    /// Restarts a service that dies when it passes `point` (`name` or `name:n`, see `service_runtime::fault_point`).
    /// It may die before it is ready.
    ///
    /// # Panics
    /// When it cannot be started at all.
    pub async fn arm(&mut self, member: Member, point: &str) {
        let Some(process) = self.process(member) else { return };
        process.kill().await;
        process.forget(FAULT_POINT);
        process.tell(&[(FAULT_POINT, point)]);
        process.start_once();
    }

    /// Waits until an armed service is ready; it lives until it passes its point.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn start_armed(&mut self, member: Member) {
        if let Some(process) = self.process(member) {
            process.start_again().await;
        }
    }

    /// Restarts a service with other settings: variables and their values.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn restart_told(&mut self, member: Member, told: &[(&str, &str)]) {
        let Some(process) = self.process(member) else { return };
        process.kill().await;
        for (variable, _) in told {
            process.forget(variable);
        }
        process.tell(told);
        process.start_again().await;
    }

    /// Starts an armed one that died again, as if nothing had been.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn disarm(&mut self, member: Member) {
        let Some(process) = self.process(member) else { return };
        process.forget(FAULT_POINT);
        process.kill().await;
        process.start_again().await;
    }

    /// Stops a service in the middle of whatever it does (SIGSTOP).
    pub fn pause(&mut self, member: Member) {
        if let Some(process) = self.process(member) {
            process.signal(Signal::SIGSTOP);
        }
    }

    /// Lets it go on as if no time had passed (SIGCONT).
    pub fn resume(&mut self, member: Member) {
        if let Some(process) = self.process(member) {
            process.signal(Signal::SIGCONT);
        }
    }

    /// Addresses of the write side.
    pub fn command_urls(&self) -> Vec<String> {
        self.command.iter().map(Process::url).collect()
    }

    /// Addresses of the read side.
    pub fn query_urls(&self) -> Vec<String> {
        self.query.iter().map(Process::url).collect()
    }

    /// A token of tenant `demo` that may do everything.
    pub fn token(&self) -> String {
        self.issuer.token(&TokenRequest {
            tenant: "demo",
            sub: "ola",
            roles: &["importer"],
            groups: &["north"],
            issued_at: Clock::system().now(),
            valid_for: Duration::from_secs(24 * 3600),
        })
    }

    /// The rest of every lease's time goes by.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn leases_end(&self) {
        for text in [
            "UPDATE es_ops.relay SET lease_until = '-infinity'",
            "UPDATE es_ops.process SET lease_until = '-infinity'",
            "UPDATE es_ops.projection_part SET lease_until = '-infinity'",
        ] {
            sqlx::query(text).execute(self.database.owner()).await.expect("leases end");
        }
    }

    /// Waits until stream and read models are at the head of the log, which nobody moves any more.
    ///
    /// # Panics
    /// When they do not get there.
    pub async fn settled(&self) {
        let head = self.store.head().await.expect("the log answers");
        eventually("the read models reach the head", CATCH_UP_AT_MOST, async || {
            let behind = "SELECT count(*) FROM es_ops.projection LEFT JOIN es_ops.projection_part AS part USING (name, generation)
                           WHERE state = 'live' AND coalesce(part.position, 0) <> $1";
            sqlx::query_scalar::<_, i64>(behind).bind(head).fetch_one(self.database.owner()).await.ok() == Some(0)
        })
        .await;
        eventually("the stream reaches the head", CATCH_UP_AT_MOST, async || {
            self.last_sequence().await == Some(head)
        })
        .await;
    }

    /// Last sequence of the stream; none while there is no stream.
    pub async fn last_sequence(&self) -> Option<i64> {
        let stream = jetstream(&self.nats).await.ok()?.get_stream("SALES_1").await.ok()?;
        i64::try_from(stream.cached_info().state.last_sequence).ok()
    }

    /// The judgement after a fault.
    ///
    /// # Errors
    /// The first contradiction.
    pub async fn log_ok(&self) -> Result<LogOk, Contradiction> {
        let read_side = self.database.owner();
        Evidence { store: &self.store, nats: Some(&self.nats), read_side }.log_ok().await
    }
}

/// A server of a fleet's own, with one tenant and an operator.
async fn own_nats(folder: &Path) -> Server {
    let users = Users::new(1).and_then(|users| users.with_tenant("demo"));
    let users = users.and_then(Users::with_operator).expect("random passwords");
    let binary = PathBuf::from(variable("SALGSLOGG_TEST_NATS_SERVER"));
    let nats = Server::start(&binary, &folder.join("nats"), users, None).await;
    nats.expect("nats-server starts")
}

impl Drop for Fleet {
    /// The logs of a fleet that failed are kept.
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            let _kept = folder.keep();
        }
    }
}

/// Where a process keeps its files.
pub(crate) struct Place<'a> {
    pub(crate) name: String,
    pub(crate) folder: &'a Path,
    pub(crate) jwks: &'a Path,
}
