//! A read model that forgives nothing: per stream the number of events and a digest over their
//! order, written one statement an event. One event lost, repeated or swapped changes it.

use events::{Aggregate, Recorded};
use futures::FutureExt;
use futures::future::BoxFuture;
use read_models::rebuild::Fold;
use read_models::{ApplyError, OnPoison, ReadModel};
use sqlx::{PgConnection, PgPool};

pub struct Tally;

/// The rows, in order: stream, events, version of the last, digest.
pub type Rows = Vec<(uuid::Uuid, i64, i64, String)>;

impl ReadModel for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static str {
        "CREATE TABLE tally (stream_id uuid PRIMARY KEY, events bigint NOT NULL,
                             version bigint NOT NULL, digest text NOT NULL)"
    }

    fn reads(&self) -> &'static [Aggregate] {
        &Aggregate::ALL
    }

    fn on_poison(&self) -> OnPoison {
        OnPoison::Halt
    }

    fn fold(&self) -> Box<dyn Fold> {
        panic!("the tally counts what comes live and is not rebuilt")
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        async move {
            for event in events {
                if event.payload == b"poison" {
                    let what = "not to be swallowed";
                    return Err(ApplyError::Unfoldable { position: event.position, what });
                }
                if event.payload == b"poison for the database" {
                    sqlx::query("SELECT 1 / 0").execute(&mut *tx).await?;
                }
                sqlx::query(
                    "INSERT INTO tally VALUES ($1, 1, $2, md5($3::text))
                     ON CONFLICT (stream_id) DO UPDATE SET events = tally.events + 1,
                       version = EXCLUDED.version, digest = md5(tally.digest || $3::text)",
                )
                .bind(event.stream_id)
                .bind(event.version)
                .bind(event.event_id)
                .execute(&mut *tx)
                .await?;
            }
            Ok(())
        }
        .boxed()
    }
}

/// Everything the tally has counted; `pool` is the superuser's.
pub async fn rows(pool: &PgPool) -> Rows {
    sqlx::query_as("SELECT * FROM rm_tally_1.tally ORDER BY stream_id")
        .fetch_all(pool)
        .await
        .unwrap()
}

/// How many events the rows hold.
pub fn counted(rows: &Rows) -> i64 {
    rows.iter().map(|row| row.1).sum()
}
