//! Positions, versions, conflicts, poison, and what a batch may hold.

use events::Recorded;

use super::*;
use crate::Filter;
use crate::testing::TestDatabase;

#[tokio::test]
async fn a_batch_gets_gapless_positions_in_order_and_one_recording_time() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let batch = [
        one(sale(1), 0, vec![registered(), advanced()]),
        one(sale(2), 0, vec![registered()]),
        one(sale(3), 0, vec![registered(), advanced(), advanced()]),
    ];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert_eq!(
        outcomes,
        [
            appended(&[2], 1, 2, Some(1001)),
            appended(&[1], 3, 3, Some(1002)),
            appended(&[3], 4, 6, Some(1003)),
        ]
    );
    let next = append(&store, one(sale(1), 2, vec![advanced()])).await;
    assert_eq!(next, appended(&[3], 7, 7, Some(1001)));

    let log = store.read_after(0, 100).await.unwrap();
    assert_eq!(log.iter().map(|e| e.position).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(log.iter().map(|e| e.version).collect::<Vec<_>>(), [1, 2, 1, 1, 2, 3, 3]);
    assert_eq!(log.iter().map(|e| e.previous).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
    assert!(log[..6].iter().all(|e| e.recorded_at == log[0].recorded_at));
    assert!(log[6].recorded_at > log[0].recorded_at);
    assert_eq!(log_is_ok(&store).await, 7);
}

#[tokio::test]
async fn what_was_appended_is_read_back_byte_for_byte() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut fact = registered();
    fact.payload = "{\"title\" : \"Fjørd  \\u0041\"}".as_bytes().to_vec();
    append(&store, one(sale(1), 0, vec![fact.clone(), advanced()])).await;
    append(&store, one(sale(2), 0, vec![registered()])).await;

    let stream_id = sale(1).stream_id(&demo());
    let stream = store.load(&demo(), stream_id, 0).await.unwrap();
    let [first, second] = stream.as_slice() else { panic!("two events, not {stream:?}") };
    assert_eq!((&first.payload, &first.meta), (&fact.payload, &fact.meta));
    assert_eq!((first.event_id, first.event_type.as_str()), (fact.event_id, "sale.registered"));
    assert_eq!((first.number, second.number), (Some(1001), None));
    assert!(stream.iter().all(Recorded::verify_hash));
    assert_eq!(store.load(&demo(), stream_id, 1).await.unwrap(), std::slice::from_ref(second));
    assert_eq!(store.recorded_event_hash(2).await.unwrap(), Some(second.content_hash));
    assert_eq!(store.recorded_event_hash(4).await.unwrap(), None);
    assert_eq!(store.head().await.unwrap(), 3);
    assert_eq!(store.load(&tenant("other"), stream_id, 0).await.unwrap(), []);
}

#[tokio::test]
async fn a_tenants_events_can_be_asked_for_by_type_aggregate_and_stream() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered(), advanced()])).await;
    let stage = StreamName::new(Aggregate::Stage, "s");
    append(&store, one(stage, 0, vec![event("stage.added")])).await;
    append(&store, one(sale(2), 0, vec![registered()])).await;
    let asked = async |filter: Filter| -> Vec<i64> {
        let filter = Filter { limit: if filter.limit == 0 { 100 } else { filter.limit }, ..filter };
        let events = store.read_tenant(&demo(), &filter).await.unwrap();
        events.into_iter().map(|event| event.position).collect()
    };
    assert_eq!(asked(Filter::default()).await, [1, 2, 3, 4]);
    assert_eq!(asked(Filter { after: 1, limit: 2, ..Filter::default() }).await, [2, 3]);
    let types = vec!["sale.registered".to_owned()];
    assert_eq!(asked(Filter { types, ..Filter::default() }).await, [1, 4]);
    let aggregate = Some(Aggregate::Sale);
    assert_eq!(asked(Filter { aggregate, ..Filter::default() }).await, [1, 2, 4]);
    let stream_id = Some(sale(1).stream_id(&demo()));
    assert_eq!(asked(Filter { stream_id, ..Filter::default() }).await, [1, 2]);
    let nobody = store.read_tenant(&tenant("nobody"), &Filter::default()).await.unwrap();
    assert_eq!(nobody, []);
}

#[tokio::test]
async fn a_stale_version_conflicts_and_names_the_current_one() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered(), advanced()])).await;
    for expected in [0, 1, 3] {
        let outcome = append(&store, one(sale(1), expected, vec![advanced()])).await;
        assert_eq!(outcome, Outcome::Conflict { versions: vec![2] }, "expected {expected}");
    }
    assert_eq!(log_is_ok(&store).await, 2);
}

#[tokio::test]
async fn case_11_one_poisoned_group_of_500_fails_alone() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut batch: Vec<Group> = (0..500).map(|i| one(sale(i), 0, vec![registered()])).collect();
    batch[317].appends[0].events = vec![registered(), poisoned()];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    for (index, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Outcome::Poisoned(reason) if index == 317 => {
                assert!(reason.contains("payload"), "{reason}")
            }
            Outcome::Appended(_) if index != 317 => {}
            other => panic!("group {index}: {other:?}"),
        }
    }
    assert_eq!(log_is_ok(&store).await, 499);
    assert_eq!(store.load(&demo(), sale(317).stream_id(&demo()), 0).await.unwrap(), []);
}

#[tokio::test]
async fn groups_on_one_stream_are_judged_one_after_the_other() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let batch = [
        one(sale(1), 0, vec![registered()]),
        one(sale(1), 1, vec![advanced()]),
        one(sale(1), 1, vec![advanced()]),
        one(sale(2), 0, vec![registered()]),
    ];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert_eq!(
        outcomes,
        [
            appended(&[1], 1, 1, Some(1001)),
            appended(&[2], 3, 3, Some(1001)),
            Outcome::Conflict { versions: vec![2] },
            appended(&[1], 2, 2, Some(1002)),
        ]
    );
    log_is_ok(&store).await;
}

#[tokio::test]
async fn a_group_without_streams_or_with_one_twice_is_refused_alone() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let twice = group(vec![to(sale(1), 0, vec![registered()]), to(sale(1), 1, vec![advanced()])]);
    let batch = [group(vec![]), twice, one(sale(2), 0, vec![registered()])];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert!(matches!(&outcomes[..2], [Outcome::Poisoned(_), Outcome::Poisoned(_)]), "{outcomes:?}");
    assert_eq!(outcomes[2], appended(&[1], 1, 1, Some(1001)));
    assert_eq!(store.append(WRITER, &[]).await.unwrap(), []);
}

/// Who gives up while a transaction begins leaves it to the pool, which knows nothing of it. The next one's batch would be
/// answered there and lost with the connection.
#[tokio::test]
async fn a_connection_that_comes_back_in_a_transaction_is_lent_without_it() {
    let database = TestDatabase::create().await;
    let pool = crate::connect(&database.url_for("salgslogg_command"), 1).unwrap();
    let mut begun = pool.acquire().await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut *begun).await.unwrap();
    drop(begun);
    let store = EventStore::new(pool, 1);
    append(&store, one(sale(1), 0, vec![registered()])).await;
    assert_eq!(database.store().head().await.unwrap(), 1, "others see it");
}
