//! An event that cannot be applied, under the policy `halt`: the part stops exactly before it and
//! says why, the others go on, nothing is ever skipped (case 38).

use std::sync::Arc;

use projection_service::runner::Step;
use projection_service::{App, AppError};
use read_models::OnPoison;
use service_runtime::Tasks;

use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, aside, decree, wish};
use crate::support::{Stage, eventually};

/// Where and why the tally stands still.
async fn halted(stage: &Stage) -> Option<(i64, String, String)> {
    let text = "SELECT halted_position, halted_reason, halted FROM es_ops.projection_part
                 WHERE name = 'tally' AND halted IS NOT NULL";
    sqlx::query_as(text).fetch_optional(stage.owner()).await.unwrap()
}

/// Twenty events, the eighth of which is `payload`.
async fn append_poison(stage: &mut Stage, payload: &[u8]) {
    let mut payloads = vec![b"{}".to_vec(); 20];
    payloads[7] = payload.to_vec();
    stage.append_payloads(payloads).await;
}

async fn stands_still(app: &App) -> String {
    match app.run_until_caught_up().await {
        Err(AppError::Halted { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_part_halts_exactly_before_an_event_that_cannot_be_applied_case_38() {
    for (payload, word) in [
        (b"poison".as_slice(), "does_not_follow"),
        (b"poison for the database".as_slice(), "refused_by_database"),
    ] {
        let mut stage = Stage::set().await;
        append_poison(&mut stage, payload).await;
        let app = stage.tallying().await;
        stands_still(&app).await;
        stands_still(&app).await;
        assert_eq!(stage.checkpoint().await, 7);
        let (position, reason, sentence) = halted(&stage).await.unwrap();
        assert_eq!((position, reason.as_str()), (8, word));
        let place = "position 8: sale.completed of sale/00000000-0000-0000-0000-000000000000";
        assert!(sentence.starts_with(place), "{sentence}");
    }
}

#[tokio::test]
async fn clearing_the_halt_asks_for_another_try() {
    let mut stage = Stage::set().await;
    append_poison(&mut stage, b"poison").await;
    let app = stage.tallying().await;
    stands_still(&app).await;
    let clear = "UPDATE es_ops.projection_part SET halted = NULL";
    sqlx::query(clear).execute(stage.owner()).await.unwrap();
    stands_still(&app).await;
    assert!(halted(&stage).await.is_some(), "still poison, halted again");
}

#[tokio::test]
async fn a_fixed_program_goes_on_where_the_old_one_stopped() {
    let mut stage = Stage::set().await;
    append_poison(&mut stage, b"poison").await;
    let old = stage.tallying().await;
    stands_still(&old).await;
    old.release().await.unwrap();
    let model = Choosy::new(OnPoison::Halt);
    model.fix();
    let new = stage.running(stage.config(), vec![Arc::new(model)]).await;
    new.run_until_caught_up().await.unwrap();
    assert_eq!(halted(&stage).await, None);
    stage.assert_complete().await;
}

#[tokio::test]
async fn the_other_read_models_go_on_while_one_stands_still_case_38() {
    let mut stage = Stage::set().await;
    let other = Choosy::named("other", OnPoison::Halt);
    other.fix();
    let mut owner = stage.database.superuser().await;
    sqlx::query("SET ROLE es_owner").execute(&mut owner).await.unwrap();
    read_models::schema::begin_generation(&mut owner, &other, 1, "live").await.unwrap();
    append_poison(&mut stage, b"poison").await;
    let choosy = Choosy::new(OnPoison::Halt);
    let both = vec![Arc::new(choosy.clone()) as _, Arc::new(other) as _];
    let app = stage.running(stage.config(), both).await;
    let tasks = Tasks::new();
    app.start_workers(&tasks);
    let text = "SELECT position FROM es_ops.projection_part WHERE name = 'other'";
    eventually("the other one is complete", async || {
        sqlx::query_scalar(text).fetch_optional(stage.owner()).await.unwrap() == Some(20_i64)
    })
    .await;
    eventually("the tally stands still", async || halted(&stage).await.is_some()).await;
    assert_eq!(stage.checkpoint().await, 7);
    tasks.drain(std::time::Duration::from_secs(10)).await;
    choosy.fix();
    let fixed = stage.running(stage.config(), vec![Arc::new(choosy)]).await;
    fixed.run_until_caught_up().await.unwrap();
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_halted_part_goes_on_by_parking_when_its_policy_is_changed() {
    let mut stage = Stage::set().await;
    append_poison(&mut stage, b"poison").await;
    let model = Choosy::new(OnPoison::Halt);
    let mut pump = Pump::new(&stage, model.clone());
    assert!(matches!(pump.run().await, Step::Halted(_)));
    assert!(matches!(pump.run().await, Step::Halted(_)));
    decree(&stage, "tally", OnPoison::ParkStream).await;
    assert_eq!(pump.run().await, Step::Idle);
    assert_eq!((halted(&stage).await, stage.checkpoint().await), (None, 20));
    assert_eq!(aside(&stage, "tally").await.len(), 1);
    model.fix();
    wish(&stage).await;
    pump.run().await;
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_generation_begins_with_the_policy_of_its_model() {
    let stage = Stage::set().await;
    let text = "SELECT name, on_poison FROM es_ops.projection ORDER BY 1";
    let policies: Vec<(String, String)> =
        sqlx::query_as(text).fetch_all(stage.owner()).await.unwrap();
    let expected = [("activity", "park_stream"), ("sale", "halt"), ("tally", "halt")];
    assert_eq!(policies, expected.map(|(name, policy)| (name.to_owned(), policy.to_owned())));
}
