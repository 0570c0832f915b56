//! The row of `es_ops.projection_part` a lane works under: its checkpoint, its lease and its halt.
//! Every statement here is fenced by owner and epoch; the database's clock decides, never ours.

use std::time::Duration;

use read_models::Reason;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, PgPool, Postgres, Row};
use uuid::Uuid;

use super::fault::Halted;
use crate::source::Mark;

/// SQLSTATE of `es_ops.advance` when the part is no longer ours or not where we left it.
const FENCED: &str = "ES010";

/// The call that moves a checkpoint under a lease.
macro_rules! advance {
    () => {
        "es_ops.advance($1, $2, $3, $4, ARRAY[$5::smallint], ARRAY[$6::bigint], ARRAY[$7::bigint], ARRAY[$8::bigint], $9,
                        ARRAY[$10::bytea])"
    };
}

/// One part of one generation of a read model over one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The read model's name.
    pub model: &'static str,
    /// Its generation.
    pub generation: i32,
    /// The log it is built from.
    pub log_id: i16,
    /// Always 0 so far: one lane per read model.
    pub part: i16,
}

/// A claim that holds until another owner's epoch replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub owner: Uuid,
    /// The fencing token: grows with every change of owner.
    pub epoch: i64,
    /// The checkpoint: every event up to here is in the read model.
    pub position: i64,
    /// Content hash of the event there, when it is known: which history the rows are of (case 32).
    pub applied: Option<[u8; 32]>,
}

/// What the row of a part says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartState {
    /// The checkpoint.
    pub position: i64,
    /// Why the part stands still, if it does.
    pub halted: Option<Halted>,
    /// Streams set aside.
    pub parked_streams: i64,
    /// Events that wait behind them, theirs included.
    pub parked_events: i64,
    /// Its generation answers questions.
    pub live: bool,
    /// Some process holds its lease.
    pub owned: bool,
}

impl Part {
    /// Takes or renews the lease; `None` while somebody else holds it, and of a generation that is still being rebuilt:
    /// its number may have been another one's before.
    pub async fn claim(
        &self,
        pool: &PgPool,
        owner: Uuid,
        ttl: Duration,
    ) -> Result<Option<Lease>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT c.position, c.epoch
               FROM es_ops.projection AS p, es_ops.claim(p.name, p.generation, $3, $4, ARRAY[$5::smallint], $6) AS c
              WHERE p.name = $1 AND p.generation = $2 AND p.filled_at IS NOT NULL",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(owner)
        .bind(self.part)
        .bind(ttl)
        .fetch_optional(pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        // nobody but the owner changes it, and its claim has waited for whoever was before
        let applied = self.applied(pool).await?;
        let (epoch, position) = (row.try_get("epoch")?, row.try_get("position")?);
        Ok(Some(Lease { owner, epoch, position, applied }))
    }

    /// Moves the checkpoint to `to`, or leaves it where it is, as the last statement of the transaction that wrote the rows.
    /// Fails with [`fenced`] unless the lease is still `lease`, position included.
    pub async fn advance(
        &self,
        tx: &mut PgConnection,
        lease: Lease,
        to: Option<Mark>,
        ttl: Duration,
    ) -> Result<(), sqlx::Error> {
        let (position, hash) = match to {
            Some(event) => (event.position, Some(event.hash)),
            None => (lease.position, lease.applied),
        };
        self.advancing(concat!("SELECT ", advance!()), lease, (position, hash), ttl)
            .execute(tx)
            .await
            .map(drop)
    }

    /// The same as a transaction of its own that does not wait for its flush, where there are no rows to go with it.
    pub(super) async fn advance_unflushed(
        &self,
        connection: &mut PgConnection,
        lease: Lease,
        to: Mark,
        ttl: Duration,
    ) -> Result<(), sqlx::Error> {
        const UNFLUSHED: &str = concat!(
            "SELECT CASE WHEN off.setting = 'off' THEN ",
            advance!(),
            " END FROM (SELECT set_config('synchronous_commit', 'off', true) AS setting OFFSET 0) AS off"
        );
        self.advancing(UNFLUSHED, lease, (to.position, Some(to.hash)), ttl)
            .execute(connection)
            .await
            .map(drop)
    }

    fn advancing(
        &self,
        statement: &'static str,
        lease: Lease,
        (position, hash): (i64, Option<[u8; 32]>),
        ttl: Duration,
    ) -> Query<'static, Postgres, PgArguments> {
        sqlx::query(statement)
            .bind(self.model)
            .bind(self.generation)
            .bind(self.log_id)
            .bind(lease.owner)
            .bind(self.part)
            .bind(lease.epoch)
            .bind(lease.position)
            .bind(position)
            .bind(ttl)
            .bind(hash)
    }

    /// Gives the owner's lease up, so that another process need not wait for its end.
    pub async fn release(&self, pool: &PgPool, owner: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT es_ops.release($1, $2, $3, $4)")
            .bind(self.model)
            .bind(self.generation)
            .bind(self.log_id)
            .bind(owner)
            .execute(pool)
            .await
            .map(drop)
    }

    /// Where the part stands, whoever owns it; at 0 before its first owner.
    pub async fn state(&self, pool: &PgPool) -> Result<PartState, sqlx::Error> {
        let row = sqlx::query(
            "SELECT c.position, c.halted, c.halted_reason, COALESCE(c.halted_position, c.position + 1) AS halted_position,
                    s.streams, s.events, p.state = 'live' AS live,
                    c.lease_owner IS NOT NULL AND c.lease_until > clock_timestamp() AS owned
               FROM es_ops.projection_part AS c JOIN es_ops.projection AS p USING (name, generation),
                    (SELECT count(*) AS streams, COALESCE(sum(queued), 0)::bigint AS events FROM es_ops.parked_stream
                      WHERE name = $1 AND generation = $2 AND log_id = $3) AS s
              WHERE c.name = $1 AND c.generation = $2 AND c.log_id = $3 AND c.part = $4",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(self.part)
        .fetch_optional(pool)
        .await?;
        let Some(row) = row else { return Ok(PartState::default()) };
        let sentence: Option<String> = row.try_get("halted")?;
        let reason: Option<String> = row.try_get("halted_reason")?;
        let position = row.try_get("halted_position")?;
        let reason = reason.and_then(|word| Reason::parse(&word));
        Ok(PartState {
            position: row.try_get("position")?,
            halted: sentence.map(|sentence| Halted { position, reason, sentence }),
            parked_streams: row.try_get("streams")?,
            parked_events: row.try_get("events")?,
            live: row.try_get("live")?,
            owned: row.try_get("owned")?,
        })
    }

    /// Stores why the part stands still, or that it goes on. Does nothing for a lost lease or at another checkpoint, and
    /// says so.
    pub async fn set_halted(
        &self,
        pool: &PgPool,
        lease: Lease,
        halted: Option<&Halted>,
    ) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "UPDATE es_ops.projection_part SET halted = $7, halted_position = $8, halted_reason = $9
             WHERE name = $1 AND generation = $2 AND log_id = $3 AND part = $4 AND lease_owner = $5 AND lease_epoch = $6 AND position = $10",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(self.part)
        .bind(lease.owner)
        .bind(lease.epoch)
        .bind(halted.map(|halted| halted.sentence.as_str()))
        .bind(halted.map(|halted| halted.position))
        .bind(halted.and_then(|halted| halted.reason).map(Reason::as_str))
        .bind(lease.position)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() > 0)
    }
}

/// Whether a commit was refused because the lease is lost (case 35).
pub fn fenced(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|refusal| refusal.code()).is_some_and(|code| code == FENCED)
}

/// Whether a statement took longer than it may: trying again with as much would end the same way.
pub(super) fn timed_out(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|refusal| refusal.code());
    code.is_some_and(|code| code == "57014")
}

/// Whether trying again may help: the connection or the server failed, not the statement. 25P03: we slept within a batch.
pub fn transient(error: &sqlx::Error) -> bool {
    match error.as_database_error() {
        Some(refusal) => refusal.code().is_some_and(|code| {
            ["08", "25P03", "40", "53", "55", "57", "58", "XX"]
                .iter()
                .any(|class| code.starts_with(class))
        }),
        None => matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        ),
    }
}

#[cfg(test)]
mod tests {
    use event_store::testing::TestDatabase;

    use super::*;

    /// Postgres ends the connection of whoever falls asleep within a batch.
    #[tokio::test]
    async fn a_connection_that_slept_within_a_batch_is_worth_another_try_case_35() {
        let database = TestDatabase::create().await;
        let (mut asleep, mut watching) = (database.superuser().await, database.superuser().await);
        let backend: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut asleep).await.unwrap();
        let patience = "SET idle_in_transaction_session_timeout = '1ms'";
        sqlx::query(patience).execute(&mut asleep).await.unwrap();
        sqlx::query("BEGIN").execute(&mut asleep).await.unwrap();
        let there = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)";
        while sqlx::query_scalar(there).bind(backend).fetch_one(&mut watching).await.unwrap() {}
        let error = sqlx::query("SELECT 1").execute(&mut asleep).await.unwrap_err();
        let code = error.as_database_error().and_then(|refusal| refusal.code()).unwrap();
        assert_eq!(code, "25P03", "{error}");
        assert!(transient(&error), "{error}");
    }
}
