//! NATS is away, or forgets: commands notice nothing, and afterwards everything is where it belongs.

use std::time::Duration;

use command_service::relay::{NatsAddress, Pumped, Relay, Settings};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use system_tests::eventually::eventually;
use system_tests::{Fixture, World};

const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn relay_with(world: &World, settings: Settings) -> Relay {
    let url = world.nats.as_ref().unwrap().url_for("relay");
    Relay::new(world.store().clone(), NatsAddress::parse(&url).unwrap(), settings)
}

/// So many title changes in one bulk request.
pub(super) async fn edits(world: &World, fixture: &Fixture, sale: &str, count: usize) {
    let line = |n| {
        json!({"command": "EditSale", "id": sale, "body": {"title": format!("title {n}")}})
            .to_string()
    };
    let lines: Vec<_> = (0..count).map(line).collect();
    let ask = world.command(Method::POST, "/v1/commands").bearer(&fixture.importer);
    let reply =
        ask.header("content-type", "application/x-ndjson").body(lines.join("\n")).send().await;
    let answers = reply.expect(200).lines();
    assert_eq!(answers.len(), count);
    assert!(answers.iter().all(|answer| answer["status"] == 200), "{:?}", answers.first());
}

/// Case 25, shortened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_go_on_while_nats_is_down_and_the_backlog_drains_in_order() {
    let mut world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    let relay = world.command.relay().unwrap().unwrap();
    let mut status = relay.status();
    world.tasks.spawn(relay.run(world.tasks.token()));
    let before = world.head().await;
    let published = status.wait_for(|status| status.published == before);
    tokio::time::timeout(PATIENCE, published).await.unwrap().unwrap();

    world.nats.as_mut().unwrap().kill9().await;
    for round in 0..5 {
        let world = &world;
        let fixture = &fixture;
        let sales = (0..40).map(|n| async move {
            let body = json!({"title": format!("Sale {round} {n}"), "sale_type": fixture.new});
            world.post(&fixture.importer, "/v1/sales", &body).await.expect(201)
        });
        join_all(sales).await;
        world.caught_up().await;
    }
    let head = world.head().await;
    assert!(head - before >= 200);
    let told = status.wait_for(|status| status.backlog() == head - before);
    tokio::time::timeout(PATIENCE, told).await.expect("the alarm knows").unwrap();

    world.nats.as_mut().unwrap().start_again().await.unwrap();
    let drained = status.wait_for(|status| status.published == head && status.backlog() == 0);
    tokio::time::timeout(PATIENCE, drained).await.unwrap().unwrap();
    let found = world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.messages, Some(head));
}

/// Case 29 as the table has it: a stream of 1 000 messages, 5 000 events while the projection stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retention_overtakes_a_projection_that_stood_still() {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    let mut relay = relay_with(&world, Settings { max_msgs: 1_000, ..Settings::default() });
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    assert!(matches!(relay.pump().await, Pumped::UpTo(_)));
    let stood = world.caught_up().await;
    for _ in 0..5 {
        edits(&world, &fixture, &sale, 1_000).await;
        assert!(matches!(relay.pump().await, Pumped::UpTo(_)));
    }
    let head = world.head().await;
    assert_eq!(head, stood + 5_000);
    let stream = world.operator().await.get_stream("SALES_1").await.unwrap();
    assert_eq!(stream.cached_info().state.first_sequence, (head - 999).unsigned_abs());
    world.caught_up().await;
    let found = world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.messages, Some(1_000));

    edits(&world, &fixture, &sale, 50).await;
    assert!(matches!(relay.pump().await, Pumped::UpTo(_)));
    world.caught_up().await;
    world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}

/// Case 31: nothing is shifted, the read models go on from the log, and the operator's reset ends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_message_stops_the_relay_alone_and_shifts_nothing() {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    let mut relay = world.command.relay().unwrap().unwrap();
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    assert!(matches!(relay.pump().await, Pumped::UpTo(_)));
    let head = world.caught_up().await;
    let nats = world.operator().await;
    let foreign = nats.publish("sales.1.demo.sale.won", "{}".into()).await.unwrap().await.unwrap();
    assert_eq!(foreign.sequence, (head + 1).unsigned_abs());
    edits(&world, &fixture, &sale, 20).await;
    assert!(matches!(relay.pump().await, Pumped::Halted(_)));
    assert!(matches!(relay.pump().await, Pumped::Halted(_)), "and it stays so");
    assert_eq!(world.caught_up().await, head + 20, "read models take the log's word");
    let told = world.log_ok().await.unwrap_err().to_string();
    assert!(told.starts_with("the stream"), "{told}");

    relay.reset().await.unwrap();
    assert!(matches!(relay.pump().await, Pumped::UpTo(position) if position == head + 20));
    world.caught_up().await;
    world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}

/// Takes the notification out of the functions that send it.
async fn lose_wake_ups(world: &World) {
    world.database.rewrite_append("pg_notify(", "concat(").await;
}

/// Case 33: relay, read models and process managers look for themselves, with the stream and without it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_single_wake_up_everything_still_happens() {
    let mut world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    lose_wake_ups(&world).await;
    let mut listener =
        sqlx::postgres::PgListener::connect_with(world.database.owner()).await.unwrap();
    listener.listen("es").await.unwrap();
    world.command.start_workers(&world.tasks).unwrap();
    world.query.start_workers(&world.tasks);
    for (title, nats_is_there) in [("with the stream", true), ("without it", false)] {
        if !nats_is_there {
            world.nats.as_mut().unwrap().kill9().await;
        }
        let sale = fixture.sale(&world, "2026-03-10T08:00:00Z", title, json!({})).await;
        let path = format!("/v1/sales/{sale}");
        let seen =
            async || world.question(&path).bearer(&fixture.importer).send().await.status == 200;
        eventually("the card shows it", PATIENCE, seen).await;
        fixture
            .on(&world, &sale, "stall", json!({"reopen_date": "2026-04-01", "reason": "budget"}))
            .await;
        let open = async || {
            let reply = world.question(&path).bearer(&fixture.importer).send().await;
            reply.expect(200).json()["status"] == "open"
        };
        eventually("the sale is stalled", PATIENCE, async || !open().await).await;
        world.set_clock("2026-04-02T09:00:00Z");
        eventually("the sale is open again", PATIENCE, async || open().await).await;
        world.set_clock("2026-03-10T09:00:00Z");
    }
    world.nats.as_mut().unwrap().start_again().await.unwrap();
    let head = world.head().await;
    let published = async || {
        let stream = world.operator().await.get_stream("SALES_1").await;
        stream.is_ok_and(|stream| stream.cached_info().state.last_sequence == head.unsigned_abs())
    };
    eventually("the stream is complete", PATIENCE, published).await;
    sqlx::query("SELECT pg_notify('es', 'the first')")
        .execute(world.database.owner())
        .await
        .unwrap();
    assert_eq!(listener.recv().await.unwrap().payload(), "the first", "nobody was woken up");
    world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}
