//! What relay and process managers rely on: leases with an epoch, timers, wake-ups.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use sqlx::Connection;

use super::*;
use crate::leases::{self, AdvanceError};
use crate::testing::TestDatabase;
use crate::timers::{self, Timer};
use crate::{Wakeups, listen};

const LEFT: Uuid = Uuid::from_u128(1);
const RIGHT: Uuid = Uuid::from_u128(2);
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn one_relay_holds_the_lease_and_the_next_gets_another_epoch() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let claim = |owner, ttl| leases::claim_relay(&store, "SALES_1", owner, ttl);
    let first = claim(LEFT, LONG).await.unwrap().unwrap();
    assert_eq!((first.epoch, first.acked), (1, 0));
    assert_eq!(claim(RIGHT, LONG).await.unwrap(), None);
    assert!(leases::relay_acked(&store, &first, 17).await.unwrap());
    let renewed = claim(LEFT, Duration::ZERO).await.unwrap().unwrap();
    assert_eq!((renewed.epoch, renewed.acked), (1, 17));
    let taken = claim(RIGHT, LONG).await.unwrap().unwrap();
    assert_eq!((taken.epoch, taken.acked), (2, 17));
    assert!(!leases::relay_acked(&store, &renewed, 18).await.unwrap(), "the old owner is fenced");
    leases::release_relay(&store, &renewed).await.unwrap();
    assert_eq!(claim(LEFT, LONG).await.unwrap(), None, "only the owner gives it back");
    leases::release_relay(&store, &taken).await.unwrap();
    assert_eq!(claim(LEFT, LONG).await.unwrap().unwrap().epoch, 3);
}

#[tokio::test]
async fn a_process_manager_advances_with_its_timers_or_not_at_all() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let claim = |owner, ttl| leases::claim_process(&store, "stalled", owner, ttl);
    let due_at: DateTime<Utc> = "2026-03-10T09:00:00Z".parse().unwrap();
    let subject = "sale/1".to_owned();
    let timer = Timer { timer_id: LEFT, due_at, tenant_id: 1, subject, payload: b"{}".to_vec() };
    let due = async |now| timers::due(&store, "stalled", now, 10).await.unwrap();

    let mut lease = claim(LEFT, Duration::ZERO).await.unwrap().unwrap();
    let mut step = store.pool().begin().await.unwrap();
    timers::set(&mut step, "stalled", 1, &timer).await.unwrap();
    leases::advance_process(&mut step, &mut lease, 5).await.unwrap();
    step.commit().await.unwrap();
    assert_eq!(timers::next_due(&store, "stalled").await.unwrap(), Some(due_at));
    assert_eq!(due(due_at - Duration::from_micros(1)).await, []);
    assert_eq!(due(due_at).await, std::slice::from_ref(&timer));

    let taken = claim(RIGHT, LONG).await.unwrap().unwrap();
    assert_eq!((taken.epoch, taken.position), (2, 5));
    let mut step = store.pool().begin().await.unwrap();
    timers::remove(&mut step, "stalled", 1, &[timer.timer_id]).await.unwrap();
    let refused = leases::advance_process(&mut step, &mut lease, 6).await.unwrap_err();
    assert!(matches!(refused, AdvanceError::Fenced), "{refused:?}");
    drop(step);
    assert_eq!(due(due_at).await, std::slice::from_ref(&timer), "the fenced step left nothing");

    let mut connection = store.pool().acquire().await.unwrap();
    let later = Timer { due_at: due_at + LONG, ..timer };
    timers::set(&mut connection, "stalled", 1, &later).await.unwrap();
    assert_eq!(due(due_at).await, []);
    let mut step = connection.begin().await.unwrap();
    timers::remove(&mut step, "stalled", 1, &[later.timer_id]).await.unwrap();
    step.commit().await.unwrap();
    assert_eq!(timers::next_due(&store, "stalled").await.unwrap(), None);
    leases::release_process(&store, &taken).await.unwrap();
    assert_eq!(claim(LEFT, LONG).await.unwrap().unwrap().epoch, 3);
}

#[tokio::test]
async fn a_follower_wakes_up_by_notification_and_by_poll() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut wakeups = Wakeups::new(&store);
    wakeups.next().await; // listens from here on
    wakeups.next().await; // the poll alone
    let mut told = false;
    for round in 0..10 {
        append(&store, one(sale(round), 0, vec![registered()])).await;
        told |= tokio::time::timeout(listen::POLL / 4, wakeups.next()).await.is_ok();
    }
    assert!(told, "no append woke the follower before its poll");
}

/// Postgres wakes a process for every connection that listens, with each append.
#[tokio::test]
async fn all_followers_of_a_store_listen_on_one_connection_and_each_is_woken() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut followers: Vec<Wakeups> = (0..4).map(|_| Wakeups::new(&store.clone())).collect();
    for _ in 0..2 {
        join_all(followers.iter_mut().map(Wakeups::next)).await;
    }
    let listening: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .fetch_one(database.owner())
    .await
    .unwrap();
    assert_eq!(listening, 1);
    let mut told = vec![false; followers.len()];
    for round in 0..10 {
        append(&store, one(sale(round), 0, vec![registered()])).await;
        let woken = followers
            .iter_mut()
            .map(|follower| tokio::time::timeout(listen::POLL / 4, follower.next()));
        for (told, woken) in told.iter_mut().zip(join_all(woken).await) {
            *told |= woken.is_ok();
        }
    }
    assert_eq!(told, vec![true; told.len()], "woken before a poll");
}

/// What a follower that rests leaves in the wire would be a wake-up each, for as long as it rested.
#[tokio::test]
async fn however_many_appends_there_were_a_follower_that_rested_is_woken_a_few_times() {
    const WORDS: i64 = 2_000;
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut wakeups = Wakeups::new(&store);
    for _ in 0..2 {
        wakeups.next().await;
    }
    sqlx::query("SELECT pg_notify('es', '1:' || n) FROM generate_series(1, $1) AS n")
        .bind(WORDS)
        .execute(database.owner())
        .await
        .unwrap();
    let mut woken = 0;
    while tokio::time::timeout(listen::POLL / 4, wakeups.next()).await.is_ok() {
        woken += 1;
    }
    assert!((1..WORDS / 20).contains(&woken), "woken {woken} times by {WORDS} words");
}

/// Case 33: without a word from Postgres, who looks sees everything, and who only listens nothing.
#[tokio::test]
async fn control_a_follower_that_only_listens_never_hears_of_an_append_without_wake_ups_case_33() {
    let database = TestDatabase::create().await;
    let store = database.store();
    database.rewrite("es.append_batch", "pg_notify(", "concat(").await;
    let mut listener = sqlx::postgres::PgListener::connect_with(store.pool()).await.unwrap();
    listener.listen("es").await.unwrap();
    let mut wakeups = Wakeups::new(&store);
    wakeups.next().await;
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let looking = async {
        while store.read_after(0, 10).await.unwrap().is_empty() {
            wakeups.next().await;
        }
        for _ in 0..3 {
            wakeups.next().await;
        }
    };
    tokio::select! {
        () = looking => {}
        heard = listener.recv() => panic!("{heard:?}"),
    }
}

#[tokio::test]
async fn a_follower_survives_the_loss_of_its_listening_connection() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut wakeups = Wakeups::new(&store);
    wakeups.next().await;
    let killed: i64 = sqlx::query_scalar(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .fetch_one(database.owner())
    .await
    .unwrap();
    assert_eq!(killed, 1);
    for _ in 0..3 {
        wakeups.next().await;
    }
    append(&store, one(sale(1), 0, vec![registered()])).await;
    wakeups.next().await;
    assert_eq!(store.head().await.unwrap(), 1);
}
