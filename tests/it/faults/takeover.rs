//! Whoever holds a lease dies or falls asleep: another process takes over by itself, and the sleeper does no harm.

use std::collections::BTreeSet;
use std::time::Duration;

use system_tests::eventually::eventually;
use system_tests::{Fleet, Member};
use uuid::Uuid;

use super::traffic::Traffic;

/// Longer than any lease and the pause until the next claim.
const PATIENCE: Duration = Duration::from_secs(60);

/// The command-service that relays, by its own metrics.
pub(super) async fn leader(fleet: &Fleet) -> Option<usize> {
    for (n, url) in fleet.command_urls().into_iter().enumerate() {
        let text = reqwest::get(format!("{url}/metrics")).await.ok()?.text().await.ok()?;
        let leads =
            |line: &str| line.starts_with("salgslogg_relay_leading{") && line.ends_with(" 1");
        if text.lines().any(leads) {
            return Some(n);
        }
    }
    None
}

/// Case 2, with a lease that runs out by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_relay_had_committed_is_published_by_the_other_one() {
    let mut fleet = Fleet::start(2, 1).await;
    let mut relaying = None;
    eventually("one of them relays", PATIENCE, async || {
        relaying = leader(&fleet).await;
        relaying.is_some()
    })
    .await;
    fleet.kill(Member::Nats).await;
    let traffic = Traffic::start(&fleet, 3).await;
    eventually("commands are stored", PATIENCE, async || traffic.done() >= 30).await;
    let acknowledged = traffic.end().await;
    fleet.kill(Member::Command(relaying.unwrap())).await;
    fleet.start_again(Member::Nats).await;
    fleet.settled().await;
    assert!(acknowledged.are_in(&fleet.store).await >= 30);
    let found = fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.messages, Some(found.log.head), "no hole, no duplicate");
}

async fn owners(fleet: &Fleet) -> BTreeSet<Uuid> {
    let text = "SELECT lease_owner FROM es_ops.projection_part WHERE lease_owner IS NOT NULL";
    sqlx::query_scalar(text).fetch_all(fleet.database.owner()).await.unwrap().into_iter().collect()
}

/// Case 35 with SIGSTOP: whoever of the two projects is put to sleep, overtaken, and woken up again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_slept_through_its_lease_does_no_harm_when_it_wakes_up() {
    let mut fleet = Fleet::start(1, 2).await;
    let traffic = Traffic::start(&fleet, 4).await;
    let mut seen = BTreeSet::new();
    for sleeper in [Member::Query(0), Member::Query(1), Member::Query(0)] {
        let goal = traffic.done() + 20;
        eventually("clients go on", PATIENCE, async || traffic.done() >= goal).await;
        fleet.pause(sleeper);
        fleet.leases_end().await;
        let passed = fleet.store.head().await.unwrap();
        eventually("the other one goes on", PATIENCE, async || {
            let least = "SELECT coalesce(min(position), 0) FROM es_ops.projection_part";
            let least: i64 =
                sqlx::query_scalar(least).fetch_one(fleet.database.owner()).await.unwrap();
            least >= passed
        })
        .await;
        seen.extend(owners(&fleet).await);
        fleet.resume(sleeper);
    }
    assert_eq!(seen.len(), 2, "the lanes changed hands");
    traffic.end().await;
    fleet.settled().await;
    fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}
