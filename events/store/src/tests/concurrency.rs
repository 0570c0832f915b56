//! Several writers at once: no lost update, no hole for any reader at any moment.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures::future::join_all;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::task::JoinSet;

use super::*;
use crate::AppendError;
use crate::partitions;
use crate::testing::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_10_of_20_racers_for_one_version_one_wins_and_19_learn_the_current_one() {
    let database = TestDatabase::create().await;
    let replicas = [database.store(), database.store()];
    for round in 0..5 {
        let racers = (0..20).map(|racer| {
            let event = if round == 0 { registered() } else { advanced() };
            let group = one(sale(1), round, vec![event]);
            append(&replicas[racer % 2], group)
        });
        let outcomes = join_all(racers).await;
        let conflict = Outcome::Conflict { versions: vec![round + 1] };
        let won = appended(&[round + 1], round + 1, round + 1, Some(1001));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == won).count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == conflict).count(), 19);
    }
    assert_eq!(log_is_ok(&replicas[0]).await, 5);
}

/// Batches of one to three groups of one to three events, some in a tenant of the writer's own.
fn batch_of(writer: i64, round: i64) -> Vec<Group> {
    (0..=(writer + round) % 3)
        .map(|index| {
            let events =
                (0..=(round + index) % 3).map(|i| if i == 0 { registered() } else { advanced() });
            let group = one(sale(format!("{writer}-{round}-{index}")), 0, events.collect());
            let slug = if index == 0 { "demo".to_owned() } else { format!("tenant-{writer}") };
            Group { tenant: tenant(&slug), ..group }
        })
        .collect()
}

/// Polls like a follower would and stops at any step that is not the next position.
async fn follow(store: EventStore, done: Arc<AtomicBool>) -> i64 {
    let mut seen = 0;
    loop {
        let finished = done.load(Ordering::SeqCst);
        let events = store.read_after(seen, 7).await.unwrap();
        for event in &events {
            assert_eq!(event.position, seen + 1, "a hole");
            seen = event.position;
        }
        if finished && events.is_empty() {
            return seen;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_writers_and_a_polling_reader_that_never_sees_a_hole_across_partitions() {
    let database = TestDatabase::create_partitioned(97, 3).await;
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..2 {
        readers.spawn(follow(database.store(), done.clone()));
    }
    let mut writers = JoinSet::new();
    for writer in 0..3 {
        let store = database.store();
        writers.spawn(async move {
            for round in 0..60 {
                partitions::ensure_sized(&store, 97, 3).await.unwrap();
                let outcomes = store.append(WRITER, &batch_of(writer, round)).await.unwrap();
                assert!(outcomes.iter().all(|o| matches!(o, Outcome::Appended(_))), "{outcomes:?}");
            }
        });
    }
    while let Some(finished) = writers.join_next().await {
        finished.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let head = log_is_ok(&database.store()).await;
    assert!(head > 5 * 97, "only {head} events: not enough partitions crossed");
    while let Some(seen) = readers.join_next().await {
        assert_eq!(seen.unwrap(), head);
    }
}

#[tokio::test]
async fn an_append_is_refused_inside_an_older_snapshot() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let group = one(sale(1), 0, vec![registered()]);
    let options: PgConnectOptions = database.url_for("salgslogg_command").parse().unwrap();
    let options = options.options([("default_transaction_isolation", "serializable")]);
    let strict = EventStore::new(PgPoolOptions::new().connect_lazy_with(options), 1);
    let refused = strict.append(WRITER, std::slice::from_ref(&group)).await.unwrap_err();
    assert!(matches!(refused, AppendError::Unavailable(_)), "{refused:?}");
    assert_eq!(append(&store, group).await, appended(&[1], 1, 1, Some(1001)));
}

#[tokio::test]
async fn every_question_may_be_asked_from_a_task() {
    fn held_by_a_task(_: impl Send) {}
    let database = TestDatabase::create_empty().await;
    let store = database.store();
    let (stream_id, filter) = (Uuid::nil(), crate::Filter::default());
    held_by_a_task(store.append(WRITER, &[]));
    held_by_a_task(store.load(&demo(), stream_id, 0));
    held_by_a_task(store.read_after(0, 1));
    held_by_a_task(store.read_tenant(&demo(), &filter));
    held_by_a_task(store.probe(None, &[stream_id]));
    held_by_a_task(partitions::ensure(&store));
    held_by_a_task(crate::verify::verify(&store));
    held_by_a_task(crate::Wakeups::new(&store).next());
}
