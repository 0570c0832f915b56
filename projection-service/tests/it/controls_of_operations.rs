//! Negative controls of leases, rebuilds and answers (cases 42 to 47), and the hunt for deadlocks: without what
//! protects it, each of these goes wrong.

use projection_service::AppError;
use read_models::ReadModel;
use read_models::rebuild::{self, Readers};
use sqlx::Connection;
use tokio::sync::Barrier;

use crate::answering::{json, token};
use crate::rebuild_under_load::{begin, operator, position};
use crate::support::tally::Tally;
use crate::support::without::without;
use crate::support::{Stage, bulk};

/// A switch that does not wait takes readers back in time.
#[tokio::test]
async fn a_promotion_that_keeps_nobodys_place_takes_readers_back_case_42() {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    bulk::sales(&stage, &tenant, 0..20).await;
    let app = stage.running(stage.config(), read_models::all()).await;
    app.run_until_caught_up().await.unwrap();
    let mut rebuild = begin(&stage).await.unwrap();
    rebuild.fill(2, |_| ()).await.unwrap();
    rebuild.finish().await.unwrap();
    bulk::sales(&stage, &tenant, 20..40).await;
    // this process knows of generation 1 only, so the new one stays where it was built
    let seen = app.run_until_caught_up().await.unwrap();
    let mut operator = operator(&stage).await;
    let switched = rebuild::promote(&mut operator, "sale", None, Readers::StepBack).await.unwrap();
    assert!(switched.position < seen, "{switched:?} {seen}");
}

/// The notes of which parts are done, lost: the rows of a part are met a second time.
#[tokio::test]
async fn without_the_notes_of_its_parts_a_rebuild_cannot_go_on_case_43() {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    bulk::sales(&stage, &tenant, 0..50).await;
    let mut first = begin(&stage).await.unwrap();
    first.fill(2, |_| ()).await.unwrap();
    drop(first);
    sqlx::query("DELETE FROM es_ops.rebuild_part").execute(stage.owner()).await.unwrap();
    let mut again = None;
    crate::support::eventually("the first run is gone", async || {
        again = begin(&stage).await.ok();
        again.is_some()
    })
    .await;
    let refused = again.unwrap().fill(1, |_| ()).await.unwrap_err();
    assert!(format!("{refused:?}").contains("23505"), "{refused:?}");
    assert_eq!(position(&stage, 2).await, None);
}

/// A claim that asks nobody: one part in the hands of two.
#[tokio::test]
async fn without_the_condition_of_a_claim_two_processes_hold_one_part_case_44() {
    let mut stage = Stage::set().await;
    let held = "AND (p.lease_owner = p_owner OR p.lease_until < clock_timestamp())";
    without(&stage, "claim", held, "").await;
    let (first, second) = (stage.tallying().await, stage.tallying().await);
    stage.append(5).await;
    first.run_until_caught_up().await.unwrap();
    stage.append(5).await;
    second.run_until_caught_up().await.unwrap();
}

/// Two processes at the same rows again and again, whatever the lease says: fenced, never deadlocked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_at_the_same_rows_never_deadlock_case_46() {
    let stage = Stage::set().await;
    let held = "AND (p.lease_owner = p_owner OR p.lease_until < clock_timestamp())";
    without(&stage, "claim", held, "").await;
    let tenant = bulk::house(&stage).await;
    let one = stage.running(stage.config(), read_models::all()).await;
    let other = stage.running(stage.config(), read_models::all()).await;
    let mut fenced = 0;
    for round in 0..20 {
        bulk::sales(&stage, &tenant, round * 5..round * 5 + 5).await;
        let (a, b) = tokio::join!(one.run_until_caught_up(), other.run_until_caught_up());
        for outcome in [a, b] {
            match outcome {
                Ok(_) => {}
                Err(AppError::NotOurs(_)) => fenced += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    assert!(fenced > 0, "they never met");
    one.run_until_caught_up().await.unwrap();
    let (head, deadlocks): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT min(position) FROM es_ops.projection_part WHERE name IN ('sale', 'activity')),
                (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())",
    )
    .fetch_one(stage.owner())
    .await
    .unwrap();
    assert_eq!((head, deadlocks), (stage.store.head().await.unwrap(), 0));
}

/// Rows taken in another order by another writer: what the lanes' order prevents.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_written_in_two_orders_deadlock_case_46() {
    let mut stage = Stage::set().await;
    let log = stage.append(2).await;
    let both = Barrier::new(2);
    let apply = async |order: [usize; 2]| {
        let mut connection = stage.database.superuser().await;
        let mut tx = connection.begin().await.unwrap();
        sqlx::query("SET LOCAL search_path = rm_tally_1").execute(&mut *tx).await.unwrap();
        Tally.apply(&mut tx, &log[order[0]..=order[0]]).await.unwrap();
        both.wait().await;
        let second = Tally.apply(&mut tx, &log[order[1]..=order[1]]).await;
        tx.commit().await.ok();
        format!("{second:?}")
    };
    let (a, b) = tokio::join!(apply([0, 1]), apply([1, 0]));
    assert!(a.contains("40P01") || b.contains("40P01"), "{a} {b}");
}

/// A question that does not say how fresh it must be.
#[tokio::test]
async fn without_waiting_an_answer_is_older_than_what_was_written_case_47() {
    let mut stage = Stage::set().await;
    let app = stage.running(stage.config(), read_models::all()).await;
    stage.append(1).await;
    let manager = token(&stage, "manager");
    let (status, answer) = json(&app, "/v1/sales", Some(&manager)).await;
    assert_eq!((status.as_u16(), &answer["position"]), (200, &0.into()), "{answer}");
}
