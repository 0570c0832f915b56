//! A relay falls asleep in the middle of its work, is overtaken, and wakes up as if nothing had been (N4, case 22).

use std::time::Duration;

use system_tests::counts::{self, Rounds};
use system_tests::eventually::eventually;
use system_tests::{Fleet, Member};

use super::takeover::leader;
use super::traffic::Traffic;

/// Longer than a lease and the pause until the next claim.
const PATIENCE: Duration = Duration::from_secs(60);

async fn more(traffic: &Traffic, count: usize) {
    let goal = traffic.done() + count;
    eventually("clients go on", PATIENCE, async || traffic.done() >= goal).await;
}

async fn leads(fleet: &Fleet) -> usize {
    let mut found = None;
    eventually("one of them relays", PATIENCE, async || {
        found = leader(fleet).await;
        found.is_some()
    })
    .await;
    found.unwrap()
}

/// The stream goes on past where it stood, so somebody publishes.
async fn stream_goes_on(fleet: &Fleet) {
    let head = fleet.store.head().await.unwrap();
    eventually("the stream goes on", PATIENCE, async || fleet.last_sequence().await >= Some(head))
        .await;
}

async fn a_relay_sleeps_and_wakes_up() {
    let mut fleet = Fleet::start(2, 1).await;
    let traffic = Traffic::start(&fleet, 4).await;
    let sleeper = leads(&fleet).await;
    more(&traffic, 5).await;
    fleet.pause(Member::Command(sleeper));
    fleet.leases_end().await;
    stream_goes_on(&fleet).await;
    more(&traffic, 10).await;
    stream_goes_on(&fleet).await;
    fleet.resume(Member::Command(sleeper));
    more(&traffic, 10).await;
    traffic.look_up(&fleet);
    let acknowledged = traffic.end().await;
    fleet.settled().await;
    acknowledged.are_in(&fleet.store).await;
    let found = fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.messages, Some(found.log.head), "no hole, no duplicate");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_slept_through_its_lease_adds_nothing_and_takes_nothing() {
    let mut rounds = Rounds::of("N4", &[]);
    for _ in 0..counts::runs(2, 20) {
        rounds.held(a_relay_sleeps_and_wakes_up()).await;
    }
    rounds.end();
}
