//! The log comes back from a backup and grows again, while the read models lie elsewhere and have seen what was lost
//! (case 32): a read model that is ahead stands still, and once the log has grown past it, it must not go on with rows
//! of two histories.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use command_service::relay::{NatsAddress, Relay, Settings};
use event_store::EventStore;
use event_store::listen::Wakeups;
use event_store::testing::TestDatabase;
use projection_service::config::Pace;
use projection_service::generation;
use projection_service::runner::{Lane, Part, Step};
use projection_service::source::{Origin, Source, Want};
use read_models::ReadModel;
use read_models::rebuild::{Readers, Rebuild, finish_drop, mark_for_drop, promote};
use serde_json::json;
use service_runtime::config::Secret;
use service_runtime::ids::new_id;
use sqlx::postgres::PgConnectOptions;
use system_tests::log_ok::Evidence;
use system_tests::{Fixture, Snapshot, World};

use super::restored::reading_apart;

async fn sales(world: &World, fixture: &Fixture, day: &str, count: usize) {
    for n in 0..count {
        fixture.sale(world, "2026-03-01T08:00:00Z", &format!("{day} {n}"), json!({})).await;
    }
}

/// A world whose read models have seen `lost` events of a log that now holds `found` others in their place.
async fn grown_again(lost: usize, found: usize) -> (World, TestDatabase, projection_service::App) {
    let world = World::start().await;
    let read_side = TestDatabase::create().await;
    read_models::schema::migrate(&mut read_side.superuser().await).await.unwrap();
    let app = reading_apart(&world, &read_side).await;
    let fixture = Fixture::set_up(&world).await;
    let backup = Snapshot::take(&world.database, &read_side).await;
    sales(&world, &fixture, "lost", lost).await;
    app.run_until_caught_up().await.unwrap();
    backup.restore(&read_side).await;
    sales(&world, &fixture, "found", found).await;
    (world, read_side, app)
}

async fn standing(read_side: &TestDatabase) -> Vec<(i64, Option<i64>, Option<String>)> {
    sqlx::query_as(
        "SELECT position, halted_position, halted_reason FROM es_ops.projection_part
          WHERE generation = 1 ORDER BY name",
    )
    .fetch_all(read_side.owner())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_read_model_of_a_lost_history_stands_still_until_it_is_rebuilt_case_32() {
    let (world, read_side, app) = grown_again(5, 9).await;
    let seen = standing(&read_side).await[0].0;
    assert!(world.head().await > seen, "the log has grown past the read models");
    for _ in 0..2 {
        // also for another process, which knows of no restore
        let refused = app.run_until_caught_up().await.unwrap_err();
        assert!(refused.to_string().contains("other history"), "{refused}");
        let halted = (seen, Some(seen), Some("other_history".to_owned()));
        assert_eq!(standing(&read_side).await[0], halted);
        app.release().await.unwrap();
        let heir = reading_apart(&world, &read_side).await;
        let refused = heir.run_until_caught_up().await.unwrap_err();
        assert!(refused.to_string().contains("other history"), "{refused}");
        heir.release().await.unwrap();
    }
    for model in read_models::all() {
        let mut connection = read_side.superuser().await;
        sqlx::query("SET ROLE es_owner").execute(&mut connection).await.unwrap();
        let operator =
            PgConnectOptions::from_str(&read_side.url_for("salgslogg_operator")).unwrap();
        let store = world.store().clone();
        let mut rebuild = Rebuild::begin(&operator, store, model.name()).await.unwrap();
        rebuild.fill(1, |_| ()).await.unwrap();
        rebuild.finish().await.unwrap();
        promote(&mut connection, model.name(), None, Readers::StepBack).await.unwrap();
    }
    for model in read_models::all() {
        let mut connection = read_side.superuser().await;
        sqlx::query("SET ROLE es_owner").execute(&mut connection).await.unwrap();
        mark_for_drop(&mut connection, model.name(), 1, Duration::ZERO).await.unwrap();
        finish_drop(&mut connection, model.name(), 1).await.unwrap();
    }
    let fixture = Fixture::set_up_in(&world, "other").await;
    sales(&world, &fixture, "later", 3).await;
    let heir = reading_apart(&world, &read_side).await;
    heir.run_until_caught_up().await.unwrap();
    log_ok(&world, &read_side).await;
}

async fn log_ok(world: &World, read_side: &TestDatabase) {
    let evidence = Evidence { store: world.store(), nats: None, read_side: read_side.owner() };
    evidence.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}

/// A lane over read models in a database of their own, stepped by hand.
fn lane(read_side: &TestDatabase, model: Arc<dyn ReadModel>) -> Lane {
    let part = Part { model: model.name(), generation: 1, log_id: 1, part: 0 };
    let url = Secret::new(read_side.url_for("salgslogg_projector"));
    let pool = generation::projecting(&url, model.name(), 1).unwrap();
    Lane::new(model, part, pool, new_id(), Pace::default())
}

async fn up_to(lane: &mut Lane, source: &Source, head: i64) -> Vec<Step> {
    let mut steps = Vec::new();
    while lane.position().is_none_or(|position| position < head) {
        steps.push(lane.step(source).await.unwrap());
        assert!(steps.len() < 500, "it never arrives: {steps:?}");
    }
    steps
}

/// One read model has read on and the other one lags, so what the log loses is still in the process's memory.
#[tokio::test]
async fn events_read_before_a_restore_are_not_applied_after_it_case_32() {
    let world = World::with_nats().await;
    let read_side = TestDatabase::create().await;
    read_models::schema::migrate(&mut read_side.superuser().await).await.unwrap();
    let nats = world.nats.as_ref().unwrap();
    let address = NatsAddress::parse(&nats.url_for("relay")).unwrap();
    let mut relay = Relay::new(world.store().clone(), address, Settings::default());
    let store = EventStore::new(
        event_store::connect(&world.database.url_for("salgslogg_projector"), 4).unwrap(),
        1,
    );
    let wakeups = Wakeups::new(&store);
    let url = Secret::new(nats.url_for("projection"));
    let source = Source::new(store, &url, wakeups, Pace::default());
    let models = read_models::all();
    let [mut ahead, mut behind] = ["activity", "sale"].map(|name| {
        let model = models.iter().find(|model| model.name() == name).unwrap();
        lane(&read_side, Arc::clone(model))
    });

    let fixture = Fixture::set_up(&world).await;
    relay.pump().await;
    let before = world.head().await;
    up_to(&mut ahead, &source, before).await;
    up_to(&mut behind, &source, before).await;
    let backup = Snapshot::take(&world.database, &read_side).await;
    sales(&world, &fixture, "lost", 5).await;
    relay.pump().await;
    let lost = world.head().await;
    up_to(&mut ahead, &source, lost).await;
    assert_eq!(
        source.read(before, Want { live: 9, page: 9 }).await.unwrap().origin,
        Origin::Stream
    );

    backup.restore(&read_side).await;
    sales(&world, &fixture, "found", 9).await;
    let head = world.head().await;
    let steps = up_to(&mut behind, &source, head).await;
    let refused = steps.iter().filter(|step| matches!(step, Step::Failed(_))).count();
    assert_eq!(refused, 1, "{steps:?}");
    let titles: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT left(title, 4) FROM rm_sale_1.sale_version")
            .fetch_all(read_side.owner())
            .await
            .unwrap();
    assert_eq!(titles, ["foun"]);
    let told = ahead.step(&source).await.unwrap();
    assert!(matches!(&told, Step::Halted(said) if said.contains("other history")), "{told:?}");
}
