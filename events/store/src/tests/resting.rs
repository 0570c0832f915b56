//! What a decision rests on without writing it, judged under the lock.

use uuid::Uuid;

use super::*;
use crate::testing::TestDatabase;

fn id(name: &StreamName) -> Uuid {
    name.stream_id(&demo())
}

fn one(stream: StreamName, expected: i64, events: Vec<NewEvent>) -> Group {
    group(vec![to(stream, expected, events)])
}

#[tokio::test]
async fn a_group_that_rests_on_the_past_is_not_stored_and_its_neighbours_are() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered(), advanced()])).await;
    let alone = [one(sale(2), 0, vec![registered()])];
    for (seen, stored) in [(1, false), (0, false), (3, false), (2, true)] {
        let outcome =
            store.append_resting(WRITER, &alone, &[vec![(id(&sale(1)), seen)]]).await.unwrap();
        let expected = matches!(&outcome[0], Outcome::Appended(_));
        assert_eq!(expected, stored, "a batch of one, seen at {seen}: {outcome:?}");
        assert!(stored || outcome[0] == Outcome::RestsOnThePast, "{outcome:?}");
    }
    let batch = [
        one(sale(3), 0, vec![registered()]),
        group(vec![to(sale(4), 0, vec![registered()]), to(sale(5), 0, vec![registered()])]),
        one(sale(6), 0, vec![registered()]),
        one(sale(7), 0, vec![registered()]),
    ];
    let absent = (id(&sale(99)), 0);
    let rests = [
        vec![(id(&sale(1)), 2), absent],
        vec![absent, (id(&sale(1)), 1)],
        vec![],
        vec![(id(&sale(99)), 1)],
    ];
    let outcomes = store.append_resting(WRITER, &batch, &rests).await.unwrap();
    assert!(
        matches!(&outcomes[0], Outcome::Appended(stored) if stored.first == Some(4)),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[1], Outcome::RestsOnThePast, "both of its streams stay empty");
    assert!(
        matches!(&outcomes[2], Outcome::Appended(stored) if stored.first == Some(5)),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[3], Outcome::RestsOnThePast);
    assert_eq!(log_is_ok(&store).await, 5);
}

#[tokio::test]
async fn what_an_earlier_group_of_the_call_writes_is_the_past_of_those_behind_it() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let groups = [
        one(sale(2), 0, vec![registered()]),
        one(sale(1), 1, vec![advanced()]),
        one(sale(3), 0, vec![registered()]),
    ];
    let seen = vec![(id(&sale(1)), 1)];
    let outcomes =
        store.append_resting(WRITER, &groups, &[seen.clone(), vec![], seen]).await.unwrap();
    assert!(matches!(&outcomes[0], Outcome::Appended(_)), "decided and stored before the change");
    assert!(matches!(&outcomes[1], Outcome::Appended(_)));
    assert_eq!(outcomes[2], Outcome::RestsOnThePast);
    assert_eq!(log_is_ok(&store).await, 3);
}

#[tokio::test]
async fn a_receipt_answers_although_what_it_rested_on_has_moved_since() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let command = keyed(7, one(sale(2), 0, vec![registered()]));
    let seen = [vec![(id(&sale(1)), 1)]];
    let first = store.append_resting(WRITER, std::slice::from_ref(&command), &seen).await.unwrap();
    assert!(matches!(first[0], Outcome::Appended(_)));
    append(&store, one(sale(1), 1, vec![advanced()])).await;
    let again = store.append_resting(WRITER, &[command], &seen).await.unwrap();
    assert!(matches!(again[0], Outcome::Duplicate(_)), "{again:?}");
    assert_eq!(log_is_ok(&store).await, 3);
}
