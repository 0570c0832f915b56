//! Room ahead: the alarm before, the loud failure after, and nothing half stored.

use super::*;
use crate::AppendError;
use crate::partitions::{Ahead, ahead, ensure, ensure_sized};
use crate::testing::TestDatabase;

fn registrations(ids: std::ops::Range<i32>) -> Vec<Group> {
    ids.map(|id| one(sale(id), 0, vec![registered()])).collect()
}

#[tokio::test]
async fn case_16_a_missing_partition_fails_loudly_after_an_early_alarm() {
    let database = TestDatabase::create_partitioned(10, 2).await;
    let store = database.store();
    let empty_ahead = async || ahead(&store).await.unwrap().events;
    assert_eq!(empty_ahead().await, 2);
    store.append(WRITER, &registrations(0..8)).await.unwrap();
    assert_eq!(empty_ahead().await, 1);
    store.append(WRITER, &registrations(8..13)).await.unwrap();
    assert_eq!(empty_ahead().await, 0, "the alarm comes while there is room for more");
    store.append(WRITER, &registrations(13..18)).await.unwrap();

    let mut straddling = registrations(18..22);
    straddling[0] = keyed(1, straddling[0].clone());
    let refused = store.append(WRITER, &straddling).await.unwrap_err();
    assert!(
        matches!(&refused, AppendError::PartitionMissing { table } if table == "event"),
        "{refused:?}"
    );
    assert_eq!(log_is_ok(&store).await, 18);
    let probe = store.probe(Some([1; 32]), &[sale(18).stream_id(&demo())]).await.unwrap();
    assert_eq!((probe.receipt, probe.versions), (None, vec![0]));

    assert_eq!(ensure_sized(&store, 10, 2).await.unwrap().events, 2);
    let outcomes = store.append(WRITER, &straddling).await.unwrap();
    assert_eq!(outcomes[0], appended(&[1], 19, 19, Some(1019)));
    assert_eq!(log_is_ok(&store).await, 22);
}

#[tokio::test]
async fn a_missing_receipt_partition_fails_loudly_too() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let partitions: Vec<String> = sqlx::query_scalar(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'es.command'::regclass",
    )
    .fetch_all(database.owner())
    .await
    .unwrap();
    assert!(ahead(&store).await.unwrap().days >= 14);
    for partition in partitions {
        let text = sqlx::AssertSqlSafe(format!("DROP TABLE {partition}"));
        sqlx::raw_sql(text).execute(database.owner()).await.unwrap();
    }
    assert_eq!(ahead(&store).await.unwrap(), Ahead { events: 2, days: 0 });
    let command = keyed(1, one(sale(1), 0, vec![registered()]));
    let refused = store.append(WRITER, std::slice::from_ref(&command)).await.unwrap_err();
    assert!(
        matches!(&refused, AppendError::PartitionMissing { table } if table == "command"),
        "{refused:?}"
    );
    assert_eq!(log_is_ok(&store).await, 0);

    assert!(ensure(&store).await.unwrap().days >= 14);
    assert_eq!(append(&store, command).await, appended(&[1], 1, 1, Some(1001)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_number_of_replicas_may_create_partitions_at_once() {
    let database = TestDatabase::create_partitioned(10, 1).await;
    let stores = [database.store(), database.store()];
    let calls = (0..8).map(|i| ensure_sized(&stores[i % 2], 10, 4));
    for result in futures::future::join_all(calls).await {
        assert_eq!(result.unwrap().events, 4);
    }
}

#[tokio::test]
async fn partitions_are_created_while_a_long_reader_holds_its_snapshot() {
    let database = TestDatabase::create_partitioned(10, 1).await;
    let mut reader = database.superuser().await;
    sqlx::raw_sql(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM es.event; SELECT * FROM es.command",
    )
    .execute(&mut reader)
    .await
    .unwrap();
    let store = database.store();
    assert_eq!(ensure_sized(&store, 10, 3).await.unwrap().events, 3);
    store.append(WRITER, &registrations(0..12)).await.unwrap();
    assert_eq!(log_is_ok(&store).await, 12);
}
