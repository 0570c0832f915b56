//! The defect every event store on a sequence has shipped once (event-log §2a), shown: numbers taken at INSERT become
//! visible at COMMIT, in another order, and a reader that remembers the last number never sees the late one. Beside
//! it, in the same database and over the same steps, our log; meanwhile a long transaction is open in another database
//! of the cluster, which is what stops the cure of the horizon.

mod naive;
mod ours;

use event_store::testing::TestDatabase;

use crate::faults::seed::{Chance, tell};
use naive::Naive;
use ours::Ours;

/// Steps of the random run.
const STEPS: usize = 1_500;

/// A transaction in another database of the cluster that has written and goes on for the whole test.
async fn long_transaction_elsewhere(elsewhere: &TestDatabase) -> sqlx::PgConnection {
    let mut open = elsewhere.superuser().await;
    sqlx::raw_sql("BEGIN; SELECT pg_current_xact_id()").execute(&mut open).await.unwrap();
    open
}

/// The smallest case, in the order in which it happens: 1 is taken, 2 is taken and committed, the reader reads, 1 is
/// committed.
#[tokio::test]
async fn a_number_taken_first_and_committed_last_is_never_seen() {
    let database = TestDatabase::create().await;
    let mut naive = Naive::create(&database, 2).await;
    naive.insert(0).await;
    naive.insert(1).await;
    naive.commit(1).await;
    assert_eq!(naive.read().await, [2]);
    naive.commit(0).await;
    assert!(naive.read().await.is_empty(), "1 is there now, and behind the reader's back");
    assert_eq!((naive.stored().await, naive.missed().await), (2, 1));
}

/// Eight writers, transactions of uneven length, a reader in between; the same for our log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_naive_reader_skips_events_and_ours_skips_none_over_the_same_time() {
    let (database, elsewhere) = (TestDatabase::create().await, TestDatabase::create_empty().await);
    let open = long_transaction_elsewhere(&elsewhere).await;
    let mut chance = Chance::told();
    let mut naive = Naive::create(&database, naive::WRITERS).await;
    let mut ours = Ours::over(database.store());
    for _ in 0..STEPS {
        naive.step(&mut chance).await;
        ours.step(&mut chance).await;
        if chance.once_in(4) {
            naive.read().await;
            ours.read().await;
        }
    }
    naive.commit_all().await;
    ours.answered().await;
    naive.read().await;
    ours.read().await;

    let (stored, missed) = (naive.stored().await, naive.missed().await);
    let (appended, skipped) = (ours.appended(), ours.skipped());
    let waiting = naive.behind_the_horizon().await;
    drop(open);
    tell(&format!(
        "numbers taken at INSERT: {missed} of {stored} committed events never seen\n\
         positions given under the lock: {skipped} of {appended} never seen\n\
         reader below the xmin horizon, a transaction open in another database: {waiting} of {stored} not shown yet"
    ));
    assert!(missed > 0, "the naive reader lost nothing of {stored}: the defect was not shown");
    assert_eq!(skipped, 0, "of {appended}");
    assert!(appended >= 500, "{appended}");
    assert_eq!(waiting, stored, "an open transaction elsewhere holds the horizon");
    let log = event_store::verify::verify(&database.store()).await.unwrap();
    assert_eq!(log.head, appended);
}
