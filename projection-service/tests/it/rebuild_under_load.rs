//! A rebuild of 100 000 events while writers write and readers read (case 42): no question fails, none steps back,
//! the two generations are equal, and the way back is open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use projection_service::App;
use read_models::rebuild::{self, Difference, Readers, Rebuild, RebuildError, Sides};
use service_runtime::Tasks;
use service_runtime::clock::back_off;
use sqlx::{Connection, PgConnection};

use crate::answering::{json, token};
use crate::support::{Stage, bulk, eventually};

/// Sales before the rebuild; five events each.
const SALES: u32 = 20_000;

/// Questions that are asked again and again.
const QUESTIONS: [&str; 3] = ["/v1/pipeline?limit=3", "/v1/sales?limit=3&sort=-number", "/v1/me"];

/// A connection with the rights of an operator.
pub async fn operator(stage: &Stage) -> PgConnection {
    let url = stage.database.url_for("salgslogg_operator");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::query("SET ROLE es_owner").execute(&mut connection).await.unwrap();
    connection
}

/// Begins, or goes on with, a rebuild of `sale`.
pub async fn begin(stage: &Stage) -> Result<Rebuild, RebuildError> {
    let operator = stage.database.url_for("salgslogg_operator").parse().unwrap();
    Rebuild::begin(&operator, stage.store.clone(), "sale").await
}

/// Compares generations 1 and 2; every table must have the same rows.
pub async fn assert_equal(stage: &Stage) -> (Sides, Vec<Difference>) {
    let sides = (Some(1), Some(2));
    let (sides, tables) =
        rebuild::diff(&mut operator(stage).await, 1, "sale", sides, 1).await.unwrap();
    assert_eq!(tables.len(), 13);
    assert!(tables.iter().all(Difference::is_empty), "{tables:#?}");
    (sides, tables)
}

/// Where a generation of `sale` stands; nowhere while it is not filled.
pub async fn position(stage: &Stage, generation: i32) -> Option<i64> {
    let all = rebuild::generations(&mut operator(stage).await, 1).await.unwrap();
    let this = all.iter().find(|one| one.name == "sale" && one.generation == generation);
    this.and_then(|one| one.position)
}

/// Asks until told to stop: always 200, never a lower position than before.
async fn read(stage: &Stage, app: &App, tasks: &Tasks, answers: &AtomicU64) {
    let (manager, mut seen) = (token(stage, "manager"), 0);
    for question in QUESTIONS.iter().cycle() {
        if tasks.token().is_cancelled() {
            return;
        }
        let (status, answer) = json(app, question, Some(&manager)).await;
        assert_eq!(status, StatusCode::OK, "{question}: {answer}");
        let position = answer["position"].as_i64().unwrap();
        assert!(position >= seen, "{question}: {position} after {seen}");
        seen = position;
        answers.fetch_add(1, Ordering::SeqCst);
    }
}

/// Registers four sales at a time until told to stop.
async fn write(stage: &Stage, tasks: &Tasks) {
    let tenant = events::TenantSlug::parse("demo").unwrap();
    for n in 0.. {
        if tasks.token().is_cancelled() {
            return;
        }
        let first = SALES + n * 4;
        bulk::sales(stage, &tenant, first..first + 4).await;
        back_off(Duration::from_millis(20)).await;
    }
}

/// Rebuilds, compares, promotes, rolls back, promotes again, drops; answers are counted in between.
async fn operate(stage: &Stage, answers: &AtomicU64) {
    let asked = async || {
        let before = answers.load(Ordering::SeqCst);
        eventually("questions were answered meanwhile", async || {
            answers.load(Ordering::SeqCst) > before + 6
        })
        .await;
    };
    let mut rebuild = begin(stage).await.unwrap();
    assert!(rebuild.target() >= i64::from(SALES * bulk::LIFE), "{rebuild:?}");
    rebuild.fill(2, |_| ()).await.unwrap();
    assert_eq!(rebuild.finish().await.unwrap(), 2);
    let target = position(stage, 2).await.unwrap();
    eventually("a lane follows the new generation", async || {
        position(stage, 2).await.unwrap() > target
    })
    .await;
    let (sides, tables) = assert_equal(stage).await;
    assert!(sides.position > i64::from(SALES * bulk::LIFE), "{sides:?}");
    assert!(tables.iter().any(|table| table.rows.0 > i64::from(SALES * bulk::LIFE)));
    asked().await;

    let mut operator = operator(stage).await;
    let switched = rebuild::promote(&mut operator, "sale", None, Readers::KeepPlace).await.unwrap();
    assert_eq!((switched.from, switched.to), (Some(1), 2));
    asked().await;
    let switched = rebuild::rollback(&mut operator, "sale").await.unwrap();
    assert_eq!((switched.from, switched.to), (Some(2), 1), "the way back is open");
    asked().await;
    rebuild::promote(&mut operator, "sale", Some(2), Readers::KeepPlace).await.unwrap();
    assert_equal(stage).await;

    let refused = rebuild::drop_generation(&mut operator, "sale", 2).await.unwrap_err();
    assert!(matches!(refused, RebuildError::IsLive { .. }), "{refused}");
    let refused = rebuild::drop_generation(&mut operator, "sale", 1).await.unwrap_err();
    assert!(matches!(refused, RebuildError::StillRead { .. }), "{refused}");
    asked().await;
    let grace = Duration::from_secs(2);
    eventually("the grace is over", async || {
        rebuild::mark_for_drop(&mut operator, "sale", 1, grace).await.is_ok()
    })
    .await;
    rebuild::finish_drop(&mut operator, "sale", 1).await.unwrap();
    asked().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_under_load_is_never_noticed_by_readers_case_42() {
    let stage = Arc::new(Stage::set().await);
    let tenant = bulk::house(&stage).await;
    bulk::sales(&stage, &tenant, 0..SALES).await;
    let models = read_models::all();
    let app = Arc::new(stage.running(stage.config(), models).await);
    app.run_until_caught_up().await.unwrap();
    let (workers, load, answers) = (Tasks::new(), Tasks::new(), Arc::new(AtomicU64::new(0)));
    app.start_workers(&workers);
    let mut ends = Vec::new();
    for _ in 0..2 {
        let (stage, app) = (Arc::clone(&stage), Arc::clone(&app));
        let (tasks, answers) = (load.clone(), Arc::clone(&answers));
        ends.push(load.spawn(async move { read(&stage, &app, &tasks, &answers).await }));
    }
    let (writer, tasks) = (Arc::clone(&stage), load.clone());
    ends.push(load.spawn(async move { write(&writer, &tasks).await }));
    operate(&stage, &answers).await;
    load.stop();
    for end in ends {
        end.await.unwrap();
    }
    let head = stage.store.head().await.unwrap();
    eventually("the new generation is at the head", async || {
        position(&stage, 2).await == Some(head)
    })
    .await;
    assert_eq!(position(&stage, 1).await, None, "it is gone");
    let manager = token(&stage, "manager");
    // answers are of the position that all read models have reached, and the other one may still be on its way
    let board = format!("/v1/pipeline?group_by=status&limit=1&min_position={head}");
    let (_, answer) = json(&app, &board, Some(&manager)).await;
    let columns = answer["columns"].as_array().unwrap();
    let counted: i64 = columns.iter().map(|column| column["count"].as_i64().unwrap()).sum();
    assert_eq!(counted, (head - 1) / i64::from(bulk::LIFE), "every sale is on the board");
    assert_eq!(workers.drain(Duration::from_secs(20)).await.left, 0);
}
