//! Case 53: what an archive left in the table is judged like everything else, and what it took is not missed.

use std::path::Path;

use super::archives::{of_all_sales, written};
use super::*;
use crate::archive::detach::detach;
use crate::testing::TestDatabase;
use crate::verify::verify;
use crate::{Filter, StoreError};

async fn taken_out(database: &TestDatabase, store: &EventStore, range: (i64, i64), folder: &Path) {
    let (archive, _) = written(store, range, folder).await;
    detach(&mut database.superuser().await, store, &archive).await.unwrap();
}

/// Three sales that rest, whose newest events stayed at 3, 6 and 9, and others behind them.
async fn with_an_archive() -> (TestDatabase, EventStore) {
    let database = TestDatabase::create_partitioned(10, 4).await;
    let (store, folder) = (database.store(), tempfile::tempdir().unwrap());
    for id in 1..=5 {
        append(&store, one(sale(id), 0, vec![registered(), advanced(), event("sale.won")])).await;
    }
    taken_out(&database, &store, (1, 10), folder.path()).await;
    assert_eq!(log_is_ok(&store).await, 15);
    (database, store)
}

async fn found_after(change: &'static str) -> String {
    let (database, store) = with_an_archive().await;
    let off = "ALTER TABLE es.event DISABLE TRIGGER ALL";
    sqlx::raw_sql(off).execute(database.owner()).await.unwrap();
    sqlx::raw_sql(change).execute(database.owner()).await.unwrap();
    verify(&store).await.expect_err("the change goes unnoticed").to_string()
}

#[tokio::test]
async fn case_53_a_row_that_stayed_is_held_to_its_hash() {
    let told = found_after("UPDATE es.event SET payload = '{ }' WHERE position = 6").await;
    assert!(told.starts_with("position 6: the content hash does not fit the content"), "{told}");
}

#[tokio::test]
async fn case_53_the_newest_event_of_a_stream_at_rest_is_missed() {
    let told = found_after("DELETE FROM es.event WHERE position = 6").await;
    assert!(told.starts_with("position 6: "), "{told}");
    assert!(told.contains("claims version 3 (stored no event, expected 3 event(s))"), "{told}");
}

#[tokio::test]
async fn case_53_a_stream_that_began_behind_the_archive_begins_with_version_1() {
    let told =
        found_after("UPDATE es.event SET stream_version = stream_version + 1 WHERE position > 12")
            .await;
    assert!(told.contains("the version within the stream (stored 2, expected 1)"), "{told}");
}

/// Two events of a stream at rest, in a batch that ends behind the archive: the first of them is not there, and not missed.
#[tokio::test]
async fn case_53_a_batch_across_the_border_is_no_contradiction() {
    let database = TestDatabase::create_partitioned(10, 4).await;
    let (store, folder) = (database.store(), tempfile::tempdir().unwrap());
    for id in 1..=4 {
        append(&store, one(sale(id), 0, vec![registered(), advanced()])).await;
    }
    let across =
        [one(sale(5), 0, vec![registered(), advanced()]), one(sale(6), 0, vec![registered()])];
    store.append(WRITER, &across).await.unwrap();
    append(&store, one(sale(7), 0, vec![registered()])).await;
    taken_out(&database, &store, (1, 10), folder.path()).await;
    assert_eq!(log_is_ok(&store).await, 12);
}

/// Whoever waits for the rows of an archive to be taken out is told of it, and not given what was left.
#[tokio::test]
async fn case_53_a_reader_that_waited_for_an_archive_is_refused() {
    let database = TestDatabase::create_partitioned(10, 4).await;
    let (store, folder) = (database.store(), tempfile::tempdir().unwrap());
    for id in 1..=5 {
        append(&store, one(sale(id), 0, vec![registered(), advanced(), event("sale.won")])).await;
    }
    let (archive, _) = written(&store, (1, 10), folder.path()).await;
    let mut operator = database.superuser().await;
    let held = "BEGIN; LOCK TABLE es.event IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(held).execute(&mut operator).await.unwrap();
    let file = &archive.manifest().file;
    sqlx::query("SELECT es.detach_archived(1::smallint, 1, 10, $1, sha256(''), sha256(''), '', ARRAY['sale'])")
        .bind(file)
        .execute(&mut operator)
        .await
        .unwrap();
    let sweep = of_all_sales(15);
    let everything = Filter { limit: 50, ..Filter::default() };
    let (demo, gleaned) = (demo(), [Aggregate::Sale]);
    let reading = async {
        tokio::join!(
            store.read_of_types(0, &["sale.won"], 100),
            store.read_streams(&sweep),
            store.read_tenant(&demo, &everything),
            store.glean(0, 15, &gleaned, 100),
        )
    };
    let ending = async {
        let waiting = "SELECT count(*) >= 4 FROM pg_locks WHERE NOT granted AND relation = 'es.event'::regclass";
        let mut watching = database.superuser().await;
        while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut watching).await.unwrap() {}
        sqlx::raw_sql("COMMIT").execute(&mut operator).await.unwrap();
    };
    let ((types, streams, tenant, glean), ()) = tokio::join!(reading, ending);
    assert!(matches!(types, Err(StoreError::Archived { .. })), "{types:?}");
    assert!(matches!(streams, Err(StoreError::Archived { .. })), "{streams:?}");
    assert!(matches!(tenant, Err(StoreError::Archived { .. })), "{tenant:?}");
    assert!(matches!(glean, Ok(None) | Err(StoreError::Archived { .. })), "{glean:?}");
}
