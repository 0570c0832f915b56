//! Corrupted input to the machines that follow the log: named by position, never skipped.

use command_service::relay::{Halt, Pumped};
use serde_json::json;
use sqlx::AssertSqlSafe;
use system_tests::{Fixture, World};

async fn by_force(world: &World, text: &str) {
    let text = format!(
        "ALTER TABLE es.event DISABLE TRIGGER USER; ALTER TABLE es.command DISABLE TRIGGER USER; {text}"
    );
    sqlx::raw_sql(AssertSqlSafe(text)).execute(world.database.owner()).await.unwrap();
}

#[tokio::test]
async fn a_flipped_payload_halts_the_relay_before_it_is_published_and_is_named() {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let head = world.head().await;
    by_force(&world, &format!("UPDATE es.event SET payload = set_bit(payload, 20, 1 - get_bit(payload, 20)) WHERE position = {head}")).await;
    let mut relay = world.command.relay().unwrap().unwrap();
    let Pumped::Halted(halt) = relay.pump().await else { panic!("the relay went on") };
    assert!(matches!(&halt, Halt::Unreadable { position, .. } if *position == head), "{halt}");
    assert!(halt.to_string().contains("content hash"), "{halt}");
    let found = super::findings(world.store()).await;
    assert!(found.kept().iter().any(|finding| finding.position == head), "{found:?}");
}

#[tokio::test]
async fn an_event_of_a_newer_version_and_one_of_an_unknown_type_are_named_by_the_oracle() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let head = world.head().await;
    by_force(&world, &format!("UPDATE es.event SET schema_version = 9 WHERE position = {head}; UPDATE es.event SET event_type = 'sale.teleported' WHERE position = 3")).await;
    let found = super::findings(world.store()).await;
    for position in [3, head] {
        let unreadable = found
            .kept()
            .iter()
            .any(|one| one.position == position && one.what.contains("cannot be read"));
        assert!(unreadable, "{position}: {found:?}");
    }
}

#[tokio::test]
async fn receipts_that_disagree_with_the_log_are_named() {
    let world = World::start().await;
    let keyed = world
        .command(reqwest::Method::POST, "/v1/stages")
        .bearer(&world.token("ola", "admin"))
        .header("idempotency-key", "a-stage")
        .json(&json!({"name": "First meeting", "probability": 20}));
    assert_eq!(keyed.send().await.status.as_u16(), 201);
    let head = world.head().await;
    let found = super::findings(world.store()).await;
    assert_eq!(found.count(), 0, "{:?}", found.first());
    for change in [
        "UPDATE es.command SET versions[1] = versions[1] + 1 WHERE last_position = $P",
        "UPDATE es.command SET first_position = first_position - 1 WHERE last_position = $P",
        "UPDATE es.command SET streams[1] = gen_random_uuid() WHERE last_position = $P",
        "UPDATE es.command SET number = 4711 WHERE last_position = $P",
        "UPDATE es.command SET answer = set_byte(answer, 0, 1) WHERE last_position = $P",
    ] {
        let keep = "CREATE TEMP TABLE kept AS SELECT * FROM es.command";
        let mut superuser = world.database.superuser().await;
        sqlx::raw_sql(keep).execute(&mut superuser).await.unwrap();
        by_force(&world, &change.replace("$P", &head.to_string())).await;
        let found = super::findings(world.store()).await;
        assert!(found.kept().iter().any(|one| one.what.contains("receipt")), "{change}: {found:?}");
        let undo = "DELETE FROM es.command; INSERT INTO es.command SELECT * FROM kept";
        sqlx::raw_sql(undo).execute(&mut superuser).await.unwrap();
    }
}

#[tokio::test]
async fn a_flipped_payload_is_neither_projected_nor_told_and_is_named() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let before = world.caught_up().await;
    fixture.on(&world, &sale, "edit", json!({"title": "Fjord ERP 2"})).await;
    let flip =
        "UPDATE es.event SET payload = set_byte(payload, 12, 88) WHERE position = $P".to_owned();
    by_force(&world, &flip.replace("$P", &(before + 1).to_string())).await;
    let read = event_store::verify::intact(world.store().read_after(before, 10).await.unwrap());
    let told = read.unwrap_err().to_string();
    assert_eq!(told, format!("position {}: the content hash does not fit the content", before + 1));
    let read = event_store::verify::intact(world.store().read_after(before - 1, 10).await.unwrap());
    assert_eq!(read.unwrap().len(), 1, "what comes before it is taken");
    world.query.run_until_caught_up().await.unwrap_err();
    let card = world.question(&format!("/v1/sales/{sale}")).bearer(&fixture.importer).send().await;
    assert_eq!(card.expect(200).json()["title"], "Fjord ERP", "nothing of it was applied");
    let token = world.token("ola", "auditor");
    for path in ["/v1/events".to_owned(), format!("/v1/sales/{sale}/history")] {
        let reply = world.question(&path).bearer(&token).send().await;
        assert_eq!(reply.status.as_u16(), 503, "{path}");
    }
}

/// The hash is the only witness: where it follows the bytes, as where there is none, relay, read models, feed and history
/// pass on what was changed. The oracle still names it, by the chain.
#[tokio::test]
async fn control_bytes_whose_hash_follows_them_are_published_projected_and_told() {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let changed = world.caught_up().await + 1;
    fixture.on(&world, &sale, "edit", json!({"title": "Fjord ERP 2"})).await;
    by_force(
        &world,
        &format!(
            "UPDATE es.event SET payload = set_byte(payload, 12, 88) WHERE position = {changed}"
        ),
    )
    .await;
    let row = world.store().read_at(&[changed]).await.unwrap().remove(0);
    sqlx::query("UPDATE es.event SET content_hash = $1 WHERE position = $2")
        .bind(row.computed_hash())
        .bind(changed)
        .execute(world.database.owner())
        .await
        .unwrap();
    let mut relay = world.command.relay().unwrap().unwrap();
    assert!(matches!(relay.pump().await, Pumped::UpTo(position) if position >= changed));
    let stream = world.operator().await.get_stream("SALES_1").await.unwrap();
    let message = stream.get_raw_message(changed.unsigned_abs()).await.unwrap();
    assert!(String::from_utf8_lossy(&message.payload).contains("FjXrd"), "it was published");
    world.caught_up().await;
    let token = world.token("ola", "auditor");
    for path in ["", "/history"].map(|rest| format!("/v1/sales/{sale}{rest}")) {
        let told = world.get(&token, &path).await.expect(200).text;
        assert!(told.contains("FjXrd"), "{path}: {told}");
    }
    let feed = world.get(&token, &format!("/v1/events?after={}", changed - 1)).await;
    assert!(feed.expect(200).text.contains("FjXrd"));
    let found = super::findings(world.store()).await;
    assert!(found.kept().iter().any(|one| one.what.contains("the chain hash")), "{found:?}");
}
