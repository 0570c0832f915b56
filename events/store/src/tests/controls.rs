//! What happens without them: each protection of the write path is taken out of this test's own database, and the case
//! it stands for then fails. A protection whose control stays green protects from nothing.

use futures::future::join_all;

use super::*;
use crate::batch::Batch;
use crate::testing::TestDatabase;
use crate::verify::verify;

/// A log whose functions lack something.
async fn without(fragment: &str, instead: &str) -> (TestDatabase, EventStore) {
    let database = TestDatabase::create().await;
    database.rewrite_append(fragment, instead).await;
    let store = database.store();
    (database, store)
}

/// Cases 1, 3, 8 and 9: the receipt is all that recognises a repeat.
#[tokio::test]
async fn control_without_receipts_a_repeat_is_told_that_it_lost_case_1_3_8_9() {
    let (_database, store) = without("x.command_key = c_key[1]", "x.command_key IS NULL").await;
    let sent = keyed(1, one(sale(1), 0, vec![registered()]));
    assert!(matches!(append(&store, sent.clone()).await, Outcome::Appended(_)));
    let again = append(&store, sent).await;
    assert!(matches!(again, Outcome::Conflict { .. }), "a repeat is told it lost: {again:?}");
    // the second replica gave the sale another id, or the body is another one; the receipts' own key then refuses
    let (_database, store) = without("x.command_key = c_key[1]", "x.command_key IS NULL").await;
    let replicas = [1, 2].map(|id| keyed(1, one(sale(id), 0, vec![registered()])));
    append(&store, replicas[0].clone()).await;
    let second = append(&store, replicas[1].clone()).await;
    assert!(matches!(second, Outcome::Poisoned(_)), "neither a duplicate nor reused: {second:?}");
}

/// Case 10.
#[tokio::test]
async fn control_without_the_version_check_every_racer_wins_case_10() {
    let check = "WHEN c_expect[1] IS DISTINCT FROM v_cur THEN 2";
    let (_database, store) = without(check, "").await;
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let racers = (0..20).map(|_| append(&store, one(sale(1), 1, vec![advanced()])));
    let won = join_all(racers).await;
    let won = won.iter().filter(|outcome| matches!(outcome, Outcome::Appended(_))).count();
    assert_eq!(won, 20, "nobody is told that the sale had moved");
}

/// Case 11.
#[tokio::test]
async fn control_without_bisection_one_poisoned_group_takes_499_along_case_11() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut groups: Vec<Group> = (0..500).map(|i| one(sale(i), 0, vec![registered()])).collect();
    groups[317].appends[0].events = vec![registered(), poisoned()];
    let groups: Vec<_> = groups.iter().map(|group| (group, &[][..])).collect();
    let mut connection = store.pool().acquire().await.unwrap();
    let refused = Batch::of(&groups).send(&mut connection, store.log_id(), WRITER).await;
    assert!(refused.is_err());
    assert_eq!(log_is_ok(&store).await, 0, "499 good ones were lost with it");
}

/// Case 12.
#[tokio::test]
async fn control_without_a_verdict_for_each_row_a_conflict_passes_among_others_case_12() {
    let check = "WHEN c_expect[r] IS DISTINCT FROM coalesce(s.version, 0) THEN 2";
    let (_database, store) = without(check, "").await;
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let batch = [one(sale(1), 0, vec![advanced()]), one(sale(2), 0, vec![registered()])];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended(_))), "{outcomes:?}");
}

/// Case 13.
#[tokio::test]
async fn control_without_the_judgement_of_groups_half_a_group_is_stored_case_13() {
    let (_database, store) =
        without("bool_and(j.st = 0) OVER g AS good", "(j.st = 0) AS good").await;
    append(&store, one(sale(2), 0, vec![registered()])).await;
    let streams = [1, 2, 3].map(|id| to(sale(id), 0, vec![registered()]));
    let outcomes = store.append(WRITER, &[group(streams.to_vec())]).await.unwrap();
    assert!(matches!(outcomes[0], Outcome::Conflict { .. }), "{outcomes:?}");
    assert_eq!(store.head().await.unwrap(), 3, "two of three were stored although it was refused");
}

/// Case 14.
#[tokio::test]
async fn control_without_greatest_the_recording_time_falls_with_the_clock_case_14() {
    let rising = "greatest(clock_timestamp(), v_prev + interval '1 microsecond')";
    // the clock is set back an hour after the first batch
    let back =
        "clock_timestamp() - CASE WHEN v_prev IS NULL THEN interval '0' ELSE interval '1 hour' END";
    let (_database, store) = without(rising, back).await;
    append(&store, one(sale(1), 0, vec![registered()])).await;
    append(&store, one(sale(2), 0, vec![registered()])).await;
    let log = store.read_after(0, 10).await.unwrap();
    assert!(log[1].recorded_at < log[0].recorded_at, "time ran backwards");
    assert!(verify(&store).await.is_err(), "and the oracle says so");
}

/// Case 14 with its protection: the same clock, set back the same way.
#[tokio::test]
async fn a_clock_that_is_set_back_an_hour_keeps_the_recording_time_rising_case_14() {
    let (_database, store) = without(
        "greatest(clock_timestamp(),",
        "greatest(clock_timestamp() - CASE WHEN v_prev IS NULL THEN interval '0' ELSE interval '1 hour' END,",
    )
    .await;
    for id in 1..=3 {
        append(&store, one(sale(id), 0, vec![registered()])).await;
    }
    let log = store.read_after(0, 10).await.unwrap();
    assert!(log.windows(2).all(|pair| pair[0].recorded_at < pair[1].recorded_at));
    assert_eq!(log_is_ok(&store).await, 3);
}

/// Case 15.
#[tokio::test]
async fn control_without_the_look_at_the_clock_a_fact_of_tomorrow_is_accepted_case_15() {
    let tomorrow = chrono::DateTime::parse_from_rfc3339("2999-01-01T00:00:00Z").unwrap().to_utc();
    let early =
        |id: i32| Group { effective_at: Some(tomorrow), ..one(sale(id), 0, vec![registered()]) };
    let database = TestDatabase::create().await;
    let refused = append(&database.store(), early(1)).await;
    assert!(!matches!(refused, Outcome::Appended(_)), "{refused:?}");
    let (database, store) = without("WHEN c_effective[1] > v_now THEN 7", "").await;
    let held = append(&store, early(1)).await;
    assert!(matches!(held, Outcome::Poisoned(_)), "the table still refuses it: {held:?}");
    sqlx::raw_sql("ALTER TABLE es.event DROP CONSTRAINT event_check1")
        .execute(database.owner())
        .await
        .unwrap();
    let accepted = append(&store, early(1)).await;
    assert!(matches!(accepted, Outcome::Appended(_)), "{accepted:?}");
}

/// Case 16: what makes a missing partition loud is that there is no partition for everything else.
#[tokio::test]
async fn control_with_a_default_partition_nobody_hears_of_a_missing_one_case_16() {
    let database = TestDatabase::create_partitioned(2, 1).await;
    sqlx::raw_sql(
        "CREATE TABLE es.event_rest PARTITION OF es.event DEFAULT; GRANT ALL ON es.event_rest TO es_owner",
    )
    .execute(database.owner())
    .await
    .unwrap();
    let store = database.store();
    for id in 1..=4 {
        let outcome = append(&store, one(sale(id), 0, vec![registered()])).await;
        assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
    }
    let astray: i64 = sqlx::query_scalar("SELECT count(*) FROM es.event_rest")
        .fetch_one(database.owner())
        .await
        .unwrap();
    assert!(astray > 0, "rows lie where no partition can be made any more");
}

/// Case 20.
#[tokio::test]
async fn control_without_the_trigger_the_owner_rewrites_history_and_the_oracle_sees_it_case_20() {
    let database = TestDatabase::create().await;
    let store = database.store();
    append(&store, one(sale(1), 0, vec![registered()])).await;
    let edit = "UPDATE es.event SET payload = '{\"a\":1}'";
    assert!(sqlx::raw_sql(edit).execute(database.owner()).await.is_err());
    sqlx::raw_sql("ALTER TABLE es.event DISABLE TRIGGER immutable")
        .execute(database.owner())
        .await
        .unwrap();
    sqlx::raw_sql(edit).execute(database.owner()).await.unwrap();
    assert!(verify(&store).await.is_err());
}
