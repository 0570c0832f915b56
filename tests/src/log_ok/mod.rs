//! The judgement every fault ends with: *log ok*. The log keeps its promises, the stream tells the same history, and
//! every read model is what a rebuild from zero would make of it.
//!
//! Only reads: what it builds to compare with is rolled back. Must not wait for anything, and must not know which
//! fault came before; whoever calls it has let the followers catch up.

mod rebuilt;
mod stream;

use async_nats::jetstream::Context;
use event_store::EventStore;
use event_store::verify::{Verified, VerifyError, verify};
use local_stack::nats::Server;
use read_models::{ApplyError, schema};
use sqlx::PgPool;
use thiserror::Error;

pub(crate) use stream::jetstream;

use crate::world::World;

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The log.
    pub store: &'a EventStore,
    /// The server of its stream, with an operator among its users; none = there is no stream to judge.
    pub nats: Option<&'a Server>,
    /// The database of the read models, as a superuser.
    pub read_side: &'a PgPool,
}

/// What was found in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOk {
    /// Log: positions, versions, hashes, chain, numbers.
    pub log: Verified,
    /// Messages of the stream that equal their events, if there is a stream.
    pub messages: Option<i64>,
    /// Rows of each read model that equal a rebuild.
    pub rows: Vec<(&'static str, i64)>,
}

/// The first thing found that contradicts the log, or its promises.
#[derive(Debug, Error)]
pub enum Contradiction {
    /// A promise of the log itself is broken.
    #[error("the log: {0}")]
    Log(#[from] VerifyError),
    /// The stream tells another history.
    #[error("the stream, sequence {sequence}: {what}")]
    Stream {
        /// Where.
        sequence: i64,
        /// What is wrong there.
        what: String,
    },
    /// A read model is not what the log makes of it.
    #[error("read model {model}: {what}")]
    ReadModel {
        /// Which.
        model: &'static str,
        /// The first difference.
        what: String,
    },
    /// The judgement could not be made.
    #[error("cannot judge: {0}")]
    Unable(String),
}

impl Contradiction {
    fn unable(error: impl std::fmt::Debug) -> Self {
        Self::Unable(format!("{error:?}"))
    }
}

impl From<sqlx::Error> for Contradiction {
    fn from(error: sqlx::Error) -> Self {
        Self::unable(error)
    }
}

impl From<event_store::StoreError> for Contradiction {
    fn from(error: event_store::StoreError) -> Self {
        Self::unable(error)
    }
}

impl From<schema::SchemaError> for Contradiction {
    fn from(error: schema::SchemaError) -> Self {
        Self::unable(error)
    }
}

impl From<ApplyError> for Contradiction {
    fn from(error: ApplyError) -> Self {
        Self::unable(error)
    }
}

impl Evidence<'_> {
    /// Judges log, stream and read models, in this order.
    ///
    /// # Errors
    /// The first contradiction, in words.
    pub async fn log_ok(&self) -> Result<LogOk, Contradiction> {
        let log = verify(self.store).await?;
        let messages = match self.nats {
            Some(server) => Some(stream::equals(self.store, server, log.head).await?),
            None => None,
        };
        let mut rows = Vec::new();
        for model in read_models::all() {
            let equal =
                rebuilt::equals(self.store, self.read_side, model.as_ref(), log.head).await?;
            rows.push((model.name(), equal));
        }
        Ok(LogOk { log, messages, rows })
    }
}

impl World {
    /// Judges this world, whose followers the test has let catch up.
    ///
    /// # Errors
    /// The first contradiction.
    pub async fn log_ok(&self) -> Result<LogOk, Contradiction> {
        let (nats, read_side) = (self.nats.as_ref(), self.database.owner());
        Evidence { store: self.store(), nats, read_side }.log_ok().await
    }

    /// JetStream with every right.
    ///
    /// # Panics
    /// When this world has no NATS server, or it does not answer.
    pub async fn operator(&self) -> Context {
        let server = self.nats.as_ref().expect("a world with NATS");
        jetstream(server).await.expect("the server answers")
    }
}
