//! A standby takes over under load, by the runbook: with synchronous replication nothing that was answered is missing;
//! without it the loss is told in two numbers (item 8, negative control).

use std::time::Duration;

use event_store::relay_row::relay_state;
use local_stack::account;
use local_stack::postgres::Cluster;
use system_tests::eventually::{eventually, eventually_told};
use system_tests::{Fleet, Member, counts, own_cluster};

use super::traffic::Traffic;
use crate::runbook::Shell;

const PAGE: &str = "standby.md";
const PATIENCE: Duration = Duration::from_secs(60);
const SERVICES: [Member; 2] = [Member::Command(0), Member::Query(0)];

async fn worked(traffic: &Traffic, more: usize) {
    let goal = traffic.done() + more;
    eventually("clients go on", PATIENCE, async || traffic.done() >= goal).await;
}

/// A primary, its standby, and what runs over the primary.
struct Pair {
    primary: Cluster,
    standby: Cluster,
    fleet: Fleet,
    password: String,
    _folder: tempfile::TempDir,
}

/// Nothing is lost by kill -9 without `fsync`, and the disk is spared.
fn settings() -> Vec<(&'static str, String)> {
    vec![("fsync", "off".to_owned())]
}

impl Pair {
    async fn start() -> Self {
        let folder = own_cluster::open_folder();
        let place = folder.path().join("primary");
        let primary = own_cluster::start_told(&place, settings()).await;
        let fleet = Fleet::start_with(own_cluster::database(&primary).await, (1, 1), &[]).await;
        let password = std::fs::read_to_string(place.join("superuser.password")).unwrap();
        let beside = folder.path().join("standby");
        std::fs::create_dir(&beside).unwrap();
        let account = account::for_cluster(&place).unwrap();
        std::fs::write(beside.join("superuser.password"), &password).unwrap();
        if let Some(account) = account {
            account.own(&beside).unwrap();
            account.own(&beside.join("superuser.password")).unwrap();
        }
        let data = beside.join("data");
        let variables = [("STANDBY", data.to_str().unwrap())];
        let shell = shell(&primary, &password, &variables).by(account);
        shell.run(PAGE, "Beforehand: a standby").await;
        let standby = own_cluster::start_told(&beside, settings()).await;
        Self { primary, standby, fleet, password, _folder: folder }
    }

    async fn streaming(&self) {
        let question = "SELECT application_name || ' ' || state FROM pg_stat_replication";
        eventually_told("the standby follows", PATIENCE, async || {
            let seen = sqlx::query_scalar::<_, String>(question);
            let seen = seen.fetch_all(self.fleet.database.owner()).await;
            match seen {
                Ok(seen) if seen == ["standby streaming"] => Ok(()),
                other => Err(format!("{other:?}; it says: {}", self.last_words())),
            }
        })
        .await;
    }

    /// The end of the standby's log.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.standby.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// The primary dies, the standby is promoted, the services are started again with its address.
    async fn take_over(&mut self) {
        self.primary.kill().await;
        shell(&self.standby, &self.password, &[]).run(PAGE, "Promote").await;
        for member in SERVICES {
            self.fleet.kill(member).await;
        }
        let copied = self.fleet.database.copied_to(&self.standby.url("postgres"));
        self.fleet.moved(copied);
        self.fleet.leases_end().await;
        for member in SERVICES {
            self.fleet.start_again(member).await;
        }
    }
}

fn shell(cluster: &Cluster, password: &str, more: &[(&str, &str)]) -> Shell {
    let port = cluster.port().to_string();
    let named = [
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", &port),
        ("PGUSER", "postgres"),
        ("PGPASSWORD", password.trim()),
    ];
    Shell::new(Some(cluster.bin()), &[&named[..], more].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_synchronous_standby_promoted_under_load_misses_no_acknowledged_command() {
    let mut pair = Pair::start().await;
    pair.streaming().await;
    shell(&pair.primary, &pair.password, &[]).run(PAGE, "Beforehand: make it synchronous").await;
    let synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    eventually("it is synchronous", PATIENCE, async || {
        let count = sqlx::query_scalar::<_, i64>(synchronous);
        count.fetch_one(pair.fleet.database.owner()).await.is_ok_and(|count| count == 1)
    })
    .await;
    let traffic = Traffic::start(&pair.fleet, 4).await;
    worked(&traffic, counts::runs(60, 600)).await;
    pair.take_over().await;
    traffic.look_up(&pair.fleet);
    worked(&traffic, 30).await;
    let acknowledged = traffic.end().await;
    assert!(acknowledged.are_in(&pair.fleet.store).await >= 90);
    pair.fleet.settled().await;
    assert_eq!(relay_state(&pair.fleet.store).await.unwrap().halted, None);
    pair.fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}

/// Without the synchronous standby the same fault loses what was answered; nobody passes over it in silence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_an_asynchronous_standby_loses_commands_and_everybody_halts_with_two_numbers() {
    let mut pair = Pair::start().await;
    pair.streaming().await;
    let traffic = Traffic::start(&pair.fleet, 3).await;
    worked(&traffic, 30).await;
    pair.standby.stop().await;
    worked(&traffic, 30).await;
    traffic.end().await;
    pair.fleet.settled().await;
    let ahead = pair.fleet.store.head().await.unwrap();
    for member in SERVICES {
        pair.fleet.kill(member).await;
    }
    // the standby comes back only after the primary is gone
    pair.primary.kill().await;
    pair.standby.start_again().await.unwrap();
    pair.take_over().await;
    let behind = pair.fleet.store.head().await.unwrap();
    assert!(behind < ahead, "acknowledged commands are missing: {behind} of {ahead}");
    let halted = async || relay_state(&pair.fleet.store).await.unwrap().halted;
    eventually("the relay has halted", PATIENCE, async || halted().await.is_some()).await;
    let numbers = format!("stream ahead of the log: stream at {ahead}, log at {behind}");
    assert_eq!(halted().await, Some(numbers));
    let operator = pair.fleet.database.url_for("salgslogg_operator");
    let runbook = Shell::new(None, &[("DATABASE_URL", &operator)]);
    runbook.run("point-in-time.md", "Make the stream anew").await;
    eventually("it goes on", PATIENCE, async || halted().await.is_none()).await;
    pair.fleet.settled().await;
    pair.fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}
