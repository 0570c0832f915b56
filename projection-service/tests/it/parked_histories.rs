//! Poison anywhere, batches of any size, redrives at any moment, owners that come and go: whatever
//! was set aside, after the fix and a redrive the rows are those of a run in order (case 39).

use std::collections::BTreeSet;

use projection_service::config::Pace;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use read_models::OnPoison;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, aside, decree, queue, wish};

/// What happens between two stretches of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Nothing,
    Redrive,
    AnotherOwner,
}

#[derive(Debug, Clone)]
struct Stretch {
    events: usize,
    poison: BTreeSet<usize>,
    turn: Turn,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let turn = prop_oneof![
        2 => Just(Turn::Nothing),
        2 => Just(Turn::Redrive),
        1 => Just(Turn::AnotherOwner)
    ];
    (1..25_usize, proptest::collection::btree_set(0..25_usize, 0..4), turn)
        .prop_map(|(events, poison, turn)| Stretch { events, poison, turn })
}

/// Starts the tally over on a log that grows from case to case; what is in it already is harmless
/// to a fixed program only, so every case folds it anew.
async fn forget(stage: &Stage) {
    for text in [
        "TRUNCATE rm_tally_1.tally",
        "DELETE FROM es_ops.parked_stream",
        "DELETE FROM es_ops.parked_event",
        "DELETE FROM es_ops.projection_part",
    ] {
        sqlx::query(text).execute(stage.owner()).await.unwrap();
    }
}

async fn lives(stage: &mut Stage, history: &[Stretch], batch: u16) {
    forget(stage).await;
    let pace = Pace { projection_page_max: batch, ..Pace::default() };
    let model = Choosy::new(OnPoison::ParkStream);
    let mut pump = Pump::paced(stage, model.clone(), 1, pace);
    for stretch in history {
        let payload = |at| if stretch.poison.contains(&at) { "poison" } else { "{}" };
        let payloads = (0..stretch.events).map(|at| payload(at).as_bytes().to_vec()).collect();
        stage.append_payloads(payloads).await;
        pump.run().await;
        match stretch.turn {
            Turn::Nothing => {}
            Turn::Redrive => {
                wish(stage).await;
                pump.run().await;
            }
            Turn::AnotherOwner => {
                pump.lane.release().await.unwrap();
                pump = Pump::paced(stage, model.clone(), 1, pace);
            }
        }
        assert_nothing_lost(stage).await;
    }
    model.fix();
    wish(stage).await;
    pump.run().await;
    assert_eq!((aside(stage, "tally").await, queue(stage, "tally").await), (vec![], vec![]));
    stage.assert_complete().await;
}

/// Every event up to the checkpoint is counted or waits, and none does both.
async fn assert_nothing_lost(stage: &Stage) {
    let rows = stage.rows().await;
    let waiting: usize = queue(stage, "tally").await.iter().map(|(_, at)| at.len()).sum();
    let noted: i64 = aside(stage, "tally").await.iter().map(|stream| stream.queued).sum();
    let counted = crate::support::tally::counted(&rows);
    assert_eq!(i64::try_from(waiting).unwrap(), noted);
    assert_eq!(counted + noted, stage.checkpoint().await);
}

#[test]
fn whatever_was_set_aside_comes_back_as_a_run_in_order_case_39() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut stage = runtime.block_on(async {
        let stage = Stage::set().await;
        decree(&stage, "tally", OnPoison::ParkStream).await;
        stage
    });
    let histories = (proptest::collection::vec(stretch(), 1..5), 1..30_u16);
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() };
    let shared = std::sync::Mutex::new(&mut stage);
    TestRunner::new(config)
        .run(&histories, |(history, batch)| {
            let mut stage = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            runtime.block_on(lives(&mut stage, &history, batch));
            Ok(())
        })
        .unwrap();
    let _guard = runtime.enter();
    drop(stage);
}
