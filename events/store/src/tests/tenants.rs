//! Several tenants in one log: numbers, neighbours, and no meeting of equal ids.

use super::*;
use crate::Filter;
use crate::testing::TestDatabase;

fn of(slug: &str, group: Group) -> Group {
    Group { tenant: tenant(slug), ..group }
}

#[tokio::test]
async fn sale_numbers_follow_the_order_of_registration_within_a_tenant() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let batch = [
        of("fjord", one(sale(1), 0, vec![registered()])),
        of("demo", one(sale(1), 0, vec![registered(), advanced()])),
        of("demo", one(StreamName::new(Aggregate::Stage, "x"), 0, vec![event("stage.added")])),
        of("fjord", one(sale(2), 5, vec![registered()])),
        of("fjord", one(sale(3), 0, vec![registered()])),
    ];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert_eq!(
        outcomes,
        [
            appended(&[1], 1, 1, Some(1001)),
            appended(&[2], 2, 3, Some(1001)),
            appended(&[1], 4, 4, None),
            Outcome::Conflict { versions: vec![0] },
            appended(&[1], 5, 5, Some(1002)),
        ]
    );
    let later = append(&store, of("fjord", one(sale(1), 1, vec![advanced()]))).await;
    assert_eq!(later, appended(&[2], 6, 6, Some(1001)));
    let next = append(&store, of("demo", one(sale(4), 0, vec![registered()]))).await;
    assert_eq!(next, appended(&[1], 7, 7, Some(1002)));
    assert_eq!(log_is_ok(&store).await, 7);
}

#[tokio::test]
async fn every_event_names_its_tenants_previous_one() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let batch = [
        of("a", one(sale(1), 0, vec![registered(), advanced()])),
        of("b", one(sale(1), 0, vec![registered()])),
        of("a", one(sale(2), 0, vec![registered(), advanced()])),
        of("c", one(sale(1), 3, vec![registered()])),
        of("b", one(sale(2), 0, vec![registered()])),
    ];
    store.append(WRITER, &batch).await.unwrap();
    append(&store, of("c", one(sale(1), 0, vec![registered()]))).await;
    append(&store, of("a", one(sale(1), 2, vec![advanced()]))).await;
    let log = store.read_after(0, 100).await.unwrap();
    let seen: Vec<_> = log.iter().map(|e| (e.tenant.as_str(), e.position, e.previous)).collect();
    assert_eq!(
        seen,
        [
            ("a", 1, 0),
            ("a", 2, 1),
            ("b", 3, 0),
            ("a", 4, 2),
            ("a", 5, 4),
            ("b", 6, 3),
            ("c", 7, 0),
            ("a", 8, 5),
        ]
    );
    log_is_ok(&store).await;
}

#[tokio::test]
async fn a_refused_command_provisions_no_tenant() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let refused = [
        of("ghost", one(sale(1), 4, vec![advanced()])),
        of("demo", one(sale(1), 0, vec![registered()])),
    ];
    store.append(WRITER, &refused).await.unwrap();
    let poison = [
        of("poison", one(sale(1), 0, vec![poisoned()])),
        of("demo", one(sale(2), 0, vec![registered()])),
    ];
    store.append(WRITER, &poison).await.unwrap();
    assert_eq!(store.tenants().await.unwrap(), [(1, demo())]);
    assert_eq!(store.tenant_id(&tenant("ghost")).await.unwrap(), None);
    append(&store, of("ghost", one(sale(1), 0, vec![registered()]))).await;
    assert_eq!(store.tenant_id(&tenant("ghost")).await.unwrap(), Some(2));
    assert_eq!(store.tenant_slug(2).await.unwrap(), Some(tenant("ghost")));
    assert_eq!(store.tenant_slug(3).await.unwrap(), None);
}

#[tokio::test]
async fn equal_ids_of_two_tenants_never_meet() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, of("a", one(sale(1), 0, vec![registered()]))).await;
    append(&store, of("b", one(sale(1), 0, vec![registered(), advanced()]))).await;
    let (a, b) = (tenant("a"), tenant("b"));
    assert_eq!(store.load(&a, sale(1).stream_id(&a), 0).await.unwrap().len(), 1);
    assert_eq!(store.load(&b, sale(1).stream_id(&b), 0).await.unwrap().len(), 2);
    let filter = Filter { limit: 10, stream_id: Some(sale(1).stream_id(&b)), ..Filter::default() };
    assert_eq!(store.read_tenant(&a, &filter).await.unwrap(), []);
    let filter = Filter { limit: 10, ..Filter::default() };
    let seen = store.read_tenant(&b, &filter).await.unwrap();
    assert_eq!(seen.iter().map(|e| e.position).collect::<Vec<_>>(), [2, 3]);
}

#[tokio::test]
async fn a_tenant_of_another_log_is_refused() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, of("a", one(sale(1), 0, vec![registered()]))).await;
    let second = EventStore::new(store.pool().clone(), 2);
    crate::partitions::ensure(&second).await.unwrap();
    let batch = [
        of("a", one(sale(2), 0, vec![registered()])),
        of("b", one(sale(1), 0, vec![registered()])),
    ];
    let outcomes = second.append(WRITER, &batch).await.unwrap();
    assert!(matches!(outcomes[0], Outcome::Poisoned(_)), "{outcomes:?}");
    assert_eq!(outcomes[1], appended(&[1], 1, 1, Some(1001)));
    assert_eq!(second.tenants().await.unwrap(), [(2, tenant("b"))]);
    assert_eq!((log_is_ok(&store).await, log_is_ok(&second).await), (1, 1));
}
