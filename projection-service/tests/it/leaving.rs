//! What comes and what goes beside what answers: a read model that is new to an old log, a generation that is dropped
//! twice, one that is dropped while it stands still, a switch that looks at every log.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::http::StatusCode;
use projection_service::AppError;
use read_models::OnPoison;
use read_models::rebuild::{self, Readers, RebuildError};
use serde_json::json;

use crate::answering::{ask, json, token};
use crate::generations::{more_sales, product, rebuilt};
use crate::rebuild_under_load::{begin, operator};
use crate::support::Stage;
use crate::support::choosy::Choosy;

/// As an upgrade does that brings another read model: the others are far along the log, it begins at 0.
#[tokio::test]
async fn a_new_read_model_takes_no_answer_back_to_the_beginning_of_the_log() {
    let stage = rebuilt().await;
    let before = product(&stage).await;
    let reached = before.run_until_caught_up().await.unwrap();
    let manager = token(&stage, "manager");
    let (_, answer) = json(&before, "/v1/sales", Some(&manager)).await;
    assert_eq!(answer["position"], reached);
    before.release().await.unwrap();
    sqlx::raw_sql(
        "DROP SCHEMA rm_activity_1 CASCADE; DELETE FROM es_ops.projection WHERE name = 'activity'",
    )
    .execute(stage.owner())
    .await
    .unwrap();
    read_models::schema::migrate(&mut stage.database.superuser().await).await.unwrap();

    let after = product(&stage).await;
    more_sales(&stage, 20..30).await;
    let (status, problem) = json(&after, "/v1/sales", Some(&manager)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert_eq!(problem["code"], "unavailable");
    let head = after.run_until_caught_up().await.unwrap();
    let (status, answer) = json(&after, "/v1/sales", Some(&manager)).await;
    assert_eq!((status, &answer["position"]), (StatusCode::OK, &json!(head)));
}

#[tokio::test]
async fn whoever_drops_a_generation_once_more_leaves_the_next_one_of_its_number_alone() {
    let stage = rebuilt().await;
    let mut operator = operator(&stage).await;
    rebuild::mark_for_drop(&mut operator, "sale", 2, Duration::ZERO).await.unwrap();
    rebuild::finish_drop(&mut operator, "sale", 2).await.unwrap();
    let mut next = begin(&stage).await.unwrap();
    assert_eq!(next.generation(), 2);
    // another operator asked for the same and still waited
    rebuild::finish_drop(&mut operator, "sale", 2).await.unwrap();
    next.fill(1, |_| ()).await.unwrap();
    assert_eq!(next.finish().await.unwrap(), 2);
}

/// A process slept while its generation was dropped and the next one of that number begun.
#[tokio::test]
async fn a_lane_that_slept_through_a_drop_leaves_the_rebuild_of_the_next_one_alone() {
    let stage = rebuilt().await;
    let asleep = product(&stage).await;
    asleep.run_until_caught_up().await.unwrap();
    let mut operator = operator(&stage).await;
    rebuild::mark_for_drop(&mut operator, "sale", 2, Duration::ZERO).await.unwrap();
    stage.leases_end().await;
    rebuild::finish_drop(&mut operator, "sale", 2).await.unwrap();
    more_sales(&stage, 20..30).await;
    let mut next = begin(&stage).await.unwrap();
    assert_eq!(next.generation(), 2);
    // fenced at first; then it asks for the lease
    asleep.run_until_caught_up().await.unwrap_err();
    let refused = asleep.run_until_caught_up().await;
    next.fill(1, |_| ()).await.unwrap();
    assert_eq!(next.finish().await.unwrap(), 2);
    assert!(matches!(refused, Err(AppError::NotOurs("sale"))), "{refused:?}");
}

#[tokio::test]
async fn a_generation_behind_on_any_log_is_not_promoted() {
    let stage = rebuilt().await;
    product(&stage).await.run_until_caught_up().await.unwrap();
    for (generation, position) in [(1, 10_i64), (2, 5)] {
        sqlx::query("INSERT INTO es_ops.projection_part (name, generation, log_id, part, position) VALUES ('sale', $1, 2, 0, $2)")
            .bind(generation)
            .bind(position)
            .execute(stage.owner())
            .await
            .unwrap();
    }
    let refused =
        rebuild::promote(&mut operator(&stage).await, "sale", Some(2), Readers::KeepPlace)
            .await
            .unwrap_err();
    assert!(matches!(refused, RebuildError::Behind { position: 5, live: 10, .. }), "{refused}");
}

/// What an older backup of the log leaves behind: a live generation that no other one can come level with.
#[tokio::test]
async fn readers_step_back_only_when_somebody_says_so_case_32() {
    let stage = rebuilt().await;
    product(&stage).await.run_until_caught_up().await.unwrap();
    sqlx::query("UPDATE es_ops.projection_part SET position = position + 1000 WHERE name = 'sale' AND generation = 1")
        .execute(stage.owner())
        .await
        .unwrap();
    let mut operator = operator(&stage).await;
    let refused =
        rebuild::promote(&mut operator, "sale", Some(2), Readers::KeepPlace).await.unwrap_err();
    assert!(matches!(refused, RebuildError::Behind { .. }), "{refused}");
    let switched =
        rebuild::promote(&mut operator, "sale", Some(2), Readers::StepBack).await.unwrap();
    let head = stage.store.head().await.unwrap();
    assert_eq!((switched.from, switched.to, switched.position), (Some(1), 2, head));
}

#[tokio::test]
async fn a_generation_that_is_dropped_while_it_stands_still_alarms_nobody_any_more() {
    let mut stage = Stage::set().await;
    let model = Choosy::named("leaving", OnPoison::Halt);
    let mut operator = operator(&stage).await;
    read_models::schema::begin_generation(&mut operator, &model, 1, "live").await.unwrap();
    stage.append_payloads(vec![b"poison".to_vec()]).await;
    let app = stage.running(stage.config(), vec![Arc::new(model)]).await;
    let Err(AppError::Halted { .. }) = app.run_until_caught_up().await else {
        panic!("it went on")
    };
    let halted = async || {
        let (_, answer) = ask(&app, "/metrics", None).await;
        let body = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        let line = "salgslogg_projection_halted{model=\"leaving\",generation=\"1\"} 1\n";
        String::from_utf8_lossy(&body).contains(line)
    };
    assert!(halted().await);
    sqlx::query(
        "UPDATE es_ops.projection SET state = 'retired', retired_at = now() WHERE name = 'leaving'",
    )
    .execute(stage.owner())
    .await
    .unwrap();
    rebuild::mark_for_drop(&mut operator, "leaving", 1, Duration::ZERO).await.unwrap();
    app.discover().await.unwrap();
    assert!(!halted().await);
}
