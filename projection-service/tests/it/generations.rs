//! Several generations beside each other: lanes come and go with them, the word `live` never moves back in time, and
//! an answer is at one position of all read models.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use projection_service::{App, AppError};
use read_models::activity::ActivityModel;
use read_models::rebuild::{self, Difference, Readers, RebuildError};
use read_models::sale::SaleModel;
use serde_json::json;
use service_runtime::Clock;

use crate::answering::{json, token};
use crate::rebuild_under_load::{begin, operator, position};
use crate::support::{Stage, bulk};

/// A log of a few sales, and a rebuilt generation 2 that no lane follows yet.
pub async fn rebuilt() -> Stage {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    bulk::sales(&stage, &tenant, 0..20).await;
    let mut rebuild = begin(&stage).await.unwrap();
    rebuild.fill(1, |_| ()).await.unwrap();
    rebuild.finish().await.unwrap();
    stage
}

pub async fn more_sales(stage: &Stage, numbers: std::ops::Range<u32>) {
    bulk::sales(stage, &events::TenantSlug::parse("demo").unwrap(), numbers).await;
}

pub async fn product(stage: &Stage) -> App {
    App::connect(stage.config(), Clock::system()).await.unwrap()
}

/// Generation and state of every generation of `sale`.
async fn states(stage: &Stage) -> Vec<(i32, String)> {
    let all = rebuild::generations(&mut operator(stage).await, 1).await.unwrap();
    let sale = all.into_iter().filter(|one| one.name == "sale");
    sale.map(|one| (one.generation, one.state)).collect()
}

#[tokio::test]
async fn lanes_come_and_go_with_the_generations() {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    let app = product(&stage).await;
    bulk::sales(&stage, &tenant, 0..20).await;
    app.run_until_caught_up().await.unwrap();
    let mut rebuild = begin(&stage).await.unwrap();
    rebuild.fill(1, |_| ()).await.unwrap();
    app.discover().await.unwrap();
    more_sales(&stage, 20..40).await;
    app.run_until_caught_up().await.unwrap();
    assert_eq!(position(&stage, 2).await, None, "not filled, not followed");
    rebuild.finish().await.unwrap();
    assert_eq!(position(&stage, 2).await, Some(101), "its checkpoint is its target");
    app.discover().await.unwrap();
    let head = app.run_until_caught_up().await.unwrap();
    assert_eq!((position(&stage, 1).await, position(&stage, 2).await), (Some(head), Some(head)));

    let mut operator = operator(&stage).await;
    rebuild::promote(&mut operator, "sale", None, Readers::KeepPlace).await.unwrap();
    more_sales(&stage, 40..60).await;
    app.discover().await.unwrap();
    let head = app.run_until_caught_up().await.unwrap();
    assert_eq!(
        position(&stage, 1).await,
        Some(head),
        "a retired one is followed until it is dropped"
    );
    rebuild::mark_for_drop(&mut operator, "sale", 1, Duration::ZERO).await.unwrap();
    assert_eq!(states(&stage).await, [(1, "dropping".to_owned()), (2, "live".to_owned())]);
    app.discover().await.unwrap();
    rebuild::finish_drop(&mut operator, "sale", 1).await.unwrap();
    assert_eq!(states(&stage).await, [(2, "live".to_owned())]);
    more_sales(&stage, 60..80).await;
    app.run_until_caught_up().await.unwrap();
}

#[tokio::test]
async fn a_generation_behind_the_live_one_is_not_promoted() {
    let stage = rebuilt().await;
    // a process of which no lane follows generation 2: it looked before that was there
    more_sales(&stage, 20..30).await;
    let mut operator = operator(&stage).await;
    let app = product(&stage).await;
    sqlx::query("UPDATE es_ops.projection_part SET lease_owner = $1, lease_until = 'infinity' WHERE generation = 2")
        .bind(uuid::Uuid::nil())
        .execute(stage.owner())
        .await
        .unwrap();
    assert!(matches!(app.run_until_caught_up().await, Err(AppError::NotOurs("sale"))));
    let refused =
        rebuild::promote(&mut operator, "sale", Some(2), Readers::KeepPlace).await.unwrap_err();
    assert!(
        matches!(refused, RebuildError::Behind { position: 101, live: 151, .. }),
        "{refused}: no reader may step back"
    );
    assert_eq!(states(&stage).await, [(1, "live".to_owned()), (2, "building".to_owned())]);
    stage.leases_end().await;
    app.run_until_caught_up().await.unwrap();
    rebuild::promote(&mut operator, "sale", Some(2), Readers::KeepPlace).await.unwrap();
    assert_eq!(states(&stage).await, [(1, "retired".to_owned()), (2, "live".to_owned())]);
    let refused =
        rebuild::promote(&mut operator, "sale", Some(2), Readers::KeepPlace).await.unwrap_err();
    assert!(matches!(refused, RebuildError::IsLive { .. }), "{refused}");
    let refused =
        rebuild::promote(&mut operator, "sale", Some(7), Readers::KeepPlace).await.unwrap_err();
    assert!(matches!(refused, RebuildError::UnknownGeneration { .. }), "{refused}");
    let refused = rebuild::rollback(&mut operator, "activity").await.unwrap_err();
    assert!(matches!(refused, RebuildError::NoneTo(..)), "{refused}");
}

#[tokio::test]
async fn a_comparison_names_the_streams_that_differ_and_forgives_a_lead() {
    let stage = rebuilt().await;
    let app = product(&stage).await;
    app.run_until_caught_up().await.unwrap();
    app.release().await.unwrap();
    let mut operator = operator(&stage).await;
    let differing = async |connection: &mut sqlx::PgConnection| {
        let (_, tables) = rebuild::diff(connection, 1, "sale", (None, None), 1).await.unwrap();
        tables.into_iter().filter(|table| !table.is_empty()).collect::<Vec<Difference>>()
    };
    // generation 1 alone goes on, changes of known sales included
    let only_first = "UPDATE es_ops.projection SET filled_at = NULL WHERE generation = 2";
    sqlx::query(only_first).execute(stage.owner()).await.unwrap();
    more_sales(&stage, 20..30).await;
    product(&stage).await.run_until_caught_up().await.unwrap();
    let again = "UPDATE es_ops.projection SET filled_at = now() WHERE generation = 2";
    sqlx::query(again).execute(stage.owner()).await.unwrap();
    assert_eq!(differing(&mut operator).await, [], "compared at the position both have reached");

    let sale: uuid::Uuid = sqlx::query_scalar(
        "UPDATE rm_sale_2.sale_version SET title = title || ' ' WHERE position = 50 RETURNING stream_id",
    )
    .fetch_one(stage.owner())
    .await
    .unwrap();
    let found = differing(&mut operator).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].table.as_str(), &found[0].streams), ("sale_version", &vec![sale]));
    assert_eq!((found[0].only_from, found[0].only_to), (1, 1));
}

#[tokio::test]
async fn an_answer_is_at_the_position_all_read_models_have_reached() {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    bulk::sales(&stage, &tenant, 0..3).await;
    let both = product(&stage).await;
    let reached = both.run_until_caught_up().await.unwrap();
    both.release().await.unwrap();
    bulk::sales(&stage, &tenant, 3..5).await;
    let sale_only = stage.running(stage.config(), vec![Arc::new(SaleModel)]).await;
    let head = sale_only.run_until_caught_up().await.unwrap();
    let manager = token(&stage, "manager");
    let (_, answer) = json(&sale_only, "/v1/sales", Some(&manager)).await;
    assert_eq!(answer["position"], reached, "activities have not come further");
    assert_eq!(answer["sales"].as_array().unwrap().len(), 3, "so the sales are taken back to it");
    let path = format!("/v1/sales?min_position={head}");
    let (status, problem) = json(&sale_only, &path, Some(&manager)).await;
    assert_eq!((status, &problem["position"]), (StatusCode::GATEWAY_TIMEOUT, &json!(reached)));

    let activity_only = stage.running(stage.config(), vec![Arc::new(ActivityModel)]).await;
    activity_only.run_until_caught_up().await.unwrap();
    let (_, answer) = json(&sale_only, &path, Some(&manager)).await;
    assert_eq!((&answer["position"], answer["sales"].as_array().unwrap().len()), (&json!(head), 5));
}

#[tokio::test]
async fn a_release_with_another_shape_follows_its_generation_and_answers_when_that_is_promoted() {
    let stage = rebuilt().await;
    let older = "UPDATE es_ops.projection SET code_hash = 'an older release' WHERE generation = 1 AND name = 'sale'";
    sqlx::query(older).execute(stage.owner()).await.unwrap();
    let app = product(&stage).await;
    let manager = token(&stage, "manager");
    let (status, problem) = json(&app, "/v1/sales", Some(&manager)).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable"))
    );
    more_sales(&stage, 20..30).await;
    let head = app.run_until_caught_up().await.unwrap();
    assert_eq!(position(&stage, 2).await, Some(head));
    assert_eq!(position(&stage, 1).await, None, "the older one is the older release's");
    rebuild::promote(&mut operator(&stage).await, "sale", None, Readers::KeepPlace).await.unwrap();
    let (status, answer) = json(&app, "/v1/sales", Some(&manager)).await;
    assert_eq!((status, &answer["position"]), (StatusCode::OK, &json!(head)));

    sqlx::query("UPDATE es_ops.projection SET code_hash = 'a newer release' WHERE name = 'sale'")
        .execute(stage.owner())
        .await
        .unwrap();
    let Err(AppError::ReadModels(refusal)) = App::connect(stage.config(), Clock::system()).await
    else {
        panic!("it started on a read model it does not know");
    };
    assert!(refusal.to_string().contains("salgslogg projection rebuild sale"), "{refusal}");
}
