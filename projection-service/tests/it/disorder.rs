//! Redelivery and reordering (case 37): whatever order a lane is offered events in, and however
//! often, the result is that of the log in order.

use std::sync::Arc;

use events::Recorded;
use projection_service::config::Pace;
use projection_service::generation;
use projection_service::runner::{Lane, Part};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use service_runtime::config::Secret;
use service_runtime::ids::new_id;

use crate::support::tally::{Tally, counted};
use crate::support::{Stage, publisher};

const EVENTS: usize = 40;

/// A lane of the tally that nobody else owns.
fn lane(stage: &Stage) -> Lane {
    let part = Part { model: "tally", generation: 1, log_id: 1, part: 0 };
    let url = Secret::new(stage.database.url_for("salgslogg_projector"));
    let pool = generation::projecting(&url, "tally", 1).unwrap();
    Lane::new(Arc::new(Tally), part, pool, new_id(), Pace::default())
}

/// Starts the tally over.
async fn forget(stage: &Stage) {
    for text in ["TRUNCATE rm_tally_1.tally", "DELETE FROM es_ops.projection_part"] {
        sqlx::query(text).execute(stage.owner()).await.unwrap();
    }
}

/// Offers the deliveries, then the log in order, as the source does in the end.
async fn offer(stage: &Stage, log: &[Recorded], deliveries: &[Vec<usize>]) {
    forget(stage).await;
    let mut lane = lane(stage);
    for delivery in deliveries {
        let events: Vec<_> = delivery.iter().map(|&index| log[index].clone()).collect();
        lane.offer(&events).await.unwrap();
        assert_eq!(counted(&stage.rows().await), stage.checkpoint().await);
    }
    lane.offer(log).await.unwrap();
    for pair in log.chunks(2) {
        lane.offer(pair).await.unwrap();
    }
    stage.assert_complete().await;
}

#[test]
fn a_shuffled_and_repeated_stream_gives_the_same_rows_as_one_in_order_case_37() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (stage, log) = runtime.block_on(async {
        let mut stage = Stage::set().await;
        let log = stage.append(EVENTS).await;
        (stage, log)
    });
    let delivery = prop_oneof![
        proptest::collection::vec(0..EVENTS, 1..20),
        (0..EVENTS, 1..15_usize).prop_map(|(from, n)| (from..(from + n).min(EVENTS)).collect()),
        Just((0..EVENTS).collect::<Vec<_>>()).prop_shuffle(),
    ];
    let deliveries = proptest::collection::vec(delivery, 0..25);
    let config = ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&deliveries, |deliveries| {
            runtime.block_on(offer(&stage, &log, &deliveries));
            Ok(())
        })
        .unwrap();
    let _guard = runtime.enter();
    drop(stage);
}

#[tokio::test]
async fn a_stream_published_out_of_order_and_twice_gives_the_same_rows_case_37() {
    let mut stage = Stage::set().await;
    let rows = stage.append(60).await;
    let root = stage.nats.root().await;
    publisher::publish(&root, &rows[..20]).await;
    let mut wrong = rows[10..].to_vec();
    wrong.reverse();
    publisher::publish(&root, &wrong[..40]).await;
    stage.tallying().await.run_until_caught_up().await.unwrap();
    stage.assert_complete().await;
}
