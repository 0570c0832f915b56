//! The projector dies at every statement of parking a stream and of bringing it back (case 34):
//! afterwards every event is counted once or waits once, and in the end the rows are those of a run
//! in order.

use projection_service::config::Pace;
use projection_service::runner::Step;
use read_models::OnPoison;
use service_runtime::config::Secret;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::postgres_proxy::{Cut, PostgresProxy};
use crate::support::pump::{Pump, decree, queue, wish};
use crate::support::tally::counted;

/// More exchanges than the work has.
const EXCHANGES_MAX: i64 = 300;

/// Steps until rest or death; whether it died.
async fn dies(pump: &mut Pump) -> bool {
    let mut idle = 0;
    while idle < 2 {
        match pump.step().await {
            Ok(Step::Idle) => idle += 1,
            Ok(Step::Applied { .. } | Step::Failed(_)) => idle = 0,
            Ok(Step::NotOurs | Step::Halted(_)) => return false,
            Err(_) => return true,
        }
    }
    false
}

async fn waiting(stage: &Stage) -> i64 {
    let events: usize = queue(stage, "tally").await.iter().map(|(_, at)| at.len()).sum();
    i64::try_from(events).unwrap()
}

/// One life: poison comes, the owner dies before or after exchange `at`, an heir goes on; then the
/// fix, a redrive with another death, and an heir again. Answers whether anything was cut.
async fn one_life(stage: &mut Stage, cut: Cut, at: i64) -> bool {
    let model = Choosy::new(OnPoison::ParkStream);
    let mut payloads = vec![b"{}".to_vec(); 10];
    payloads[4] = b"poison".to_vec();
    stage.append_payloads(payloads).await;
    let mut cuts = false;
    for fixed in [false, true] {
        if fixed {
            model.fix();
            wish(stage).await;
        }
        let url = stage.database.url_for("salgslogg_projector");
        let proxy = PostgresProxy::before(&url, cut, at).await;
        let through = Secret::new(proxy.url(&url));
        let pace = Pace::default();
        let mut dying = Pump::through(stage, &through, model.clone(), 1, pace);
        let died = dies(&mut dying).await;
        assert!(!died || proxy.was_cut());
        cuts |= proxy.was_cut();
        let found = counted(&stage.rows().await) + waiting(stage).await;
        assert_eq!(found, stage.checkpoint().await, "{cut:?} {at} {fixed}");
        drop(dying);
        stage.leases_end().await;
        let mut heir = Pump::new(stage, model.clone());
        assert_eq!(heir.run().await, Step::Idle);
        heir.lane.release().await.unwrap();
        let found = counted(&stage.rows().await) + waiting(stage).await;
        assert_eq!(found, stage.store.head().await.unwrap(), "{cut:?} {at} {fixed}");
    }
    assert_eq!(waiting(stage).await, 0);
    stage.assert_complete().await;
    cuts
}

async fn die_at_every_statement(cut: Cut) {
    let mut stage = Stage::set().await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    for at in 0..EXCHANGES_MAX {
        if !one_life(&mut stage, cut, at).await {
            assert!(at > 30, "{at}");
            return;
        }
    }
    panic!("the work never ended");
}

#[tokio::test]
async fn a_crash_before_any_statement_of_parking_or_redriving_loses_nothing_case_34() {
    die_at_every_statement(Cut::Before).await;
}

#[tokio::test]
async fn a_crash_after_any_statement_of_parking_or_redriving_loses_nothing_case_34() {
    die_at_every_statement(Cut::After).await;
}
