//! kill -9 at fourteen named places (K1): before and after whatever must not be lost, doubled or half done in between.
//! The real programs, under load; each round ends with every acknowledged command found once and answered again under
//! its key, and with "log ok".

use std::process::{Command, Stdio};
use std::time::Duration;

use event_store::testing::TestDatabase;
use serde_json::json;
use system_tests::eventually::eventually;
use system_tests::{Fixture, Fleet, Member, World, counts, program};

use super::seed::{Chance, all_faults, tell};
use super::traffic::Traffic;

/// Clients at work.
const CLIENTS: usize = 6;

/// So many of them where it must not take long; `./deploy/test --faults` takes them all, twenty times.
const POINTS_A_DAY: usize = 5;

/// How long a service may live on before it passes its point.
const SOON: Duration = Duration::from_secs(40);

const COMMAND: Member = Member::Command(0);
const QUERY: Member = Member::Query(0);

/// Who dies where, and at which passing at the latest.
const POINTS: [(Member, &str, usize); 13] = [
    (COMMAND, "execute.before-append", 30),
    (COMMAND, "append.before", 20),
    (COMMAND, "append.during", 40),
    (COMMAND, "append.after-commit", 20),
    (COMMAND, "execute.before-answer", 30),
    (COMMAND, "relay.before-publish", 60),
    (COMMAND, "relay.after-ack", 15),
    (COMMAND, "relay.after-note", 1),
    (COMMAND, "process.before-commit", 3),
    (QUERY, "projector.before-checkpoint", 8),
    (QUERY, "projector.before-commit", 8),
    (QUERY, "projector.after-commit", 8),
    (COMMAND, "drain", 1),
];

/// One death under load, and the life after it.
async fn die_at(fleet: &mut Fleet, traffic: &Traffic, member: Member, point: &str) {
    fleet.arm(member, point).await;
    fleet.leases_end().await;
    if point.starts_with("drain") {
        fleet.start_armed(member).await;
        traffic.look_up(fleet);
        traffic.goes_on(3).await;
        assert!(!fleet.stop(member).await, "it died before it had stopped");
    } else {
        traffic.look_up(fleet);
        eventually(&format!("{member} dies at {point}"), SOON, async || fleet.ended(member)).await;
    }
    fleet.disarm(member).await;
    fleet.leases_end().await;
    traffic.look_up(fleet);
    traffic.goes_on(5).await;
}

async fn round(chance: &mut Chance, points: &[(Member, &str, usize)]) -> usize {
    let mut fleet = Fleet::start(1, 1).await;
    let traffic = Traffic::start(&fleet, CLIENTS).await;
    for (member, point, latest) in chance.shuffled(points.to_vec()) {
        let point = format!("{point}:{}", 1 + chance.below(latest));
        tell(&point);
        die_at(&mut fleet, &traffic, member, &point).await;
    }
    traffic.repeats_are_answered_as_before(&fleet).await;
    let acknowledged = traffic.end().await;
    fleet.leases_end().await;
    fleet.settled().await;
    let commands = acknowledged.are_in(&fleet.store).await;
    let found = fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    tell(&format!("{commands} commands acknowledged, {} events", found.log.head));
    points.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_named_point_nothing_is_lost_or_doubled_k1() {
    let mut chance = Chance::told();
    let mut points = POINTS.to_vec();
    if !all_faults() {
        // every day some of them, so that all have their turn within days
        points = chance.shuffled(points);
        points.truncate(POINTS_A_DAY);
    }
    for _ in 0..counts::runs(1, 20) {
        let seed = chance.seed();
        let deaths = round(&mut chance, &points).await;
        counts::tell("K1", deaths, 0, &[seed]);
    }
}

/// `salgslogg migrate`; whether it ended well.
fn migrate(database: &TestDatabase, point: Option<&str>) -> bool {
    let mut command = Command::new(program("salgslogg"));
    command.arg("migrate").env("DATABASE_URL", database.superuser_url());
    if let Some(point) = point {
        command.env("SALGSLOGG_FAULT_POINT", point);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

#[tokio::test]
async fn a_migration_killed_midway_is_done_by_the_next_one_k1() {
    let mut chance = Chance::told();
    let (seed, runs) = (chance.seed(), counts::runs(1, 20));
    for _ in 0..runs {
        let database = TestDatabase::create().await;
        let point = format!("migrate.midway:{}", 1 + chance.below(12));
        tell(&point);
        assert!(!migrate(&database, Some(&point)), "it was not killed at {point}");
        assert!(migrate(&database, None), "the next one does not go on after {point}");
        let world = World::over(database).await;
        let fixture = Fixture::set_up(&world).await;
        fixture.sale(&world, "2026-01-12T09:00:00Z", "Fjord ERP", json!({})).await;
        world.query.run_until_caught_up().await.unwrap();
        world.log_ok().await.unwrap_or_else(|error| panic!("after {point}: {error}"));
    }
    counts::tell("K1", runs, 0, &[seed]);
}
