//! A log as it is often written: a bigserial, whoever inserts commits when he is ready, a reader that remembers the
//! last number it saw.

use std::collections::BTreeSet;

use event_store::testing::TestDatabase;
use sqlx::{PgConnection, PgPool};

use crate::faults::seed::Chance;

/// Writers of the random run.
pub(super) const WRITERS: usize = 8;

/// One step in so many commits an open transaction, so that they last unevenly.
const COMMITS: usize = 3;

/// Events the reader takes at once.
const PAGE: i64 = 100;

/// The table, its writers with their open transactions, and its reader.
pub(super) struct Naive {
    reader: PgPool,
    writers: Vec<(PgConnection, bool)>,
    last: i64,
    seen: BTreeSet<i64>,
}

impl Naive {
    pub(super) async fn create(database: &TestDatabase, writers: usize) -> Self {
        sqlx::raw_sql(
            "CREATE SCHEMA naive;
             CREATE TABLE naive.event (
               number bigserial PRIMARY KEY,
               writer integer NOT NULL,
               xid    xid8    NOT NULL DEFAULT pg_current_xact_id()
             )",
        )
        .execute(database.owner())
        .await
        .unwrap();
        let mut connections = Vec::new();
        for _ in 0..writers {
            let mut connection = database.superuser().await;
            let quick = "SET synchronous_commit = off";
            sqlx::raw_sql(quick).execute(&mut connection).await.unwrap();
            connections.push((connection, false));
        }
        let reader = database.owner().clone();
        Self { reader, writers: connections, last: 0, seen: BTreeSet::new() }
    }

    /// A writer takes a number, in a transaction it has open or begins.
    pub(super) async fn insert(&mut self, writer: usize) {
        let (connection, open) = &mut self.writers[writer];
        if !*open {
            sqlx::raw_sql("BEGIN").execute(&mut *connection).await.unwrap();
            *open = true;
        }
        sqlx::query("INSERT INTO naive.event (writer) VALUES ($1)")
            .bind(i32::try_from(writer).unwrap())
            .execute(connection)
            .await
            .unwrap();
    }

    pub(super) async fn commit(&mut self, writer: usize) {
        let (connection, open) = &mut self.writers[writer];
        sqlx::raw_sql("COMMIT").execute(connection).await.unwrap();
        *open = false;
    }

    /// Some writer does something.
    pub(super) async fn step(&mut self, chance: &mut Chance) {
        let writer = chance.below(self.writers.len());
        if self.writers[writer].1 && chance.once_in(COMMITS) {
            self.commit(writer).await;
        } else {
            self.insert(writer).await;
        }
    }

    pub(super) async fn commit_all(&mut self) {
        for writer in 0..self.writers.len() {
            if self.writers[writer].1 {
                self.commit(writer).await;
            }
        }
    }

    /// The reader reads on from the last number it saw, until there is nothing more.
    pub(super) async fn read(&mut self) -> Vec<i64> {
        let mut all = Vec::new();
        loop {
            let numbers: Vec<i64> = sqlx::query_scalar(
                "SELECT number FROM naive.event WHERE number > $1 ORDER BY number LIMIT $2",
            )
            .bind(self.last)
            .bind(PAGE)
            .fetch_all(&self.reader)
            .await
            .unwrap();
            let Some(last) = numbers.last() else { return all };
            self.last = *last;
            self.seen.extend(&numbers);
            all.extend(numbers);
        }
    }

    /// Events that are committed.
    pub(super) async fn stored(&self) -> i64 {
        let text = "SELECT count(*) FROM naive.event";
        sqlx::query_scalar(text).fetch_one(&self.reader).await.unwrap()
    }

    /// Committed events the reader never saw and never will.
    pub(super) async fn missed(&self) -> i64 {
        let behind: Vec<i64> =
            sqlx::query_scalar("SELECT number FROM naive.event WHERE number <= $1")
                .bind(self.last)
                .fetch_all(&self.reader)
                .await
                .unwrap();
        let missed = behind.iter().filter(|number| !self.seen.contains(number)).count();
        i64::try_from(missed).unwrap()
    }

    /// Committed events that a reader which trusts only what lies below the oldest running transaction still waits
    /// for.
    pub(super) async fn behind_the_horizon(&self) -> i64 {
        let text =
            "SELECT count(*) FROM naive.event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())";
        sqlx::query_scalar(text).fetch_one(&self.reader).await.unwrap()
    }
}
