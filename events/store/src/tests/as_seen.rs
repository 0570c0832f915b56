//! The short call of an append writes what the long one would have written, and leaves alone whatever is not as it was seen.

use sqlx::PgPool;

use super::*;
use crate::AppendError;
use crate::testing::TestDatabase;

/// A store whose short call always gives up, so that every batch is judged.
async fn judging() -> (TestDatabase, EventStore) {
    let database = TestDatabase::create().await;
    let lock = "v_done := pg_advisory_xact_lock(17747, p_log);";
    let never = format!("{lock} RAISE EXCEPTION 'never' USING ERRCODE = 'ES005';");
    database.rewrite("es.append_as_seen", lock, &never).await;
    let store = database.store();
    (database, store)
}

/// A store whose long call fails, so that a batch which is judged is an error.
async fn trusting() -> (TestDatabase, EventStore) {
    let database = TestDatabase::create().await;
    let store = database.store();
    // the first batch of a log and of a tenant is judged
    append(&store, one(sale(0), 0, vec![registered()])).await;
    let lock = "PERFORM pg_advisory_xact_lock(17747, p_log);";
    let never = format!("{lock} RAISE EXCEPTION 'judged' USING ERRCODE = 'ES002';");
    database.rewrite("es.append_batch", lock, &never).await;
    (database, store)
}

/// Every row of the log but for what time and chance decide.
async fn rows(pool: &PgPool) -> Vec<String> {
    let mut all = Vec::new();
    for question in [
        "SELECT (to_jsonb(e) - 'recorded_at')::text FROM es.event e ORDER BY position",
        "SELECT (to_jsonb(s) - 'effective_at')::text FROM es.stream s ORDER BY stream_id",
        "SELECT (to_jsonb(c) - 'day')::text FROM es.command c ORDER BY command_key",
        "SELECT (to_jsonb(b) - 'recorded_at')::text FROM es.batch b ORDER BY last_position",
    ] {
        let found: Vec<String> = sqlx::query_scalar(question).fetch_all(pool).await.unwrap();
        all.extend(found);
    }
    all
}

fn of(tenant: TenantSlug, group: Group) -> Group {
    Group { tenant, ..group }
}

fn at_noon(group: Group) -> Group {
    let noon = chrono::DateTime::parse_from_rfc3339("2026-01-01T12:00:00Z").unwrap().to_utc();
    Group { effective_at: Some(noon), ..group }
}

/// Batches of a day: registrations, changes, several streams in a group, with and without keys, two tenants; at last batches
/// of one group, most of which have one event.
fn day() -> Vec<Vec<Group>> {
    let of_other = |id: i32| of(tenant("other"), one(sale(id), 0, vec![registered()]));
    let both = group(vec![
        to(sale(4), 0, vec![registered(), advanced()]),
        to(sale(1), 3, vec![advanced()]),
    ]);
    vec![
        vec![one(sale(0), 0, vec![registered()])],
        vec![of_other(50)],
        vec![
            keyed(1, one(sale(1), 0, vec![registered()])),
            one(sale(2), 0, vec![registered(), advanced()]),
            keyed(2, of_other(51)),
            keyed(3, one(sale(3), 0, vec![registered()])),
        ],
        vec![
            keyed(4, one(sale(1), 1, vec![advanced(), advanced()])),
            of_other(52),
            keyed(5, one(sale(2), 2, vec![advanced()])),
        ],
        vec![keyed(6, both), one(sale(3), 1, vec![advanced()])],
        vec![keyed(7, one(sale(5), 0, vec![registered()]))],
        vec![keyed(8, one(sale(5), 1, vec![advanced()]))],
        vec![one(sale(5), 2, vec![advanced()])],
        vec![keyed(9, one(sale(6), 0, vec![advanced()]))],
        vec![keyed(10, one(sale(6), 1, vec![advanced()]))],
        vec![keyed(11, at_noon(one(sale(7), 0, vec![registered()])))],
        vec![keyed(12, at_noon(one(sale(7), 1, vec![advanced(), advanced()])))],
        vec![keyed(13, of(tenant("other"), one(sale(50), 1, vec![advanced()])))],
        vec![keyed(14, of_other(53)), keyed(15, one(sale(8), 0, vec![registered()]))],
    ]
}

#[tokio::test]
async fn the_short_call_writes_what_the_long_one_writes() {
    let ((judged, judging), seen) = (judging().await, TestDatabase::create().await);
    let plain = seen.store();
    for batch in day() {
        let long = judging.append(WRITER, &batch).await.unwrap();
        let short = plain.append(WRITER, &batch).await.unwrap();
        for (long, short) in long.iter().zip(&short) {
            let (Outcome::Appended(long), Outcome::Appended(short)) = (long, short) else {
                panic!("{long:?} and {short:?}")
            };
            assert_eq!(long, short);
        }
    }
    assert_eq!(rows(judged.owner()).await, rows(seen.owner()).await);
    log_is_ok(&judging).await;
    log_is_ok(&plain).await;
}

#[tokio::test]
async fn what_is_as_it_was_seen_is_not_judged() {
    let (_database, store) = trusting().await;
    let batch = [keyed(1, one(sale(1), 0, vec![registered()])), one(sale(0), 1, vec![advanced()])];
    let outcomes = store.append(WRITER, &batch).await.unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended(_))), "{outcomes:?}");
    log_is_ok(&store).await;
}

/// Each of these must reach the long call, which alone tells a group what became of it.
#[tokio::test]
async fn whatever_is_not_as_it_was_seen_is_judged() {
    let (_database, store) = trusting().await;
    store.append(WRITER, &[keyed(1, one(sale(1), 0, vec![registered()]))]).await.unwrap();
    let head = store.head().await.unwrap();
    let tomorrow = chrono::DateTime::parse_from_rfc3339("2999-01-01T00:00:00Z").unwrap().to_utc();
    let long_ago = chrono::DateTime::parse_from_rfc3339("1999-01-01T00:00:00Z").unwrap().to_utc();
    let at = |at, group: Group| Group { effective_at: Some(at), ..group };
    let unseen = [
        ("a key that is known", keyed(1, one(sale(2), 0, vec![registered()]))),
        ("a stream that exists", one(sale(1), 0, vec![registered()])),
        ("a version that is past", one(sale(0), 2, vec![advanced()])),
        ("a stream that does not exist", one(sale(9), 1, vec![advanced()])),
        ("tomorrow", at(tomorrow, one(sale(3), 0, vec![registered()]))),
        ("a time that falls", at(long_ago, one(sale(1), 1, vec![advanced()]))),
        ("a stream that is only looked at", one(sale(1), 1, vec![])),
        ("a tenant without events", of(tenant("new"), one(sale(1), 0, vec![registered()]))),
    ];
    for (what, group) in unseen {
        let another = one(sale(100), 0, vec![registered()]);
        for batch in [vec![group.clone()], vec![another, group]] {
            let sent = store.append(WRITER, &batch).await;
            assert!(matches!(sent, Err(AppendError::Unavailable(_))), "{what}: {sent:?}");
        }
    }
    let rests = vec![(sale(1).stream_id(&demo()), 7)];
    let sent = store.append_resting(WRITER, &[one(sale(4), 0, vec![registered()])], &[rests]).await;
    assert!(
        matches!(sent, Err(AppendError::Unavailable(_))),
        "a stream that it rests on: {sent:?}"
    );
    assert_eq!(store.head().await.unwrap(), head, "and nothing of it is stored");
}

/// A batch that was not as it was seen is sent twice; while repeats come in, the next ones are judged at once.
#[tokio::test]
async fn while_repeats_come_in_nothing_is_sent_twice() {
    let (database, store) = judging().await;
    append(&store, one(sale(0), 0, vec![registered()])).await;
    assert!(store.writer.trusts_what_was_seen(), "it could have gone without");
    append(&store, one(sale(0), 0, vec![registered()])).await;
    assert!(!store.writer.trusts_what_was_seen(), "a conflict");
    append(&store, one(sale(1), 0, vec![registered()])).await;
    assert!(store.writer.trusts_what_was_seen());
    drop(database);
}
