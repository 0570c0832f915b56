//! The projector dies at the statements of parking a stream and of bringing it back (case 34):
//! afterwards every event is counted once or waits once, and in the end the rows are those of a run
//! in order.

use std::sync::Arc;

use local_stack::proxy::postgres::{Cut, PostgresProxy};
use projection_service::config::Pace;
use projection_service::runner::Step;
use projection_service::source::Source;
use read_models::OnPoison;
use service_runtime::config::Secret;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, decree, queue, reading, wish};
use crate::support::tally::counted;

/// More exchanges than the work has.
const EXCHANGES_MAX: i64 = 300;

/// Steps until rest or death; whether it died.
async fn dies(pump: &mut Pump) -> bool {
    loop {
        match pump.step().await {
            Ok(Step::Idle | Step::Applied { .. } | Step::Failed(_)) if pump.is_done().await => {
                return false;
            }
            Ok(Step::Idle | Step::Applied { .. } | Step::Failed(_)) => {}
            Ok(last @ (Step::NotOurs | Step::Halted(_))) => panic!("{last:?}"),
            Err(_) => return true,
        }
    }
}

async fn waiting(stage: &Stage) -> i64 {
    let events: usize = queue(stage, "tally").await.iter().map(|(_, at)| at.len()).sum();
    i64::try_from(events).unwrap()
}

/// One life: poison comes, the owner dies before or after exchange `at`, an heir goes on; then the
/// fix, a redrive with another death, and an heir again. Answers whether anything was cut.
async fn one_life(stage: &mut Stage, source: &Arc<Source>, cut: Cut, at: i64) -> bool {
    let model = Choosy::new(OnPoison::ParkStream);
    let (direct, pace) = (stage.database.url_for("salgslogg_projector"), Pace::default());
    let lane = |url: &str| Pump::sharing(source, &Secret::new(url), model.clone(), 1, pace);
    let mut payloads = vec![b"{}".to_vec(); 8];
    payloads[0] = b"poison".to_vec();
    stage.append_payloads(payloads).await;
    let mut cuts = false;
    for fixed in [false, true] {
        if fixed {
            model.fix();
            wish(stage).await;
        }
        let proxy = PostgresProxy::before(&direct, cut, at).await.unwrap();
        let mut dying = lane(&proxy.url(&direct).unwrap());
        let died = dies(&mut dying).await;
        assert!(!died || proxy.was_cut());
        cuts |= proxy.was_cut();
        let found = counted(&stage.rows().await) + waiting(stage).await;
        assert_eq!(found, stage.checkpoint().await, "{cut:?} {at} {fixed}");
        drop(dying);
        stage.leases_end().await;
        let mut heir = lane(&direct);
        assert_eq!(heir.run().await, Step::Idle);
        heir.lane.release().await.unwrap();
        let found = counted(&stage.rows().await) + waiting(stage).await;
        assert_eq!(found, stage.store.head().await.unwrap(), "{cut:?} {at} {fixed}");
    }
    assert_eq!(waiting(stage).await, 0);
    stage.assert_complete().await;
    cuts
}

async fn die_at_every_exchange(cut: Cut) {
    let mut stage = Stage::set().await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    let source = reading(&stage);
    for at in 0..EXCHANGES_MAX {
        if !one_life(&mut stage, &source, cut, at).await {
            assert!(at > 30, "{at}");
            return;
        }
    }
    panic!("the work never ended");
}

#[tokio::test]
async fn a_crash_before_any_statement_of_parking_or_redriving_loses_nothing_case_34() {
    die_at_every_exchange(Cut::Before).await;
}

#[tokio::test]
async fn a_crash_after_any_statement_of_parking_or_redriving_loses_nothing_case_34() {
    die_at_every_exchange(Cut::After).await;
}
