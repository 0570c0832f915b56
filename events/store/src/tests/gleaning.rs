//! A stretch of the log without what does not concern the reader.

use super::*;
use crate::testing::TestDatabase;

const STAGES: [Aggregate; 1] = [Aggregate::Stage];

#[tokio::test]
async fn a_stretch_holds_what_was_asked_for_and_ends_with_its_last_event() {
    let database = TestDatabase::create().await;
    let store = database.store();
    for id in 1..=4 {
        append(&store, one(sale(id), 0, vec![registered(), advanced()])).await;
        let stage = StreamName::new(Aggregate::Stage, id.to_string());
        append(&store, one(stage, 0, vec![event("stage.added")])).await;
    }
    let found = store.glean(1, 11, &STAGES, 10).await.unwrap().unwrap();
    let positions: Vec<i64> = found.events.iter().map(|event| event.position).collect();
    assert_eq!((positions, found.end), (vec![3, 6, 9], 11));
    assert_eq!(Some(found.end_hash), store.recorded_event_hash(11).await.unwrap());
    let all = store.read_after(0, 100).await.unwrap();
    assert_eq!(found.events[1], all[5]);
    assert_eq!(store.glean(0, 12, &STAGES, 3).await.unwrap(), None, "four are too many");
    assert_eq!(store.glean(0, 13, &STAGES, 10).await.unwrap(), None, "the log ends before");
}

#[tokio::test]
async fn a_stretch_with_a_hole_is_not_gleaned() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered(), advanced(), advanced()])).await;
    assert!(store.glean(0, 3, &STAGES, 10).await.unwrap().is_some());
    let mut superuser = database.superuser().await;
    // nothing else lets a row of the log go
    sqlx::raw_sql(
        "DO $$ DECLARE t regclass; BEGIN
           FOR t IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'immutable' LOOP
             EXECUTE format('ALTER TABLE %s DISABLE TRIGGER immutable', t);
           END LOOP; END $$;
         DELETE FROM es.event WHERE position = 2",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    assert_eq!(store.glean(0, 3, &STAGES, 10).await.unwrap(), None);
}
