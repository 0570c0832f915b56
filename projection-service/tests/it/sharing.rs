//! Several read models, one reader: lanes at different positions share what was read and meet at
//! the head; a lane that is far behind holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use projection_service::runner::Part;
use read_models::sale::SaleModel;
use service_runtime::Tasks;

use crate::rebuild::append;
use crate::support::facts::Step;
use crate::support::tally::Tally;
use crate::support::{Stage, eventually};

/// Facts of four sales; every one can follow in any version.
fn steps(count: u8) -> Vec<Step> {
    (0..count).map(|n| Step { tenant: 0, subject: n % 4, kind: n % 10, figure: n }).collect()
}

async fn position(stage: &Stage, model: &'static str) -> i64 {
    let part = Part { model, generation: 1, log_id: 1, part: 0 };
    part.state(stage.owner()).await.unwrap().position
}

#[tokio::test]
async fn lanes_that_begin_apart_meet_at_the_head() {
    let stage = Stage::set().await;
    append(&stage, 1, &steps(40)).await;
    let tally = stage.tallying().await;
    tally.run_until_caught_up().await.unwrap();
    tally.release().await.unwrap();

    let both = stage.running(stage.config(), vec![Arc::new(SaleModel), Arc::new(Tally)]).await;
    let tasks = Tasks::new();
    both.start_workers(&tasks);
    let mut published = 0;
    for _ in 0..5 {
        append(&stage, 1, &steps(20)).await;
        let rows = stage.store.read_after(published, 1_000).await.unwrap();
        published += i64::try_from(rows.len()).unwrap();
        stage.publish(&rows).await;
        let head = stage.store.head().await.unwrap();
        eventually("both lanes are at the head", async || {
            position(&stage, "sale").await == head && position(&stage, "tally").await == head
        })
        .await;
    }
    assert_eq!(tasks.drain(Duration::from_secs(10)).await.left, 0);
    stage.assert_complete().await;
}
