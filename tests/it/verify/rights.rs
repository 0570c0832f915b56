//! `salgslogg verify` from outside: with a login that may only read, over a log whose beginning lies in an archive, and
//! after a run that broke off.

use event_store::testing::TestDatabase;
use serde_json::{Value, json};
use system_tests::{Fixture, World};

use crate::runbook::Shell;

/// A world over partitions of twenty positions, and its log.
async fn a_log_in_parts() -> (World, Fixture) {
    let database = TestDatabase::create_partitioned(20, 16).await;
    read_models::schema::migrate(&mut database.superuser().await).await.unwrap();
    let world = World::over(database).await;
    let fixture = Fixture::set_up(&world).await;
    for n in 0..12 {
        let title = format!("sale {n}");
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", &title, json!({})).await;
        fixture.on(&world, &sale, "edit", json!({"title": format!("sale {n}, again")})).await;
    }
    world.caught_up().await;
    (world, fixture)
}

fn shell(world: &World, login: &str, more: &[(&str, &str)]) -> Shell {
    let url = world.database.url_for(login);
    Shell::new(None, &[&[("DATABASE_URL", url.as_str())], more].concat())
}

fn report(told: &str) -> Value {
    serde_json::from_str(told).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_may_only_read_judges_everything_and_changes_nothing() {
    let (world, _fixture) = a_log_in_parts().await;
    let auditor = shell(&world, "salgslogg_auditor", &[]);
    let told = report(&auditor.script("salgslogg verify --json").await.unwrap());
    assert_eq!((&told["ok"], &told["to"]), (&json!(true), &json!(world.head().await)), "{told}");
    let models = told["read_models"].as_array().unwrap();
    assert!(
        models.len() >= 2 && models.iter().any(|one| one["rows"].as_i64() > Some(20)),
        "{told}"
    );
    assert!(told["receipts"].is_i64() && told["streams"].as_i64() > Some(12), "{told}");
    let url = world.database.url_for("salgslogg_auditor");
    let pool = event_store::connect(&url, 1).unwrap();
    for change in [
        "DELETE FROM es.command",
        "INSERT INTO es.stream SELECT * FROM es.stream",
        "UPDATE rm_sale_1.sale_version SET title = 'x'",
        "UPDATE es_ops.projection_part SET position = 0",
    ] {
        let refused = sqlx::query(change).execute(&pool).await.unwrap_err();
        let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{change}");
    }
    // nor does it need more than its groups
    let reader = shell(&world, "salgslogg_query", &[]);
    let told = reader.script("salgslogg verify --json").await.unwrap_err();
    assert!(told.contains("permission denied"), "{told}");
}

/// Case 53: what lies in a file is judged there, the rest here, and what is wrong in the rest is still found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_whose_beginning_is_archived_is_judged_from_there_on_case_53() {
    let (world, fixture) = a_log_in_parts().await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let operator = shell(&world, "salgslogg_operator", &[("ARCHIVE", place)]);
    operator.run("archive.md", "Write and prove").await;
    operator.run("archive.md", "Take it out").await;
    fixture.sale(&world, "2026-03-02T08:00:00Z", "after", json!({})).await;
    world.caught_up().await;
    let head = world.head().await;
    let auditor = shell(&world, "salgslogg_auditor", &[]);
    let told = report(&auditor.script("salgslogg verify --json").await.unwrap());
    assert_eq!(told["findings"], json!([]), "{told}");
    let ends = (&told["from"], &told["to"], &told["archived"]);
    assert_eq!(ends, (&json!(21), &json!(head), &json!(20)), "{told}");
    assert!(told["streams"].is_i64() && told["receipts"].is_i64(), "{told}");
    assert!(told["read_models"].is_null(), "they rest on what is not there: {told}");
    let said = auditor.script("salgslogg verify").await.unwrap();
    assert!(said.contains("in archives, judged there") && said.contains("not judged"), "{said}");

    let flip = format!(
        "ALTER TABLE es.event DISABLE TRIGGER USER;
         UPDATE es.event SET payload = set_byte(payload, 3, 88) WHERE position = {}",
        head - 1
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(flip)).execute(world.database.owner()).await.unwrap();
    let told = auditor.script("salgslogg verify").await.unwrap_err();
    assert!(told.contains("contradiction"), "{told}");
}

/// The file of a run that broke off: the next one begins there, judges the rest whole, and takes the file away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_broke_off_is_taken_up_and_judges_the_rest_whole() {
    let (world, _fixture) = a_log_in_parts().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verify.json");
    let auditor = shell(&world, "salgslogg_auditor", &[("FILE", file.to_str().unwrap())]);
    let whole = report(&auditor.script("salgslogg verify --json").await.unwrap());
    std::fs::write(&file, r#"{"log":1,"from":17}"#).unwrap();
    let rest =
        report(&auditor.script(r#"salgslogg verify --json --resume "$FILE""#).await.unwrap());
    for figure in ["ok", "to", "chain", "streams", "receipts", "read_models"] {
        assert_eq!(rest[figure], whole[figure], "{figure}");
    }
    assert!(rest["batches"].as_i64() < whole["batches"].as_i64(), "{rest}");
    assert!(!file.exists(), "the run came to its end");
    let told = auditor.script(r#"salgslogg verify --resume "$FILE" --from 3"#).await.unwrap_err();
    assert!(told.contains("cannot be used with"), "{told}");
}
