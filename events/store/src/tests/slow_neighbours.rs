//! Other people's transactions, old snapshots and dead clients (cases 5, 6 and 7): none of them holds the log up; each is
//! shown beside the design that it would hold up.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::*;
use crate::AppendError;
use crate::testing::TestDatabase;

/// Appends while a snapshot is held.
const APPENDS: i32 = 300;

/// A transaction that has a number and is left open.
async fn holding_a_number(database: &TestDatabase) -> PgConnection {
    let mut connection = database.superuser().await;
    sqlx::raw_sql("BEGIN; CREATE TABLE public.slow (row INT); SELECT pg_current_xact_id()")
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}

/// What a reader that waits for older transactions to end would see: the design with `xmin`.
async fn seen_by_xmin(database: &TestDatabase) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM es.event
          WHERE xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295",
    )
    .fetch_one(database.owner())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_slow_transaction_here_or_in_another_database_delays_no_reader_case_5() {
    let (database, elsewhere) = (TestDatabase::create().await, TestDatabase::create_empty().await);
    let store = database.store();
    for neighbour in [&database, &elsewhere] {
        let mut slow = holding_a_number(neighbour).await;
        let before = store.head().await.unwrap();
        for _ in 0..5 {
            let id = store.head().await.unwrap();
            append(&store, one(sale(id), 0, vec![registered()])).await;
            let seen = store.read_after(before, 100).await.unwrap();
            assert_eq!(seen.last().unwrap().position, id + 1, "seen at once");
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut slow).await.unwrap();
    }
    assert_eq!(log_is_ok(&store).await, 10);
}

#[tokio::test]
async fn control_a_reader_that_goes_by_xmin_stands_still_behind_any_slow_transaction_case_5() {
    let (database, elsewhere) = (TestDatabase::create().await, TestDatabase::create_empty().await);
    let store = database.store();
    let mut slow = holding_a_number(&elsewhere).await;
    append(&store, one(sale(1), 0, vec![registered()])).await;
    assert_eq!(store.read_after(0, 10).await.unwrap().len(), 1);
    assert_eq!(
        seen_by_xmin(&database).await,
        0,
        "committed, and unseen for another database's sake"
    );
    sqlx::raw_sql("ROLLBACK").execute(&mut slow).await.unwrap();
}

/// Blocks that a query touches.
async fn blocks(connection: &mut PgConnection, query: &str) -> u64 {
    let text = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}");
    let plan: Value = sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(connection).await.unwrap();
    let plan = &plan[0]["Plan"];
    plan["Shared Hit Blocks"].as_u64().unwrap() + plan["Shared Read Blocks"].as_u64().unwrap()
}

/// The head of our log: insert-only.
const HEAD: &str =
    "SELECT last_position FROM es.batch WHERE log_id = 1 ORDER BY last_position DESC LIMIT 1";

/// The head of a log that counts in a row.
const COUNTER: &str = "SELECT head FROM public.counter WHERE log_id = 1";

#[tokio::test]
async fn a_snapshot_held_for_long_costs_the_log_nothing_and_a_counter_row_a_lot_case_6() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let (mut reader, mut meter) = (database.superuser().await, database.superuser().await);
    sqlx::raw_sql(
        "CREATE TABLE public.counter (log_id SMALLINT PRIMARY KEY, head BIGINT); INSERT INTO public.counter VALUES (1, 0)",
    )
    .execute(&mut meter)
    .await
    .unwrap();
    sqlx::raw_sql("SET enable_seqscan = off").execute(&mut meter).await.unwrap();
    sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        .execute(&mut reader)
        .await
        .unwrap();
    append(&store, one(sale(0), 0, vec![registered()])).await;
    let before = (blocks(&mut meter, HEAD).await, blocks(&mut meter, COUNTER).await);
    for id in 1..=APPENDS {
        append(&store, one(sale(id), 0, vec![registered()])).await;
    }
    sqlx::raw_sql(
        "DO $$ BEGIN FOR i IN 1..3000 LOOP UPDATE public.counter SET head = i; COMMIT; END LOOP; END $$",
    )
    .execute(&mut meter)
    .await
    .unwrap();
    let after = (blocks(&mut meter, HEAD).await, blocks(&mut meter, COUNTER).await);
    assert!(after.0 <= before.0 + 2, "the log's head: {} blocks, then {}", before.0, after.0);
    assert!(after.1 >= before.1 + 3, "a counter row: {} blocks, then {}", before.1, after.1);
    sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
    assert_eq!(log_is_ok(&store).await, i64::from(APPENDS) + 1);
}

/// The lock belongs to the statement: a client that never reads its answer holds nobody up.
#[tokio::test]
async fn a_client_that_died_in_its_call_frees_the_lock_at_the_end_of_the_statement_case_7() {
    let database = TestDatabase::create().await;
    let store = database.store();
    for id in 0..20 {
        let dying = database.store();
        // asked once, so that the call is on its way, and never again
        let call = [one(sale(1_000 + id), 0, vec![registered()])];
        let mut call = Box::pin(dying.append(WRITER, &call));
        for _ in 0..=id {
            futures::future::poll_immediate(&mut call).await;
            tokio::task::yield_now().await;
        }
        let outcome = append(&store, one(sale(id), 0, vec![registered()])).await;
        assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
        drop(call);
    }
    let held: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_locks JOIN pg_database AS d ON d.oid = database
          WHERE locktype = 'advisory' AND datname = current_database()",
    )
    .fetch_one(database.owner())
    .await
    .unwrap();
    assert_eq!(held, 0, "nobody holds the log's lock");
    log_is_ok(&store).await;
}

#[tokio::test]
async fn control_a_client_that_appends_between_begin_and_commit_holds_everybody_up_case_7() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let mut dead = database.superuser().await;
    let mut transaction = dead.begin().await.unwrap();
    // what a call within BEGIN … COMMIT leaves behind until the client says COMMIT
    sqlx::raw_sql("SELECT pg_advisory_xact_lock(17747, 1)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let waited = store.append(WRITER, &[one(sale(1), 0, vec![registered()])]).await;
    assert!(matches!(waited, Err(AppendError::Unavailable(_))), "{waited:?}");
    transaction.rollback().await.unwrap();
    append(&store, one(sale(1), 0, vec![registered()])).await;
}
