//! How much a generation may set aside, at n and n + 1, and what happens beyond: the part stands
//! still and says so; nothing is skipped.

use projection_service::config::Pace;
use projection_service::runner::Step;
use read_models::OnPoison;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, aside, decree, queue, wish};

async fn standing(stage: &Stage) -> Option<(i64, String)> {
    let text = "SELECT halted_position, halted_reason FROM es_ops.projection_part
                 WHERE name = 'tally' AND halted IS NOT NULL";
    sqlx::query_as(text).fetch_optional(stage.owner()).await.unwrap()
}

async fn stage(poison: &[usize], events: usize) -> Stage {
    let mut stage = Stage::set().await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    let mut payloads = vec![b"{}".to_vec(); events];
    for at in poison {
        payloads[at - 1] = b"poison".to_vec();
    }
    stage.append_payloads(payloads).await;
    stage
}

#[tokio::test]
async fn as_many_streams_as_allowed_are_set_aside_and_not_one_more() {
    let pace = Pace { projection_parked_streams_max: 2, ..Pace::default() };
    let (stage, model) = (stage(&[2, 4, 13], 21).await, Choosy::new(OnPoison::ParkStream));
    let mut pump = Pump::paced(&stage, model.clone(), 1, pace);
    let Step::Halted(reason) = pump.run().await else { panic!("it went on") };
    assert!(reason.contains("position 13"), "{reason}");
    assert_eq!(standing(&stage).await, Some((13, "too_many_parked".into())));
    assert_eq!((stage.checkpoint().await, aside(&stage, "tally").await.len()), (12, 2));
    // a halted lane still carries out a redrive, which makes the room it needs
    model.fix();
    wish(&stage).await;
    assert_eq!(pump.run().await, Step::Idle);
    assert_eq!(standing(&stage).await, None);
    stage.assert_complete().await;
}

#[tokio::test]
async fn as_many_events_as_allowed_wait_and_not_one_more() {
    // the second stream stops with its first event: positions 2, 9, 16 and 23 belong to it
    for (room, halted) in [(4, None), (3, Some((23, "too_many_parked".into())))] {
        let pace = Pace { projection_parked_events_max: room, ..Pace::default() };
        let (stage, model) = (stage(&[2], 28).await, Choosy::new(OnPoison::ParkStream));
        let mut pump = Pump::paced(&stage, model.clone(), 1, pace);
        pump.run().await;
        assert_eq!(standing(&stage).await, halted, "{room}");
        let waiting: usize = queue(&stage, "tally").await.iter().map(|(_, at)| at.len()).sum();
        assert_eq!(waiting, usize::try_from(room).unwrap());
        assert_eq!(stage.checkpoint().await, if halted.is_some() { 22 } else { 28 });
        model.fix();
        wish(&stage).await;
        assert_eq!(pump.run().await, Step::Idle);
        stage.assert_complete().await;
    }
}

#[tokio::test]
async fn a_queue_longer_than_a_page_is_redriven_in_one_go() {
    let (stage, model) = (stage(&[1], 7 * 1_100).await, Choosy::new(OnPoison::ParkStream));
    let mut pump = Pump::new(&stage, model.clone());
    pump.run().await;
    assert_eq!(aside(&stage, "tally").await[0].queued, 1_100);
    model.fix();
    wish(&stage).await;
    pump.run().await;
    stage.assert_complete().await;
}
