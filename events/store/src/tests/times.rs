//! Effective times: judged under the lock, never falling, never in the future.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::testing::TestDatabase;

fn dated(at: DateTime<Utc>, group: Group) -> Group {
    Group { effective_at: Some(at), ..group }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_effective_time_is_stored_to_the_microsecond_and_sealed() {
    let database = TestDatabase::create().await;
    let store = database.store();
    for (id, time) in [(1, "2016-10-25T09:00:00.123456789Z"), (2, "1969-01-01T00:00:00.0000019Z")] {
        append(&store, dated(at(time), one(sale(id), 0, vec![registered()]))).await;
    }
    let log = store.read_after(0, 10).await.unwrap();
    assert_eq!(log[0].effective_at, Some(at("2016-10-25T09:00:00.123456Z")));
    assert_eq!(log[1].effective_at, Some(at("1969-01-01T00:00:00.000001Z")));
    assert!(log[0].effective() < log[0].recorded_at);
    log_is_ok(&store).await;
}

#[tokio::test]
async fn an_effective_time_may_not_fall_within_a_stream() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let (early, late) = (at("2020-01-01T00:00:00Z"), at("2020-01-02T00:00:00Z"));
    append(&store, dated(late, one(sale(1), 0, vec![registered()]))).await;
    let falls = append(&store, dated(early, one(sale(1), 1, vec![advanced()]))).await;
    assert_eq!(falls, Outcome::EffectiveTimeFalls);
    let equal = append(&store, dated(late, one(sale(1), 1, vec![advanced()]))).await;
    assert_eq!(equal, appended(&[2], 2, 2, Some(1001)));
    let elsewhere = append(&store, dated(early, one(sale(2), 0, vec![registered()]))).await;
    assert_eq!(elsewhere, appended(&[1], 3, 3, Some(1002)));
    // an event without an effective time took effect when it was recorded
    append(&store, one(sale(1), 2, vec![advanced()])).await;
    let falls = append(&store, dated(late, one(sale(1), 3, vec![advanced()]))).await;
    assert_eq!(falls, Outcome::EffectiveTimeFalls);
    assert_eq!(log_is_ok(&store).await, 4);
}

#[tokio::test]
async fn an_effective_time_later_than_the_databases_clock_is_refused() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let now: DateTime<Utc> =
        sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(store.pool()).await.unwrap();
    let future = dated(now + TimeDelta::minutes(1), one(sale(1), 0, vec![registered()]));
    assert_eq!(append(&store, future.clone()).await, Outcome::EffectiveTimeInFuture);
    let just_now = dated(now, one(sale(1), 0, vec![registered()]));
    let batch = [just_now, dated(now, one(sale(2), 0, vec![registered()]))];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::Appended(_))), "{outcomes:?}");
    let group = Group {
        effective_at: future.effective_at,
        ..group(vec![to(sale(3), 0, vec![registered()]), to(sale(1), 7, vec![advanced()])])
    };
    let outcome = append(&store, group).await;
    assert_eq!(outcome, Outcome::Conflict { versions: vec![0, 1] }, "the version speaks first");
    assert_eq!(log_is_ok(&store).await, 2);
}

#[tokio::test]
async fn the_recording_time_rises_even_when_the_databases_clock_was_set_back() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered()])).await;
    // as if the clock had been an hour ahead at the first batch
    sqlx::raw_sql(
        "ALTER TABLE es.event DISABLE TRIGGER immutable; ALTER TABLE es.batch DISABLE TRIGGER immutable; \
         UPDATE es.event SET recorded_at = recorded_at + interval '1 hour'; \
         UPDATE es.batch SET recorded_at = recorded_at + interval '1 hour'",
    )
    .execute(database.owner())
    .await
    .unwrap();
    append(&store, one(sale(1), 1, vec![advanced()])).await;
    append(&store, one(sale(2), 0, vec![registered()])).await;
    let log = store.read_after(0, 10).await.unwrap();
    let steps = [log[1].recorded_at - log[0].recorded_at, log[2].recorded_at - log[1].recorded_at];
    assert_eq!(steps, [TimeDelta::microseconds(1); 2]);
    log_is_ok(&store).await;
}

#[tokio::test]
async fn effective_times_are_judged_beside_others_in_one_call() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let (early, late) = (at("2020-01-01T00:00:00Z"), at("2020-01-02T00:00:00Z"));
    append(&store, dated(late, one(sale(1), 0, vec![registered()]))).await;
    let batch = [
        dated(early, one(sale(1), 1, vec![advanced()])),
        dated(at("2999-01-01T00:00:00Z"), one(sale(2), 0, vec![registered()])),
        dated(early, one(sale(3), 0, vec![registered()])),
    ];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert_eq!(outcomes[..2], [Outcome::EffectiveTimeFalls, Outcome::EffectiveTimeInFuture]);
    assert_eq!(outcomes[2], appended(&[1], 2, 2, Some(1002)));
    assert_eq!(log_is_ok(&store).await, 2);
}
