//! What sales targets ask the log.

use events::target::{Assignee, TargetPeriod, TargetPlace};
use events::{Event, TargetEvent, TargetTypeId, TypeName, UserEvent, UserId};

use super::*;
use crate::testing::TestDatabase;

const SOURCES: TargetTypeId = TargetTypeId(Uuid::from_u128(7));

fn told(stream: &StreamName, fact: &Event) -> NewEvent {
    let meta = events::Metadata {
        stream: stream.to_string(),
        actor: "ola".to_owned(),
        command: None,
        correlation: None,
        causation: None,
        traceparent: None,
    };
    NewEvent::new(event("user.added").event_id, fact, &meta)
}

fn user(name: &str) -> StreamName {
    StreamName::of_user(&UserId::parse(name).unwrap())
}

fn added(groups: &[&str]) -> Event {
    let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
    let (name, primary_group) = (TypeName::parse("Somebody").unwrap(), groups.first().cloned());
    Event::User(UserEvent::Added { name, groups, primary_group })
}

/// ST-8: by primary group, in this tenant.
#[tokio::test]
async fn a_group_has_those_whose_sales_count_for_it_st_8() {
    let database = TestDatabase::create().await;
    let store = database.store();
    assert_eq!(store.primary_members(&demo(), "North").await.unwrap(), []);
    for (name, groups) in [
        ("per", &["North"][..]),
        ("ola", &["North", "South"]),
        ("kari", &["South", "North"]),
        ("nina", &[]),
    ] {
        append(&store, one(user(name), 0, vec![told(&user(name), &added(groups))])).await;
    }
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let foreign = one(user("mia"), 0, vec![told(&user("mia"), &added(&["North"]))]);
    append(&store, Group { tenant: tenant("other"), ..foreign }).await;
    let names = |members: Vec<UserId>| {
        members.iter().map(|user| user.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.primary_members(&demo(), "North").await.unwrap()), ["per", "ola"]);
    assert_eq!(names(store.primary_members(&demo(), "South").await.unwrap()), ["kari"]);
    assert_eq!(names(store.primary_members(&tenant("other"), "North").await.unwrap()), ["mia"]);
    assert!(store.primary_members(&demo(), "").await.unwrap().is_empty());
}

/// ST-5, ST-6: of the type, there now, and there before.
#[tokio::test]
async fn the_rows_of_a_type_are_those_that_were_there_before_st_6() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let place = |target_type, year| {
        let assignee = Assignee::Company;
        TargetPlace { target_type, item: None, year, assignee }
    };
    let stream = |place: &TargetPlace| place.id().stream();
    let add = |place: &TargetPlace| {
        let (place, period) = (place.clone(), TargetPeriod::Month);
        Event::Target(TargetEvent::Added { place, period, currency: None })
    };
    let removed = Event::Target(TargetEvent::Removed {});
    let rows = [2025, 2026, 2027].map(|year| place(SOURCES, year));
    let other = place(TargetTypeId(Uuid::from_u128(8)), 2026);
    for row in rows.iter().chain([&other]) {
        append(&store, one(stream(row), 0, vec![told(&stream(row), &add(row))])).await;
    }
    let [first, second, third] = rows;
    append(&store, one(stream(&first), 1, vec![told(&stream(&first), &removed)])).await;
    append(&store, one(stream(&second), 1, vec![told(&stream(&second), &removed)])).await;
    let again = vec![told(&stream(&second), &add(&second))];
    append(&store, one(stream(&second), 2, again)).await;
    let (here, elsewhere) = (demo(), tenant("other"));
    let before = |position| store.targets_before(&here, SOURCES, position);
    assert_eq!(before(i64::MAX).await.unwrap(), [third.clone(), second]);
    assert_eq!(before(7).await.unwrap(), [third], "the second one came back at 7");
    assert_eq!(before(3).await.unwrap(), [], "the third one was added at 3");
    let elsewhere = store.targets_before(&elsewhere, SOURCES, i64::MAX).await;
    assert_eq!(elsewhere.unwrap(), []);
}
