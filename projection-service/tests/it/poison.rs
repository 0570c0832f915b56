//! An event that cannot be applied: the part stops exactly before it and says why; nothing is ever
//! skipped (case 38).

use std::sync::Arc;

use events::{Aggregate, Recorded};
use futures::future::BoxFuture;
use projection_service::{App, AppError};
use read_models::rebuild::Fold;
use read_models::{ApplyError, OnPoison, ReadModel};
use sqlx::PgConnection;

use crate::support::Stage;
use crate::support::tally::Tally;

/// The tally after a fix: it swallows what the old one could not.
struct Fixed;

impl ReadModel for Fixed {
    fn name(&self) -> &'static str {
        Tally.name()
    }

    fn version(&self) -> i32 {
        Tally.version()
    }

    fn tables(&self) -> &'static str {
        Tally.tables()
    }

    fn reads(&self) -> &'static [Aggregate] {
        Tally.reads()
    }

    fn on_poison(&self) -> OnPoison {
        Tally.on_poison()
    }

    fn fold(&self) -> Box<dyn Fold> {
        Tally.fold()
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            for event in events {
                let harmless = Recorded { payload: b"{}".to_vec(), ..event.clone() };
                Tally.apply(tx, &[harmless]).await?;
            }
            Ok(())
        })
    }
}

async fn halted(stage: &Stage) -> Option<String> {
    let text = "SELECT halted FROM es_ops.projection_part WHERE name = 'tally'";
    sqlx::query_scalar(text).fetch_one(stage.owner()).await.unwrap()
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
    for payload in [b"poison".as_slice(), b"poison for the database".as_slice()] {
        let mut stage = Stage::set().await;
        append_poison(&mut stage, payload).await;
        let app = stage.tallying().await;
        stands_still(&app).await;
        stands_still(&app).await;
        assert_eq!(stage.checkpoint().await, 7);
        let reason = halted(&stage).await.unwrap();
        assert!(reason.starts_with("position 8: "), "{reason}");
    }
}

#[tokio::test]
async fn clearing_the_reason_asks_for_another_try() {
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
    let new = stage.running(stage.config(), vec![Arc::new(Fixed)]).await;
    new.run_until_caught_up().await.unwrap();
    assert_eq!(halted(&stage).await, None);
    stage.assert_complete().await;
}
