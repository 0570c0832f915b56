//! A database of the first release under this one: migrated in place, served by both services, nothing lost.

use event_store::EventStore;
use event_store::testing::TestDatabase;
use read_models::rebuild::{Readers, Rebuild, promote};
use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::first_release::{self, SALE_CODE};

/// Questions whose answers must not change; `{sale}` is one that moved through stages.
const QUESTIONS: [&str; 12] = [
    "/v1/pipeline?group_by=stage&currency=EUR",
    "/v1/pipeline?group_by=owner&currency=NOK&as_of=2026-02-15",
    "/v1/pipeline?group_by=status&currency=EUR",
    "/v1/forecast?from=2026-01-01&to=2026-12-31&period=month&group_by=owner&currency=EUR",
    "/v1/sales?limit=50",
    "/v1/sales/{sale}",
    "/v1/sales/{sale}/history",
    "/v1/stages",
    "/v1/sale-types",
    "/v1/currencies",
    "/v1/users",
    "/v1/events?after=0&limit=1000",
];

/// Sales in every status, with two currencies; answers the one that moved most.
async fn live_through_a_quarter(world: &World, fixture: &Fixture) -> String {
    let nok = |amount: &str| json!({"amount": {"amount": amount, "currency": "NOK"}});
    let sale = fixture.sale(world, "2026-01-12T09:00:00Z", "Fjord ERP", nok("500000")).await;
    let won = fixture.sale(world, "2026-01-13T09:00:00Z", "Brygge kasse", nok("60000")).await;
    let lost = fixture.sale(world, "2026-01-14T09:00:00Z", "Havn lås", nok("9000.50")).await;
    let stalled = fixture
        .sale(
            world,
            "2026-01-15T09:00:00Z",
            "Molo vakt",
            json!({"amount": {"amount": "1200", "currency": "GBP"}}),
        )
        .await;
    for (at, sale, command, body) in [
        ("2026-02-01T09:00:00Z", &sale, "advance-stage", json!({"stage": fixture.qt})),
        ("2026-02-02T09:00:00Z", &won, "mark-sold", json!({"reason": "price"})),
        ("2026-02-03T09:00:00Z", &lost, "mark-lost", json!({"reason": "price"})),
        (
            "2026-02-04T09:00:00Z",
            &stalled,
            "stall",
            json!({"reopen_date": "2026-09-01", "reason": "budget"}),
        ),
        ("2026-02-20T09:00:00Z", &sale, "advance-stage", json!({"stage": fixture.sc})),
        ("2026-03-01T09:00:00Z", &sale, "edit", json!({"title": "Fjord ERP 2"})),
    ] {
        fixture.at(world, at, &format!("/v1/sales/{sale}/{command}"), body).await;
    }
    sale
}

async fn answers(world: &World, fixture: &Fixture, sale: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for question in QUESTIONS {
        let path = question.replace("{sale}", sale);
        let reply = world.get(&fixture.importer, &path).await.expect(200);
        let lines = reply.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut answer: Value =
            if path.starts_with("/v1/events") { lines.collect() } else { reply.json() };
        forget_recording(&mut answer);
        answers.push(answer);
    }
    answers
}

/// The two logs were written one after the other.
fn forget_recording(answer: &mut Value) {
    match answer {
        Value::Object(members) => {
            members.remove("recorded_at");
            members.values_mut().for_each(forget_recording);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_recording),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every row of the log, as text.
async fn log(database: &TestDatabase) -> Vec<String> {
    let rows = "SELECT to_jsonb(e)::text FROM es.event e ORDER BY position";
    let batches = "SELECT to_jsonb(b)::text FROM es.batch b ORDER BY last_position";
    let mut all: Vec<String> = sqlx::query_scalar(rows).fetch_all(database.owner()).await.unwrap();
    all.extend(sqlx::query_scalar::<_, String>(batches).fetch_all(database.owner()).await.unwrap());
    all
}

/// Generation 1 of `sale`: its state, its checkpoint and every row of a sale.
async fn generation_1(database: &TestDatabase) -> (String, i64, Vec<String>) {
    let (state, position) = sqlx::query_as(
        "SELECT state || ' ' || code_hash, position FROM es_ops.projection JOIN es_ops.projection_part USING (name, generation)
          WHERE name = 'sale' AND generation = 1",
    )
    .fetch_one(database.owner())
    .await
    .unwrap();
    let rows =
        sqlx::query_scalar("SELECT to_jsonb(v)::text FROM rm_sale_1.sale_version v ORDER BY 1");
    (state, position, rows.fetch_all(database.owner()).await.unwrap())
}

/// What a migration could change: relations with their files, functions, what ran, generations.
async fn shape(database: &TestDatabase) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT format('%s %s', oid::regclass, relfilenode) FROM pg_class WHERE relnamespace::regnamespace::text ~ '^(es|es_ops|rm_.*)$'
         UNION ALL SELECT format('%s %s', oid::regprocedure, md5(prosrc)) FROM pg_proc WHERE pronamespace::regnamespace::text IN ('es', 'es_ops')
         UNION ALL SELECT to_jsonb(m)::text FROM es._migration m
         UNION ALL SELECT to_jsonb(m)::text FROM es_ops.read_model_migration m
         UNION ALL SELECT to_jsonb(p)::text FROM es_ops.projection p
         ORDER BY 1",
    )
    .fetch_all(database.owner())
    .await
    .unwrap()
}

/// As `salgslogg migrate` and the launcher do.
async fn migrate(database: &TestDatabase) {
    let mut owner = database.superuser().await;
    event_store::schema::migrate(&mut owner).await.unwrap();
    read_models::schema::migrate(&mut owner).await.unwrap();
}

/// The shape of `sale` is another one than in the first release: as the page of migrations says, the next generation is
/// built beside the live one, then promoted.
async fn rebuilt_and_promoted(database: &TestDatabase) {
    let operator = database.url_for("salgslogg_operator").parse().unwrap();
    let store = EventStore::new(database.owner().clone(), 1);
    let mut rebuild = Rebuild::begin(&operator, store, "sale").await.unwrap();
    rebuild.fill(2, |_| ()).await.unwrap();
    rebuild.finish().await.unwrap();
    let mut owner = database.superuser().await;
    sqlx::query("SET ROLE es_owner").execute(&mut owner).await.unwrap();
    let switched = promote(&mut owner, "sale", None, Readers::StepBack).await.unwrap();
    assert_eq!((switched.from, switched.to), (Some(1), 2));
}

#[tokio::test]
async fn a_database_of_the_first_release_goes_on_in_place() {
    let fresh = World::start().await;
    let fixture = Fixture::set_up(&fresh).await;
    let sale = live_through_a_quarter(&fresh, &fixture).await;
    let history = fresh.store().read_after(0, 10_000).await.unwrap();
    let database = first_release::holding(&history).await;
    let (log_before, sale_before) = (log(&database).await, generation_1(&database).await);
    assert_eq!(sale_before.0, format!("live {SALE_CODE}"));
    assert!(sale_before.1 < fresh.head().await && !sale_before.2.is_empty());

    migrate(&database).await;
    assert_eq!(generation_1(&database).await, sale_before, "live, at its checkpoint, row by row");
    let once = shape(&database).await;
    migrate(&database).await;
    assert_eq!(shape(&database).await, once, "migrating again changes nothing");
    rebuilt_and_promoted(&database).await;

    let upgraded = World::over(database).await;
    assert_eq!(upgraded.caught_up().await, fresh.head().await);
    let (new, old) =
        (answers(&fresh, &fixture, &sale).await, answers(&upgraded, &fixture, &sale).await);
    for ((question, old), new) in QUESTIONS.iter().zip(old).zip(new) {
        assert_eq!(old, new, "{question}");
    }
    assert_eq!(log(&upgraded.database).await, log_before, "not a byte of the log is another one");

    let number = fixture.on(&upgraded, &sale, "advance-stage", json!({"stage": fixture.qt})).await;
    assert_eq!(number["version"], json!(5));
    let registered = fixture.sale(&upgraded, "2026-03-10T08:00:00Z", "Kai lager", json!({})).await;
    let card = upgraded
        .get(&fixture.importer, &format!("/v1/sales/{registered}"))
        .await
        .expect(200)
        .json();
    assert_eq!((&card["number"], &card["title"]), (&json!("1005"), &json!("Kai lager")));
    assert_eq!(&log(&upgraded.database).await[..history.len()], &log_before[..history.len()]);
}

#[tokio::test]
async fn every_read_model_of_this_release_is_live_and_caught_up_afterwards() {
    let fresh = World::start().await;
    let fixture = Fixture::set_up(&fresh).await;
    fixture.sale(&fresh, "2026-01-12T09:00:00Z", "Fjord ERP", json!({})).await;
    let history = fresh.store().read_after(0, 10_000).await.unwrap();
    let database = first_release::holding(&history).await;
    migrate(&database).await;
    rebuilt_and_promoted(&database).await;
    let upgraded = World::over(database).await;
    let head = upgraded.caught_up().await;
    let found: Vec<(String, i32, i64)> = sqlx::query_as(
        "SELECT name, generation, position FROM es_ops.projection JOIN es_ops.projection_part USING (name, generation)
          WHERE state = 'live' ORDER BY name",
    )
    .fetch_all(upgraded.database.owner())
    .await
    .unwrap();
    let wanted = [("activity", 1), ("sale", 2)];
    assert_eq!(found, wanted.map(|(name, generation)| (name.to_owned(), generation, head)));
}
