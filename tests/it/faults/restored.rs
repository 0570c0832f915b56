//! A database comes back from a backup: the read side a day old, or the log itself with what came after it lost.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use command_service::relay::{NatsAddress, Pumped, Relay, Settings};
use event_store::relay_row::relay_state;
use event_store::testing::TestDatabase;
use serde_json::{Value, json};
use service_runtime::config::Secret;
use sqlx::{Connection, PgExecutor};
use system_tests::eventually::eventually;
use system_tests::log_ok::Evidence;
use system_tests::{Fixture, Fleet, Member, Snapshot, World, program, query_config};

use super::traffic::Traffic;

/// A projection-service whose read models lie in a database of their own.
pub async fn reading_apart(world: &World, read_side: &TestDatabase) -> projection_service::App {
    let mut config = query_config(&world.database, &world.issuer, world.nats.as_ref());
    config.read_url = Secret::new(read_side.url_for("salgslogg_projector"));
    config.query_url = Secret::new(read_side.url_for("salgslogg_query"));
    projection_service::App::connect(config, world.clock.clone()).await.unwrap()
}

/// Whether every read model stands at `head`; one that has no checkpoint yet does not.
async fn all_at(head: i64, asked: impl PgExecutor<'_>) -> bool {
    let text = "SELECT position FROM es_ops.projection_part ORDER BY name";
    let checkpoints: Vec<i64> = sqlx::query_scalar(text).fetch_all(asked).await.unwrap_or_default();
    checkpoints == vec![head; read_models::all().len()]
}

/// A day's work: so many sales, of which the stream keeps the last hundred events at most.
async fn a_day(world: &World, fixture: &Fixture, relay: &mut Relay, day: &str) {
    for n in 0..60 {
        let sale =
            fixture.sale(world, "2026-03-01T08:00:00Z", &format!("{day} {n}"), json!({})).await;
        for title in ["a", "b"] {
            fixture.on(world, &sale, "edit", json!({"title": format!("{day} {n} {title}")})).await;
        }
    }
    let head = world.head().await;
    // on a busy machine an acknowledgement may come too late for one step
    eventually(
        "the day is published",
        Duration::from_secs(60),
        async || matches!(relay.pump().await, Pumped::UpTo(position) if position >= head),
    )
    .await;
}

/// Case 45, under a projection-service that runs on and knows of no restore.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_side_restored_a_day_back_goes_on_from_its_own_checkpoint() {
    let world = World::with_nats().await;
    let read_side = TestDatabase::create().await;
    read_models::schema::migrate(&mut read_side.superuser().await).await.unwrap();
    let relay_url = world.nats.as_ref().unwrap().url_for("relay");
    let settings = Settings { max_msgs: 100, ..Settings::default() };
    let mut relay =
        Relay::new(world.store().clone(), NatsAddress::parse(&relay_url).unwrap(), settings);
    let fixture = Fixture::set_up(&world).await;
    a_day(&world, &fixture, &mut relay, "Monday").await;
    let app = Arc::new(reading_apart(&world, &read_side).await);
    app.start_workers(&world.tasks);
    let patience = Duration::from_secs(60);
    let monday = world.head().await;
    let at = async |head: i64| all_at(head, read_side.owner()).await;
    eventually("Monday is projected", patience, async || at(monday).await).await;
    let backup = Snapshot::take(&read_side, &world.database).await;

    a_day(&world, &fixture, &mut relay, "Tuesday").await;
    let tuesday = world.head().await;
    eventually("Tuesday is projected", patience, async || at(tuesday).await).await;
    let first = world.operator().await.get_stream("SALES_1").await.unwrap();
    let first = i64::try_from(first.cached_info().state.first_sequence).unwrap();
    assert!(first > monday + 1, "the stream has forgotten the beginning of Tuesday");

    // asked before it is put back: the lanes go on at once
    let mut copy = backup.look_into(&world.database).await;
    assert!(all_at(monday, &mut copy).await, "the backup is of Monday");
    copy.close().await.unwrap();
    backup.restore(&world.database).await;
    a_day(&world, &fixture, &mut relay, "Wednesday").await;
    let wednesday = world.head().await;
    eventually("Tuesday and Wednesday are projected", patience, async || at(wednesday).await).await;
    let evidence =
        Evidence { store: world.store(), nats: world.nats.as_ref(), read_side: read_side.owner() };
    let found = evidence.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.messages, Some(100));
}

/// `salgslogg relay …` as an operator calls it: what it answers, else what it complains of.
pub(super) async fn relay_command(fleet: &Fleet, arguments: &[&str]) -> Result<Value, String> {
    let output = tokio::process::Command::new(program("salgslogg"))
        .env("DATABASE_URL", fleet.database.url_for("salgslogg_operator"))
        .args(["--json", "relay"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Case 32 with its runbook: stop the services, restore, start them, look, `salgslogg relay reset`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_log_halts_everybody_with_both_numbers_until_the_stream_is_made_anew() {
    let mut fleet = Fleet::start(1, 1).await;
    let beside = TestDatabase::create_empty().await;
    let traffic = Traffic::start(&fleet, 4).await;
    let worked = |more| {
        let goal = traffic.done() + more;
        let traffic = &traffic;
        async move {
            eventually("clients go on", Duration::from_secs(60), async || traffic.done() >= goal)
                .await;
        }
    };
    worked(60).await;
    let backup = Snapshot::take(&fleet.database, &beside).await;
    worked(60).await;
    traffic.end().await;
    fleet.leases_end().await;
    fleet.settled().await;
    let ahead = fleet.store.head().await.unwrap();

    let services = [Member::Command(0), Member::Query(0)];
    for member in services {
        fleet.kill(member).await;
    }
    backup.restore(&beside).await;
    fleet.leases_end().await;
    for member in services {
        fleet.start_again(member).await;
    }
    let behind = fleet.store.head().await.unwrap();
    assert!(behind < ahead);
    let patience = Duration::from_secs(60);
    let state = async || relay_state(&fleet.store).await.unwrap();
    eventually("the relay has halted", patience, async || state().await.halted.is_some()).await;
    let told = state().await;
    assert_eq!(
        told.halted.unwrap(),
        format!("stream ahead of the log: stream at {ahead}, log at {behind}")
    );
    let halted = async || -> Vec<String> {
        let text = "SELECT halted FROM es_ops.projection_part WHERE halted IS NOT NULL";
        sqlx::query_scalar(text).fetch_all(fleet.database.owner()).await.unwrap()
    };
    eventually("the read models have halted", patience, async || !halted().await.is_empty()).await;
    let said = halted().await.swap_remove(0);
    assert!(said.contains(&format!("ends at {ahead}, the log at {behind}")), "{said}");

    let told = relay_command(&fleet, &["status"]).await.unwrap();
    assert_eq!((&told["halted"]["code"], &told["head"]), (&json!("stream_ahead"), &json!(behind)));
    let unasked = relay_command(&fleet, &["reset"]).await.unwrap_err();
    assert!(unasked.contains("give --yes to delete the stream SALES_1"), "{unasked}");
    let outside = (behind + 2).to_string();
    relay_command(&fleet, &["reset", "--yes", "--from", &outside]).await.unwrap_err();
    let told = relay_command(&fleet, &["reset", "--yes"]).await.unwrap();
    assert_eq!((&told["generation"], &told["reset_done"]["from"]), (&json!(2), &json!(1)));
    let done = async || {
        let state = state().await;
        state.halted.is_none() && state.stream_gen == 2
    };
    eventually("the stream is made anew", patience, done).await;
    eventually("nobody halts", patience, async || halted().await.is_empty()).await;
    fleet.settled().await;
    fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}
