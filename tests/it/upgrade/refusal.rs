//! A program meets a schema it was not built for: it says both versions and what to run, and does not start.

use event_store::testing::TestDatabase;
use service_runtime::auth::DevelopmentIssuer;
use service_runtime::clock::Clock;
use service_runtime::tasks::Tasks;
use system_tests::{Fixture, World, command_config, query_config};

use super::first_release;

/// The tables that remember what ran, and how their owners are called in sentences.
const LOG: (&str, &str) = ("es._migration", "the event log is");
const READ_MODELS: (&str, &str) = ("es_ops.read_model_migration", "the read models are");

fn issuer() -> DevelopmentIssuer {
    DevelopmentIssuer::from_seed([7; 32], "https://salgslogg.test", "salgslogg")
}

async fn command_refuses(database: &TestDatabase) -> String {
    let (config, tasks) = (command_config(database, &issuer(), None), Tasks::new());
    let refused = command_service::App::connect(config, Clock::system(), &tasks).await;
    format!("{:#}", refused.expect_err("command-service does not start"))
}

async fn query_refuses(database: &TestDatabase) -> String {
    let config = query_config(database, &issuer(), None);
    match projection_service::App::connect(config, Clock::system()).await {
        Ok(_) => panic!("projection-service starts"),
        Err(refused) => refused.to_string(),
    }
}

async fn today() -> TestDatabase {
    let database = TestDatabase::create().await;
    read_models::schema::migrate(&mut database.superuser().await).await.unwrap();
    database
}

async fn run(database: &TestDatabase, statement: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(database.owner()).await.unwrap();
}

/// A database of this release that lost its newest migration; answers the sentence that is due.
async fn older((table, subject): (&str, &str)) -> (TestDatabase, String) {
    let database = today().await;
    let newest = format!("SELECT max(version) FROM {table}");
    let known: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(newest)).fetch_one(database.owner()).await.unwrap();
    run(&database, format!("DELETE FROM {table} WHERE version = {known}")).await;
    let found = known - 1;
    let due = format!(
        "{subject} at migration {found} and this program needs {known}; run `salgslogg migrate` first"
    );
    (database, due)
}

/// A database that a later release has migrated; answers the sentence that is due.
async fn newer((table, subject): (&str, &str)) -> (TestDatabase, String) {
    let database = today().await;
    let newest = format!("SELECT max(version) FROM {table}");
    let known: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(newest)).fetch_one(database.owner()).await.unwrap();
    run(
        &database,
        format!("INSERT INTO {table} SELECT 99, description, installed_on, success, checksum, 0 FROM {table} WHERE version = 1"),
    )
    .await;
    let due = format!(
        "{subject} at migration 99 and this program knows {known}; start the release that migrated"
    );
    (database, due)
}

#[tokio::test]
async fn both_services_refuse_a_log_that_is_too_old_or_too_new() {
    for (database, due) in [older(LOG).await, newer(LOG).await] {
        for told in [command_refuses(&database).await, query_refuses(&database).await] {
            assert!(told.contains(&due), "{told}\nlacks: {due}");
        }
    }
}

#[tokio::test]
async fn projection_service_refuses_read_models_that_are_too_old_or_too_new() {
    for (database, due) in [older(READ_MODELS).await, newer(READ_MODELS).await] {
        let told = query_refuses(&database).await;
        assert!(told.contains(&due), "{told}\nlacks: {due}");
    }
}

#[tokio::test]
async fn this_release_refuses_read_models_of_the_first_one_until_they_are_migrated() {
    let fresh = World::start().await;
    let fixture = Fixture::set_up(&fresh).await;
    fixture.sale(&fresh, "2026-01-12T09:00:00Z", "Fjord ERP", serde_json::json!({})).await;
    let history = fresh.store().read_after(0, 1_000).await.unwrap();
    let database = first_release::holding(&history).await;
    let (_, found) = first_release::NEWEST;
    event_store::schema::migrate(&mut database.superuser().await).await.unwrap();
    let due = format!(
        "the read models are at migration {found} and this program needs {}; run `salgslogg migrate` first",
        read_models::schema::version()
    );
    let told = query_refuses(&database).await;
    assert!(told.contains(&due), "{told}\nlacks: {due}");
}

/// What the next release may do to tables that programs of this one work on: add a column, to all of them.
const EXPANDED: &str = "DO $$ DECLARE relation regclass; BEGIN
  FOR relation IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
     AND relnamespace::regnamespace::text ~ '^(es|es_ops|rm_.*)$' LOOP
    EXECUTE format('ALTER TABLE %s ADD COLUMN of_the_next_release text', relation);
  END LOOP; END $$";

#[tokio::test]
async fn who_runs_already_goes_on_while_the_next_release_migrates() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let at = "2026-01-12T09:00:00Z";
    let sale = fixture.sale(&world, at, "Fjord ERP", serde_json::json!({})).await;
    world.caught_up().await;
    run(&world.database, EXPANDED.to_owned()).await;
    run(
        &world.database,
        "INSERT INTO es._migration (version, description, success, checksum, execution_time)
         VALUES (99, 'next', true, '', 0)"
            .to_owned(),
    )
    .await;
    assert!(
        command_refuses(&world.database).await.contains("at migration 99"),
        "a restart does not"
    );
    fixture.on(&world, &sale, "edit", serde_json::json!({"title": "Fjord CRM"})).await;
    let card = world.get(&fixture.importer, &format!("/v1/sales/{sale}")).await.expect(200).json();
    assert_eq!(
        (&card["title"], &card["version"]),
        (&serde_json::json!("Fjord CRM"), &serde_json::json!(2))
    );
    let history = format!("/v1/sales/{sale}/history");
    world.get(&fixture.importer, &history).await.expect(200);
}

#[tokio::test]
async fn an_older_release_does_not_migrate_what_a_newer_one_has() {
    let (database, due) = newer(LOG).await;
    let refused = event_store::schema::migrate(&mut database.superuser().await).await.unwrap_err();
    assert!(refused.to_string().contains(&due), "{refused}");
    let (database, due) = newer(READ_MODELS).await;
    let refused = read_models::schema::migrate(&mut database.superuser().await).await.unwrap_err();
    assert!(refused.to_string().contains(&due), "{refused}");
}

#[tokio::test]
async fn a_service_says_what_to_run_on_an_empty_database_and_on_a_log_alone() {
    let empty = TestDatabase::create_empty().await;
    for told in [command_refuses(&empty).await, query_refuses(&empty).await] {
        assert!(
            told.contains("this database holds no event log; run `salgslogg migrate` on it first"),
            "{told}"
        );
    }
    let told = query_refuses(&TestDatabase::create().await).await;
    assert!(told.contains("the read models are at migration 0 and this program needs"), "{told}");
}
