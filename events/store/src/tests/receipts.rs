//! Repeated commands: the first answer again, once only.

use super::*;
use crate::StoredReceipt;
use crate::testing::TestDatabase;

fn receipt(key: u8, version: i64, last: Option<i64>, number: Option<i64>) -> StoredReceipt {
    StoredReceipt { answer: vec![b'a', key], version, last, number }
}

#[tokio::test]
async fn a_repeated_command_gets_its_first_answer() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let command = keyed(7, one(sale(1), 0, vec![registered(), advanced()]));
    assert_eq!(append(&store, command.clone()).await, appended(&[2], 1, 2, Some(1001)));
    append(&store, one(sale(1), 2, vec![advanced()])).await;
    let again = append(&store, command).await;
    assert_eq!(again, Outcome::Duplicate(receipt(7, 2, Some(2), Some(1001))));
    assert_eq!(log_is_ok(&store).await, 3);
}

#[tokio::test]
async fn case_8_the_same_command_on_two_replicas_is_done_once() {
    let database = TestDatabase::create().await;
    let (left, right) = (database.store(), database.store());
    for round in 0..20 {
        let command = keyed(round, one(sale(round), 0, vec![registered()]));
        let (a, b) = tokio::join!(append(&left, command.clone()), append(&right, command));
        let number = i64::from(round) + 1001;
        let done = appended(&[1], number - 1000, number - 1000, Some(number));
        let told = Outcome::Duplicate(receipt(round, 1, Some(number - 1000), Some(number)));
        assert!((a == done && b == told) || (a == told && b == done), "{a:?} {b:?}");
    }
    assert_eq!(log_is_ok(&left).await, 20);
}

#[tokio::test]
async fn the_same_command_twice_in_one_batch_is_done_once() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let command = keyed(1, one(sale(1), 0, vec![registered()]));
    let elsewhere = keyed(1, one(sale(2), 0, vec![registered()]));
    let outcomes = store.append(WRITER, &[command.clone(), command, elsewhere]).await.unwrap();
    assert_eq!(outcomes[0], appended(&[1], 1, 1, Some(1001)));
    assert_eq!(outcomes[1], Outcome::Duplicate(receipt(1, 1, Some(1), Some(1001))));
    assert_eq!(outcomes[2], outcomes[1], "the request decides, not the stream");
    assert_eq!(log_is_ok(&store).await, 1);
}

#[tokio::test]
async fn case_9_a_key_reused_for_another_request_is_refused() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, keyed(1, one(sale(1), 0, vec![registered()]))).await;
    let mut other = keyed(1, one(sale(2), 0, vec![registered()]));
    other.receipt.as_mut().unwrap().request = [2; 32];
    assert_eq!(append(&store, other).await, Outcome::KeyReused);
    assert_eq!(log_is_ok(&store).await, 1);
}

#[tokio::test]
async fn case_12_conflict_duplicate_and_ok_in_one_batch_each_get_their_own() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let first = keyed(1, one(sale(1), 0, vec![registered()]));
    append(&store, first.clone()).await;
    let mut reused = keyed(1, one(sale(5), 0, vec![registered()]));
    reused.receipt.as_mut().unwrap().request = [9; 32];
    let batch = [
        keyed(2, one(sale(2), 0, vec![registered(), advanced()])),
        one(sale(1), 0, vec![advanced()]),
        first,
        keyed(3, one(sale(3), 0, vec![registered()])),
        reused,
        keyed(4, one(sale(4), 0, vec![registered()])),
    ];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert_eq!(
        outcomes,
        [
            appended(&[2], 2, 3, Some(1002)),
            Outcome::Conflict { versions: vec![1] },
            Outcome::Duplicate(receipt(1, 1, Some(1), Some(1001))),
            appended(&[1], 4, 4, Some(1003)),
            Outcome::KeyReused,
            appended(&[1], 5, 5, Some(1004)),
        ]
    );
    assert_eq!(log_is_ok(&store).await, 5);
}

#[tokio::test]
async fn a_command_that_changed_nothing_keeps_its_receipt_too() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let nothing = keyed(1, one(sale(1), 1, vec![]));
    let told = Appended { versions: vec![1], first: None, last: None, number: Some(1001) };
    assert_eq!(append(&store, nothing.clone()).await, Outcome::Appended(told));
    append(&store, one(sale(1), 1, vec![advanced()])).await;
    let again = append(&store, nothing).await;
    assert_eq!(again, Outcome::Duplicate(receipt(1, 1, None, Some(1001))));
    let stale = keyed(2, one(sale(1), 1, vec![]));
    assert_eq!(append(&store, stale).await, Outcome::Conflict { versions: vec![2] });
    assert_eq!(log_is_ok(&store).await, 2);
}

#[tokio::test]
async fn a_refused_command_keeps_no_receipt_and_is_judged_anew() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let stale = keyed(1, one(sale(1), 0, vec![advanced()]));
    assert_eq!(append(&store, stale).await, Outcome::Conflict { versions: vec![1] });
    let retried = keyed(1, one(sale(1), 1, vec![advanced()]));
    assert_eq!(append(&store, retried).await, appended(&[2], 2, 2, Some(1001)));
}

#[tokio::test]
async fn a_probe_finds_receipt_and_versions_at_once() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let (here, there) = (sale(1).stream_id(&demo()), sale(2).stream_id(&demo()));
    append(&store, keyed(1, one(sale(1), 0, vec![registered(), advanced()]))).await;
    let probe = store.probe(Some([1; 32]), &[there, here, here]).await.unwrap();
    assert_eq!(probe.versions, [0, 2, 2]);
    assert_eq!(probe.receipt, Some((receipt(1, 2, Some(2), Some(1001)), [1; 32])));
    let probe = store.probe(None, &[]).await.unwrap();
    assert_eq!((probe.receipt, probe.versions), (None, vec![]));
}

#[tokio::test]
async fn the_receipt_of_a_group_names_every_stream_and_version() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(2), 0, vec![registered()])).await;
    let command =
        group(vec![to(sale(2), 1, vec![]), to(sale(1), 0, vec![registered(), advanced()])]);
    let outcome = append(&store, keyed(1, command)).await;
    assert_eq!(outcome, appended(&[1, 2], 2, 3, Some(1001)));
    let (streams, versions, first, last): (Vec<Uuid>, Vec<i64>, i64, i64) =
        sqlx::query_as("SELECT streams, versions, first_position, last_position FROM es.command")
            .fetch_one(database.owner())
            .await
            .unwrap();
    assert_eq!(streams, [sale(2).stream_id(&demo()), sale(1).stream_id(&demo())]);
    assert_eq!((versions, first, last), (vec![1, 2], 2, 3));
}

#[tokio::test]
async fn repeats_and_reused_keys_are_judged_beside_others_in_one_call() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let [first, second] = [1, 2].map(|id| keyed(id, one(sale(id), 0, vec![registered()])));
    store.append(WRITER, &[first.clone(), second.clone()]).await.unwrap();
    let mut reused = keyed(2, one(sale(3), 0, vec![registered()]));
    reused.receipt.as_mut().unwrap().request = [9; 32];
    let batch = [first, keyed(4, one(sale(4), 0, vec![registered()])), reused];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert_eq!(
        outcomes,
        [
            Outcome::Duplicate(receipt(1, 1, Some(1), Some(1001))),
            appended(&[1], 3, 3, Some(1003)),
            Outcome::KeyReused,
        ]
    );
    assert_eq!(log_is_ok(&store).await, 3);
}

/// The database's clock was days ahead for a while, and receipts bear the days it showed.
#[tokio::test]
async fn a_receipt_from_before_the_clock_was_set_back_is_found() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, keyed(1, one(sale(1), 0, vec![registered()]))).await;
    sqlx::raw_sql(
        "ALTER TABLE es.command DISABLE TRIGGER immutable; UPDATE es.command SET day = day + 5",
    )
    .execute(database.owner())
    .await
    .unwrap();
    let probe = store.probe(Some([1; 32]), &[]).await.unwrap();
    assert_eq!(probe.receipt.map(|(found, _)| found), Some(receipt(1, 1, Some(1), Some(1001))));
}
