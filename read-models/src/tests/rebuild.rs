//! Rebuild equals live: however a log is cut into runs, the rows are the same.

use events::Recorded;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::World;
use super::histories::{Player, Step, steps};

/// Every row of a generation as text, table by table.
async fn rows(world: &World, generation: i32) -> Vec<String> {
    let mut rows = Vec::new();
    for table in ["sale", "stage", "sale_type", "user", "rate", "tenant"] {
        let text = format!(
            "SELECT t::text FROM rm_sale_{generation}.{table}_version AS t ORDER BY stream_id, version"
        );
        let found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(text))
            .fetch_all(world.database.owner())
            .await
            .unwrap();
        rows.extend(found);
    }
    rows
}

/// Cuts a log into runs of the given lengths, again and again.
fn cut<'a>(log: &'a [Recorded], lengths: &[usize]) -> Vec<&'a [Recorded]> {
    let (mut rest, mut runs) = (log, Vec::new());
    for length in lengths.iter().cycle() {
        let (run, left) = rest.split_at((*length).min(rest.len()));
        runs.push(run);
        rest = left;
        if rest.is_empty() {
            break;
        }
    }
    runs
}

async fn every_cut_gives_the_same_rows(history: &[Step], lengths: &[usize]) {
    let mut world = World::provisioned().await;
    Player::play(&mut world, history).await;
    let log = world.log().await;
    world.building(2).await;
    world.building(3).await;
    world.apply(1, &cut(&log, &[1])).await;
    world.apply(2, &cut(&log, lengths)).await;
    world.apply(3, &[&log]).await;
    let live = rows(&world, 1).await;
    let versions = log.iter().filter(|event| !event.event_type.starts_with("name.")).count();
    assert_eq!(live.len(), versions, "a version an event, those within a run too");
    assert_eq!(live, rows(&world, 2).await);
    assert_eq!(live, rows(&world, 3).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rebuild_equals_live(
        history in steps(10..80),
        lengths in prop::collection::vec(1_usize..9, 1..6),
    ) {
        Runtime::new().unwrap().block_on(every_cut_gives_the_same_rows(&history, &lengths));
    }
}
