//! A generated log is one the product could have written, and the oracle reads it with the rights of a reader.

use event_store::EventStore;
use event_store::testing::TestDatabase;
use event_store::verify::{Scope, judge};
use events::TenantSlug;
use system_tests::generated::{Generated, generate};

#[tokio::test]
async fn a_generated_log_holds_every_promise_and_a_reader_may_judge_it_by_range() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let demo = TenantSlug::parse("demo").unwrap();
    let made = generate(database.owner(), &store, &demo, 24_321).await.unwrap();
    assert_eq!(made, Generated { head: 24_321, sales: 3_000 });
    let found = super::findings(&store).await;
    assert_eq!(found.count(), 0, "{:?}", found.first());

    let pool = event_store::connect(&database.url_for("salgslogg_auditor"), 6).unwrap();
    let reader = EventStore::new(pool, 1);
    let mut found = event_store::verify::Findings::default();
    let scope = Scope { decode: true, ..Scope::default() };
    let whole = judge(&reader, &scope, &mut found, &mut |_| {}).await.unwrap();
    assert_eq!((whole.head, whole.batches, whole.streams), (24_321, 244, Some(3_408)));
    let first = Scope { to: Some(9_950), ..scope };
    let first = judge(&reader, &first, &mut found, &mut |_| {}).await.unwrap();
    let rest = Scope { from: Some(9_951), ..scope };
    let rest = judge(&reader, &rest, &mut found, &mut |_| {}).await.unwrap();
    assert_eq!((first.batches, rest.from, rest.chain), (99, 9_901, whole.chain));
    assert_eq!(found.count(), 0, "{:?}", found.first());
}
