//! Who judges the judge: an untouched world is in order, and each promise that is broken by force is found and named.

use command_service::relay::{Pumped, encode};
use serde_json::json;
use sqlx::AssertSqlSafe;
use system_tests::{Fixture, World};

/// A world with a sale, published and projected.
async fn in_order() -> World {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    for title in ["Fjord ERP 2", "Fjord ERP 3"] {
        fixture.on(&world, &sale, "edit", json!({ "title": title })).await;
    }
    world.caught_up().await;
    let mut relay = world.command.relay().unwrap().unwrap();
    let head = world.head().await;
    let mut last = None;
    // a machine that has other things to do may answer late, which is no matter of this room
    for _ in 0..10 {
        match relay.pump().await {
            Pumped::UpTo(position) if position == head => return world,
            other => last = Some(other),
        }
    }
    panic!("the relay does not get to {head}: {last:?}");
}

async fn by_force(world: &World, text: &str) {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(world.database.owner()).await.unwrap();
}

/// Damages, and what is said of it.
async fn found(world: &World, damage: &str) -> String {
    by_force(world, damage).await;
    match world.log_ok().await {
        Ok(found) => panic!("{damage} was not found: {found:?}"),
        Err(contradiction) => contradiction.to_string(),
    }
}

#[tokio::test]
async fn a_world_nobody_touched_is_in_order() {
    let world = in_order().await;
    let head = world.head().await;
    let found = world.log_ok().await.unwrap();
    assert_eq!((found.log.head, found.messages), (head, Some(head)));
    let rows = |name| found.rows.iter().find(|(model, _)| *model == name).map(|(_, rows)| *rows);
    assert!(rows("sale").is_some_and(|rows| rows > 10), "{found:?}");
    assert_eq!(found.rows.len(), read_models::all().len());
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM es_ops.projection WHERE generation > 1")
            .fetch_one(world.database.owner())
            .await
            .unwrap();
    assert_eq!(left, 0, "the judgement leaves nothing behind");
}

/// From the end of the log to its beginning, since the first contradiction is the one that is told.
#[tokio::test]
async fn a_broken_promise_of_the_log_is_named() {
    let world = in_order().await;
    let head = world.head().await;
    by_force(&world, "ALTER TABLE es.event DISABLE TRIGGER USER; ALTER TABLE es.batch DISABLE TRIGGER USER; SET session_replication_role = replica").await;
    let force = |text: &str| format!("SET session_replication_role = replica; {text}");
    let chain = force(
        "UPDATE es.batch SET chain_hash = sha256('x') WHERE last_position = (SELECT max(last_position) FROM es.batch)",
    );
    let told = found(&world, &chain).await;
    let chain = format!("the log: position {head}: the chain hash does not fit its batch");
    assert!(told.starts_with(&chain), "{told}");
    let payload =
        force(&format!("UPDATE es.event SET payload = '{{}}' WHERE position = {}", head - 1));
    let told = found(&world, &payload).await;
    let hash = format!("the log: position {}: the content hash does not fit the content", head - 1);
    assert!(told.starts_with(&hash), "{told}");
    let version = force("UPDATE es.event SET stream_version = 7 WHERE position = 5");
    let told = found(&world, &version).await;
    assert!(told.starts_with("the log: position 5: the version within the stream"), "{told}");
    let hole = force("DELETE FROM es.event WHERE position = 2");
    assert!(found(&world, &hole).await.starts_with("the log: position 2: a hole"));
}

#[tokio::test]
async fn a_read_model_that_is_not_what_the_log_makes_of_it_is_named() {
    let world = in_order().await;
    let (head, past) = (
        world.head().await,
        "UPDATE es_ops.projection_part SET position = position - 1 WHERE name = 'sale'",
    );
    let told = found(&world, past).await;
    let stands = format!("read model position {}: sale stands elsewhere", head - 1);
    assert!(told.starts_with(&stands) && told.contains(&format!("expected {head}")), "{told}");
    by_force(
        &world,
        "UPDATE es_ops.projection_part SET position = position + 1 WHERE name = 'sale'",
    )
    .await;
    world.log_ok().await.unwrap();

    let told =
        found(&world, "UPDATE rm_sale_1.sale_version SET title = 'Fjord' WHERE version = 2").await;
    assert!(told.contains("sale: sale_version, stream "), "{told}");
    assert!(told.contains("(stored title \"Fjord\""), "{told}");
    by_force(&world, "UPDATE rm_sale_1.sale_version SET title = 'Fjord ERP 2' WHERE version = 2")
        .await;
    world.log_ok().await.unwrap();

    let told = found(&world, "DELETE FROM rm_sale_1.sale_version WHERE version = 3").await;
    assert!(told.contains("sale_version") && told.contains("stored no row"), "{told}");
    let told = found(&world, "DELETE FROM rm_sale_1.stage_version").await;
    assert!(told.contains("stored no row"), "{told}");
}

#[tokio::test]
async fn a_stream_that_tells_another_history_is_named() {
    let world = in_order().await;
    let head = world.head().await;
    let nats = world.operator().await;
    let rows = world.store().read_after(0, 1_000).await.unwrap();
    for (what, said) in [
        ("last missing", format!("position {head}: the stream ends before the log")),
        ("middle missing", "position 3: the message is missing".to_owned()),
        ("other bytes", "position 4: the bytes of the message".to_owned()),
        ("other event", "position 6: the subject of the message".to_owned()),
        ("shifted", "position 1: the subject of the message".to_owned()),
    ] {
        nats.delete_stream("SALES_1").await.unwrap();
        let config = async_nats::jetstream::stream::Config {
            name: "SALES_1".into(),
            subjects: vec!["sales.1.>".into()],
            ..Default::default()
        };
        let stream = nats.create_stream(config).await.unwrap();
        for row in &rows {
            let mut place = row;
            match (what, row.position) {
                ("last missing", position) if position == head => continue,
                ("other event", 6) => place = &rows[6],
                ("shifted", position) => place = &rows[usize::try_from(position % head).unwrap()],
                _ => {}
            }
            let mut message = encode(place).unwrap();
            if (what, row.position) == ("other bytes", 4) {
                message.payload = "{}".into();
            }
            message.headers.insert("Nats-Expected-Last-Sequence", (row.position - 1).to_string());
            let ack = nats.publish_with_headers(message.subject, message.headers, message.payload);
            ack.await.unwrap().await.unwrap();
        }
        if what == "middle missing" {
            stream.delete_message(3).await.unwrap();
        }
        let told = world.log_ok().await.unwrap_err().to_string();
        assert!(told.starts_with(&format!("the stream, {said}")), "{what}: {told}");
    }
}
