//! Connections to the live generations. A generation is a schema; a connection's `search_path` names the live one of
//! every read model and never changes, so when the word `live` moves, the whole pool is replaced and requests under
//! way end on the old one. Must not know what is asked.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use thiserror::Error;
use uuid::Uuid;

use crate::standing::Mark;
use crate::{Progress, all, schema};

/// Attempts to open a snapshot; each one fails only if the word `live` moved once more meanwhile.
const ATTEMPTS: u8 = 5;

/// Connections of the query role (es_query) to the live generations; clones share them. Connects on first use.
#[derive(Debug, Clone)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: PgConnectOptions,
    limits: PgPoolOptions,
    /// The read models of this program, by name, and the shape each must have.
    names: Vec<String>,
    hashes: Vec<String>,
    /// Asks this generation of each instead of the live one.
    only: Option<i32>,
    current: RwLock<Arc<Connected>>,
    progress: Progress,
}

/// A pool that sees some generations.
#[derive(Debug)]
struct Connected {
    schemas: Vec<String>,
    pool: PgPool,
}

/// Why there is no snapshot.
#[derive(Debug, Error)]
pub enum NotLive {
    /// A read model has no live generation that this program can read.
    #[error("no live generation of this program's shape; have {0:?}")]
    NoGeneration(Vec<String>),
    /// A read model is new to this log and has not come as far as the others were when it began.
    #[error("a new read model is being filled")]
    New,
    /// Somebody moves the word `live` to and fro.
    #[error("the live generations change all the time")]
    Restless,
    /// The database refused or was lost.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A snapshot of all live generations.
#[derive(Debug)]
pub(super) struct Opened {
    /// REPEATABLE READ, READ ONLY, of one tenant.
    pub tx: Transaction<'static, Postgres>,
    /// Which tables it sees, and the position every read model has reached.
    pub mark: Mark,
    /// How far one of them is ahead of it.
    pub uneven: i64,
}

/// How the statements of a snapshot are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plans {
    /// Anew each time: absent filters and bounds fold away, so partial indexes fit.
    Custom,
    /// Once, for statements by key that are asked again and again: whatever the key, the plan is the same.
    Kept,
}

impl Plans {
    /// As the setting `plan_cache_mode` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "force_custom_plan",
            Self::Kept => "force_generic_plan",
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
struct State {
    schemas: Vec<String>,
    positions: Vec<i64>,
    filled: bool,
    parked: Vec<Uuid>,
    parked_from: Vec<i64>,
    started: DateTime<Utc>,
    files: Vec<i64>,
}

impl State {
    fn of(self, tx: Transaction<'static, Postgres>) -> Opened {
        let position = self.positions.iter().copied().min().unwrap_or(0);
        let ahead = self.positions.iter().copied().max().unwrap_or(0);
        let parked = self.parked.into_iter().zip(self.parked_from).collect();
        let (schemas, files, started) = (self.schemas, self.files, Some(self.started));
        let mark = Mark { schemas, files, started, parked, position };
        Opened { tx, mark, uneven: ahead - position }
    }
}

impl Live {
    /// Connections to `address` within `limits`; the `search_path` is set here.
    #[must_use]
    pub fn new(address: PgConnectOptions, limits: PgPoolOptions) -> Self {
        Self::of(address, limits, None)
    }

    /// The given generation of every read model, whether it is live or not.
    #[cfg(test)]
    pub(crate) fn only(address: PgConnectOptions, generation: i32) -> Self {
        Self::of(address, PgPoolOptions::new().max_connections(4), Some(generation))
    }

    fn of(address: PgConnectOptions, limits: PgPoolOptions, only: Option<i32>) -> Self {
        let mut models = all();
        models.sort_by_key(|model| model.name());
        let names = models.iter().map(|model| model.name().to_owned()).collect();
        let hashes = models.iter().map(|model| schema::code_hash(model.as_ref())).collect();
        let none = Connected {
            schemas: Vec::new(),
            pool: limits.clone().connect_lazy_with(address.clone()),
        };
        let current = RwLock::new(Arc::new(none));
        let progress = Progress::default();
        Self(Arc::new(Inner { address, limits, names, hashes, only, current, progress }))
    }

    /// How far the lanes of this process are, as they tell it.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.0.progress
    }

    /// Whether questions can be answered now.
    ///
    /// # Errors
    /// Why they cannot.
    pub async fn check(&self, log_id: i16) -> Result<(), NotLive> {
        self.open(log_id, 0, Plans::Custom).await.map(drop)
    }

    /// Opens a snapshot for a tenant. What it reads is at one position and in the generations that are live in it.
    pub(super) async fn open(
        &self,
        log_id: i16,
        tenant_id: i32,
        plans: Plans,
    ) -> Result<Opened, NotLive> {
        for _ in 0..ATTEMPTS {
            let connected = self.connected();
            // the tenant first: row-level security shows its parked streams to the statement that follows
            let begin = format!(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL salgslogg.tenant_id = {tenant_id};
                 SET LOCAL statement_timeout = '5s'; SET LOCAL jit = off"
            );
            let mut tx = connected.pool.begin_with(AssertSqlSafe(begin)).await?;
            let state: State = sqlx::query_as(include_str!("state.sql"))
                .bind(log_id)
                .bind(&self.0.names)
                .bind(&self.0.hashes)
                .bind(self.0.only)
                .bind(plans.as_str())
                .fetch_one(&mut *tx)
                .await?;
            if state.schemas.len() < self.0.names.len() {
                return Err(NotLive::NoGeneration(state.schemas));
            }
            if !state.filled {
                return Err(NotLive::New);
            }
            if state.schemas == connected.schemas {
                return Ok(state.of(tx));
            }
            drop(tx);
            self.move_to(state.schemas);
        }
        Err(NotLive::Restless)
    }

    fn connected(&self) -> Arc<Connected> {
        Arc::clone(&self.0.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// New requests use a pool on `schemas`; those under way keep theirs until they end.
    fn move_to(&self, schemas: Vec<String>) {
        let mut current = self.0.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.schemas == schemas {
            return;
        }
        tracing::info!(?schemas, "questions ask these generations");
        let address = self.0.address.clone().options([("search_path", schemas.join(", "))]);
        let pool = self.0.limits.clone().connect_lazy_with(address);
        *current = Arc::new(Connected { schemas, pool });
    }
}
