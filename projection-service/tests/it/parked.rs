//! A stream with an event that cannot be applied is set aside, the others go on, and it comes back
//! whole (case 39): after a redrive the rows are those of a run in order.

use read_models::OnPoison;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, aside, decree, queue, wish};
use projection_service::runner::Step;

/// A log of 28 events in turn to seven streams; the ninth and the tenth are poison, so the second
/// and the third stream stop with their second event.
async fn poisoned() -> (Stage, Choosy) {
    let mut stage = Stage::set().await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    let mut payloads = vec![b"{}".to_vec(); 28];
    payloads[8] = b"poison".to_vec();
    payloads[9] = b"poison for the database".to_vec();
    stage.append_payloads(payloads).await;
    (stage, Choosy::new(OnPoison::ParkStream))
}

#[tokio::test]
async fn the_streams_wait_in_order_and_the_others_go_on_case_39() {
    let (stage, model) = poisoned().await;
    assert_eq!(Pump::new(&stage, model).run().await, Step::Idle);
    assert_eq!(stage.checkpoint().await, 28);
    let streams = aside(&stage, "tally").await;
    let [second, third] = streams.as_slice() else { panic!("{streams:?}") };
    assert_eq!((second.from_position, second.failed_position, second.queued), (9, 9, 3));
    assert_eq!((second.reason.as_str(), second.attempts), ("does_not_follow", 3));
    assert_eq!(second.error, "not to be swallowed");
    assert_eq!((second.tenant.as_str(), second.event_type.as_str()), ("demo", "sale.completed"));
    assert_eq!(second.stream, "sale/00000000-0000-0000-0000-000000000001");
    assert_eq!((third.from_position, third.reason.as_str()), (10, "refused_by_database"));
    let waiting = [(second.stream_id, vec![9, 16, 23]), (third.stream_id, vec![10, 17, 24])];
    assert_eq!(queue(&stage, "tally").await, waiting);
    // everything before the poison is there, and all of every other stream
    let mut expected = stage.expected().await;
    for row in &mut expected {
        if waiting.iter().any(|(stream, _)| *stream == row.0) {
            row.1 = 1;
        }
    }
    let counts = |rows: &[(uuid::Uuid, i64, i64, String)]| {
        rows.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&stage.rows().await), counts(&expected));
}

#[tokio::test]
async fn after_the_fix_a_redrive_gives_the_rows_of_a_run_in_order_case_39() {
    let (mut stage, model) = poisoned().await;
    let mut pump = Pump::new(&stage, model.clone());
    pump.run().await;
    stage.append(7).await;
    pump.run().await;
    model.fix();
    wish(&stage).await;
    stage.append(7).await;
    assert_eq!(pump.run().await, Step::Idle);
    assert_eq!((aside(&stage, "tally").await, queue(&stage, "tally").await), (vec![], vec![]));
    stage.assert_complete().await;
    stage.append(14).await;
    pump.run().await;
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_redrive_in_vain_changes_no_row_and_keeps_the_newest_error() {
    let (mut stage, model) = poisoned().await;
    let mut pump = Pump::new(&stage, model.clone());
    pump.run().await;
    let before = (stage.rows().await, queue(&stage, "tally").await);
    wish(&stage).await;
    assert_eq!(pump.run().await, Step::Idle);
    assert_eq!((stage.rows().await, queue(&stage, "tally").await), before);
    let streams = aside(&stage, "tally").await;
    assert_eq!(streams.iter().map(|stream| stream.attempts).collect::<Vec<_>>(), [4, 4]);
    // nobody asks again by himself
    pump.run().await;
    assert_eq!(aside(&stage, "tally").await, streams);
    stage.append(7).await;
    model.fix();
    wish(&stage).await;
    pump.run().await;
    stage.assert_complete().await;
}

#[tokio::test]
async fn one_stream_alone_can_be_redriven() {
    let (stage, model) = poisoned().await;
    let mut pump = Pump::new(&stage, model.clone());
    pump.run().await;
    model.fix();
    let one =
        "UPDATE es_ops.parked_stream SET redrive_requested_at = now() WHERE from_position = 10";
    sqlx::query(one).execute(stage.owner()).await.unwrap();
    pump.run().await;
    let left = aside(&stage, "tally").await;
    assert_eq!(left.iter().map(|stream| stream.from_position).collect::<Vec<_>>(), [9]);
    wish(&stage).await;
    pump.run().await;
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_redrive_of_an_owner_that_lost_its_lease_changes_nothing_case_35() {
    let (stage, model) = poisoned().await;
    let mut first = Pump::new(&stage, model.clone());
    first.run().await;
    let before = (stage.rows().await, aside(&stage, "tally").await);
    stage.leases_end().await;
    let mut second = Pump::new(&stage, model.clone());
    second.run().await;
    model.fix();
    wish(&stage).await;
    assert_eq!(first.step().await.unwrap(), Step::NotOurs);
    assert_eq!((stage.rows().await, aside(&stage, "tally").await), before);
    second.run().await;
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_new_owner_keeps_the_queue_in_order() {
    let (mut stage, model) = poisoned().await;
    let mut first = Pump::new(&stage, model.clone());
    first.run().await;
    first.lane.release().await.unwrap();
    stage.append(7).await;
    let mut second = Pump::new(&stage, model.clone());
    second.run().await;
    let positions: Vec<_> = queue(&stage, "tally").await.into_iter().map(|(_, at)| at).collect();
    assert_eq!(positions, [[9, 16, 23, 30], [10, 17, 24, 31]]);
    model.fix();
    wish(&stage).await;
    second.run().await;
    stage.assert_complete().await;
}

#[tokio::test]
async fn each_generation_has_its_own_queues() {
    let (stage, model) = poisoned().await;
    let mut owner = stage.database.superuser().await;
    sqlx::query("SET ROLE es_owner").execute(&mut owner).await.unwrap();
    read_models::schema::begin_generation(&mut owner, &model, 2, "building").await.unwrap();
    // as the rebuild of an empty log leaves it: lanes follow nothing that is still being filled
    let filled = "UPDATE es_ops.projection SET filled_at = now() WHERE generation = 2";
    sqlx::query(filled).execute(stage.owner()).await.unwrap();
    let pace = projection_service::config::Pace::default();
    let mut old = Pump::new(&stage, model.clone());
    let mut new = Pump::paced(&stage, model.clone(), 2, pace);
    old.run().await;
    new.run().await;
    assert_eq!(aside(&stage, "tally").await.len(), 4);
    model.fix();
    let one = "UPDATE es_ops.parked_stream SET redrive_requested_at = now() WHERE generation = 1";
    sqlx::query(one).execute(stage.owner()).await.unwrap();
    new.run().await;
    assert_eq!(aside(&stage, "tally").await.len(), 4, "the wish was about the other one");
    old.run().await;
    assert_eq!(aside(&stage, "tally").await.len(), 2);
    assert_eq!(stage.rows().await, stage.expected().await);
    wish(&stage).await;
    new.run().await;
    let text = "SELECT * FROM rm_tally_2.tally ORDER BY stream_id";
    let rows: crate::support::tally::Rows =
        sqlx::query_as(text).fetch_all(stage.owner()).await.unwrap();
    assert_eq!(rows, stage.expected().await);
}
