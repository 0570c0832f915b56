//! The transaction of a snapshot. A question that is answered from memory needs none: it is opened by the first statement
//! that asks for it, and must then see the rows that were told before.

use std::fmt;
use std::io;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use sqlx::postgres::{PgConnection, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, Postgres, SqlStr, Transaction};
use thiserror::Error as ThisError;

use super::live::{Live, LookedAt, NotLive, Plans};
use crate::standing::Mark;

/// Where a snapshot's statements run; stands for a connection wherever one is executed.
pub(crate) struct Statements(State);

enum State {
    /// REPEATABLE READ, READ ONLY, of the asking tenant.
    Open(Transaction<'static, Postgres>),
    /// Nobody needed it so far.
    Told(Box<Told>),
}

/// What a transaction must see once somebody needs it.
pub(super) struct Told {
    pub live: Live,
    /// The generations that memory is of: another one may be live by then, and has other rows.
    pub looked_at: LookedAt,
    pub log_id: i16,
    pub tenant_id: i32,
    /// The rows that are asked about.
    pub mark: Mark,
    /// What the caller sees, as the SQL function `sight` gives it.
    pub sight: Option<Vec<String>>,
}

/// Between two looks at the database a stream was brought back, or the tables were filled anew or dropped.
#[derive(Debug, ThisError)]
#[error("the read models were changed while a question was answered")]
struct Changed;

impl Statements {
    /// In a transaction that is there.
    pub(super) fn open(tx: Transaction<'static, Postgres>) -> Self {
        Self(State::Open(tx))
    }

    /// In one that is opened when it is needed.
    pub(super) fn told(told: Told) -> Self {
        Self(State::Told(Box::new(told)))
    }

    /// What the transaction must see, while there is none.
    pub(super) fn unopened(&mut self) -> Option<&mut Told> {
        match &mut self.0 {
            State::Open(_) => None,
            State::Told(told) => Some(told),
        }
    }

    /// Opens it, if it is not open; answers then whether the read models stand where they were told to, all of them.
    pub(super) async fn begin(&mut self, plans: Plans) -> Result<Option<bool>, Error> {
        let State::Told(told) = &self.0 else { return Ok(None) };
        let sight = told.sight.as_deref();
        let whose = (told.log_id, told.tenant_id);
        let opened = told.live.open_again(&told.looked_at, whose, plans, sight).await;
        let opened = opened.map_err(|error| match error {
            NotLive::Database(error) => error,
            NotLive::NoGeneration(_) | NotLive::New | NotLive::Restless => {
                Error::Io(io::Error::other(error))
            }
        })?;
        let (now, then) = (&opened.mark, &told.mark);
        if !now.same_rows(then) || now.position < then.position {
            return Err(Error::Io(io::Error::other(Changed)));
        }
        let level = opened.uneven == 0 && now.position == then.position;
        self.0 = State::Open(opened.tx);
        Ok(Some(level))
    }

    async fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.begin(Plans::Kept).await?;
        match &mut self.0 {
            State::Open(tx) => Ok(&mut **tx),
            State::Told(_) => unreachable!("a transaction was begun"),
        }
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self.0, State::Open(_)) { "open" } else { "not needed yet" })
    }
}

impl<'c> Executor<'c> for &'c mut Statements {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let rows = async move { Ok::<_, Error>(self.connection().await?.fetch_many(query)) };
        stream::once(rows).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { self.connection().await?.fetch_optional(query).await })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(async move { self.connection().await?.prepare_with(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        Box::pin(async move { self.connection().await?.describe(sql).await })
    }
}
