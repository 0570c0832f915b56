//! A rebuild that is cut off at half goes on where it was (case 43).

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use read_models::rebuild::{self, RebuildError};
use tokio::sync::Notify;

use crate::rebuild_under_load::{assert_equal, begin, position};
use crate::support::{Stage, bulk, eventually};

const SALES: u32 = 2_000;

/// The parts that are there, and when each was done.
async fn parts(stage: &Stage) -> BTreeMap<i32, DateTime<Utc>> {
    let text =
        "SELECT part, done_at FROM es_ops.rebuild_part WHERE name = 'sale' AND generation = 2";
    let rows: Vec<_> = sqlx::query_as(text).fetch_all(stage.owner()).await.unwrap();
    rows.into_iter().collect()
}

/// Runs a rebuild until half of its parts are done, then lets it fall.
async fn cut_off_at_half(stage: &Stage) {
    let (mut rebuild, half) = (begin(stage).await.unwrap(), Notify::new());
    let filling = rebuild.fill(2, |now| {
        if now.parts_done * 2 >= now.parts {
            half.notify_one();
        }
    });
    tokio::select! {
        biased;
        () = half.notified() => {}
        ended = filling => panic!("it was not cut off: {ended:?}"),
    }
}

#[tokio::test]
async fn a_rebuild_that_was_cut_off_at_half_goes_on_with_the_parts_that_are_left_case_43() {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    bulk::sales(&stage, &tenant, 0..SALES).await;
    let app = stage.running(stage.config(), read_models::all()).await;
    cut_off_at_half(&stage).await;
    let done = parts(&stage).await;
    assert!((8..16).contains(&done.len()), "{done:?}");
    assert_eq!(position(&stage, 2).await, None, "no lane takes half of the rows for all");
    app.discover().await.unwrap();
    app.run_until_caught_up().await.unwrap();
    assert_eq!(position(&stage, 2).await, None);

    // events that come meanwhile are the lane's: the target stands
    bulk::sales(&stage, &tenant, SALES..SALES + 40).await;
    let mut again = None;
    eventually("the database noticed that the first run is gone", async || {
        match begin(&stage).await {
            Ok(rebuild) => again = Some(rebuild),
            Err(RebuildError::UnderWay(_)) => {}
            Err(error) => panic!("{error}"),
        }
        again.is_some()
    })
    .await;
    let mut again = again.unwrap();
    assert_eq!(again.target(), i64::from(SALES * bulk::LIFE) + 1);
    let done = parts(&stage).await;
    let (mut now, found) = (again.progress(), i32::try_from(done.len()).unwrap());
    assert_eq!((again.generation(), now.parts_done, now.parts), (2, found, 16));
    let mut told = 0;
    again
        .fill(1, |progress| {
            now = progress;
            told += 1;
        })
        .await
        .unwrap();
    assert_eq!((told, now.parts_done), (16 - found, 16), "only what was left");
    assert!(now.events < u64::from(SALES * bulk::LIFE), "{now:?}");
    let all = parts(&stage).await;
    assert!(done.iter().all(|(part, at)| all[part] == *at), "what was there is as it was");
    again.finish().await.unwrap();

    app.discover().await.unwrap();
    let head = app.run_until_caught_up().await.unwrap();
    let (sides, tables) = assert_equal(&stage).await;
    assert_eq!(sides.position, head);
    // words have rows of their own, beside the versions
    let versions = tables.iter().filter(|table| table.table != "sale_text");
    assert_eq!(versions.map(|table| table.rows.1).sum::<i64>(), head, "a version an event");
}

#[tokio::test]
async fn one_rebuild_at_a_time_and_none_before_the_last_one_is_promoted_or_dropped() {
    let stage = Stage::set().await;
    bulk::house(&stage).await;
    let mut first = begin(&stage).await.unwrap();
    assert!(matches!(begin(&stage).await, Err(RebuildError::UnderWay(_))));
    first.fill(4, |_| ()).await.unwrap();
    first.finish().await.unwrap();
    let refused = begin(&stage).await.unwrap_err();
    assert!(matches!(refused, RebuildError::Waiting { generation: 2, .. }), "{refused}");
    let mut operator = crate::rebuild_under_load::operator(&stage).await;
    rebuild::mark_for_drop(&mut operator, "sale", 2, Duration::from_secs(60)).await.unwrap();
    rebuild::finish_drop(&mut operator, "sale", 2).await.unwrap();
    assert_eq!(begin(&stage).await.unwrap().generation(), 2);
}
