//! The judgement every fault ends with: *log ok*. The log keeps its promises, the stream tells the same history, and
//! every read model is what a rebuild from zero would make of it: `salgslogg verify`, the product's own oracle.
//!
//! Only reads. Must not wait for anything, and must not know which fault came before; whoever calls it has let the
//! followers catch up, so read models and stream must stand at the head.

use async_nats::jetstream::Context;
use event_store::EventStore;
use event_store::verify::{Area, Finding, Findings, Scope, Verified, judge};
use local_stack::nats::{OPERATOR, Server};
use salgslogg::commands::verify::{messages, reads_answer, rows};
use sqlx::PgPool;
use thiserror::Error;

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
    Log(Finding),
    /// The stream tells another history.
    #[error("the stream, {0}")]
    Stream(Finding),
    /// A read model is not what the log makes of it.
    #[error("read model {0}")]
    ReadModel(Finding),
    /// The judgement could not be made.
    #[error("cannot judge: {0}")]
    Unable(String),
}

impl Contradiction {
    fn unable(error: impl std::fmt::Debug) -> Self {
        Self::Unable(format!("{error:?}"))
    }

    /// The lowest in the log, else in the stream, else in a read model.
    fn first(findings: &Findings) -> Option<Self> {
        let place = |finding: &&Finding| match finding.area {
            Area::Log | Area::Streams | Area::Receipts => (0, finding.position),
            Area::Messages => (1, finding.position),
            Area::ReadModels => (2, finding.position),
        };
        let first = findings.kept().iter().min_by_key(place)?.clone();
        Some(match first.area {
            Area::Log | Area::Streams | Area::Receipts => Self::Log(first),
            Area::Messages => Self::Stream(first),
            Area::ReadModels => Self::ReadModel(first),
        })
    }
}

impl Evidence<'_> {
    /// Judges log, stream and read models, in this order.
    ///
    /// # Errors
    /// The first contradiction, in words.
    pub async fn log_ok(&self) -> Result<LogOk, Contradiction> {
        let mut findings = Findings::default();
        let scope = Scope { decode: true, receipts: Some(reads_answer), ..Scope::default() };
        let log = judge(self.store, &scope, &mut findings, &mut |_| {})
            .await
            .map_err(Contradiction::unable)?;
        let mut messages = None;
        if let Some(server) = self.nats {
            let context = jetstream(server).await?;
            let range = (log.from, log.head);
            let equal =
                messages::judge(self.store, &context, range, &mut findings, &mut |_| {}).await;
            messages = Some(equal.map_err(Contradiction::unable)?);
        }
        let mut rows = Vec::new();
        // what lies in an archive alone is folded from there
        if log.archived == 0 {
            let judged = rows::judge(self.read_side, self.store, &mut findings, &mut |_| {}).await;
            for one in judged.map_err(Contradiction::unable)? {
                if one.position != log.head {
                    let what = format!("{} stands elsewhere", one.model);
                    let (stored, expected) = (one.position, log.head);
                    findings.add(Finding::new(Area::ReadModels, stored, what, stored, expected));
                }
                rows.push((one.model, one.rows));
            }
        }
        match Contradiction::first(&findings) {
            Some(contradiction) => Err(contradiction),
            None => Ok(LogOk { log, messages, rows }),
        }
    }
}

/// JetStream, as the server's operator.
///
/// # Errors
/// When the server does not answer.
pub(crate) async fn jetstream(server: &Server) -> Result<Context, Contradiction> {
    let operator =
        server.users().find(OPERATOR).expect("invariant: a test's server has an operator");
    let (url, user) = (server.url_for(OPERATOR), (OPERATOR, operator.password.as_str()));
    messages::connect(&url, Some(user)).await.map_err(Contradiction::unable)
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
