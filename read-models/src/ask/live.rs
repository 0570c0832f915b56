//! Connections to the live generations. A generation is a schema; a connection's `search_path` names the live one of
//! every read model and never changes, so when the word `live` moves, the whole pool is replaced and requests under
//! way end on the old one. Must not know what is asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use event_store::patiently;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};
use thiserror::Error;
use uuid::Uuid;

use crate::standing::Mark;
use crate::{Progress, all, schema};

/// Attempts to open a snapshot; each one fails only if the word `live` moved once more meanwhile.
const ATTEMPTS: u8 = 5;

/// Nothing is written, and every statement sees the same.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

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
    /// Connections of their own beside the pool that are looked on: a look is one round trip there, and four in the pool,
    /// which tries what it lends and what comes back.
    looking: Mutex<Vec<Looking>>,
    progress: Progress,
}

/// A connection and the generations it sees.
type Looking = (Arc<Connected>, PgConnection);

/// How many tenants are looked after at once without the pool; fewer than attempts, so one attempt is made on a new one.
const SPARED: usize = 4;

/// A pool that sees some generations.
#[derive(Debug)]
struct Connected {
    schemas: Vec<String>,
    pool: PgPool,
}

/// Generations somebody looked at, with connections to them: for as long as it is held, whichever are live meanwhile.
#[derive(Debug, Clone)]
pub(super) struct LookedAt(Arc<Connected>);

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

/// Whose state is asked for, and how the statements that follow are planned and what they see.
struct Asked<'a> {
    log_id: i16,
    tenant_id: i32,
    plans: Plans,
    sight: Option<&'a [String]>,
    /// The generations of these schemas instead of the live ones.
    among: Option<&'a [String]>,
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
    fn uneven(&self) -> i64 {
        let ahead = self.positions.iter().copied().max().unwrap_or(0);
        ahead - self.positions.iter().copied().min().unwrap_or(0)
    }

    fn mark(self) -> Mark {
        let position = self.positions.iter().copied().min().unwrap_or(0);
        let parked = self.parked.into_iter().zip(self.parked_from).collect();
        let (schemas, files, started) = (self.schemas, self.files, Some(self.started));
        Mark { schemas, files, started, parked, position }
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
        let address = address.options([("jit", "off"), ("statement_timeout", "5s")]);
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
        let looking = Mutex::default();
        Self(Arc::new(Inner { address, limits, names, hashes, only, current, looking, progress }))
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
            let mut tx = connected.pool.begin_with(BEGIN).await?;
            let asked = Asked { log_id, tenant_id, plans, sight: None, among: None };
            let state = self.usable(self.look(&mut tx, &asked).await?)?;
            if state.schemas == connected.schemas {
                let uneven = state.uneven();
                return Ok(Opened { tx, mark: state.mark(), uneven });
            }
            drop(tx);
            self.move_to(state.schemas);
        }
        Err(NotLive::Restless)
    }

    /// The generations of a look, while nobody has seen others live.
    pub(super) fn looked_at(&self, mark: &Mark) -> Option<LookedAt> {
        Some(self.connected()).filter(|connected| connected.schemas == mark.schemas).map(LookedAt)
    }

    /// A snapshot of generations that were looked at, be they live still or not, with what the caller sees, as the SQL
    /// function `sight` gives it.
    pub(super) async fn open_again(
        &self,
        LookedAt(connected): &LookedAt,
        (log_id, tenant_id): (i16, i32),
        plans: Plans,
        sight: Option<&[String]>,
    ) -> Result<Opened, NotLive> {
        let mut tx = connected.pool.begin_with(BEGIN).await?;
        let asked = Asked { log_id, tenant_id, plans, sight, among: Some(&connected.schemas) };
        let state = self.usable(self.look(&mut tx, &asked).await?)?;
        let uneven = state.uneven();
        Ok(Opened { tx, mark: state.mark(), uneven })
    }

    /// The same without a snapshot: how far the read models had come at a moment of the call.
    pub(super) async fn told(&self, log_id: i16, tenant_id: i32) -> Result<Mark, NotLive> {
        let (plans, sight, among) = (Plans::Kept, None, None);
        let asked = Asked { log_id, tenant_id, plans, sight, among };
        for _ in 0..ATTEMPTS {
            let connected = self.connected();
            // out of its place while somebody looks: a look that is given up half way leaves none behind
            let spared = self.looking().pop().filter(|(of, _)| Arc::ptr_eq(of, &connected));
            let (state, connection) = match spared {
                Some((_, mut connection)) => {
                    match patiently(self.look(&mut connection, &asked)).await {
                        Ok(state) => (state, Some(connection)),
                        // nobody tried it: the server may have gone and come back
                        Err(_) => continue,
                    }
                }
                None => {
                    let mut connection = connected.pool.acquire().await?;
                    let state = patiently(self.look(&mut connection, &asked)).await?;
                    let is_spared = self.looking().len() < SPARED;
                    (state, is_spared.then(|| connection.detach()))
                }
            };
            let state = self.usable(state)?;
            if state.schemas == connected.schemas {
                self.looking().extend(connection.map(|connection| (connected, connection)));
                return Ok(state.mark());
            }
            self.move_to(state.schemas);
        }
        Err(NotLive::Restless)
    }

    fn looking(&self) -> MutexGuard<'_, Vec<Looking>> {
        self.0.looking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is live. The tenant and all that goes with it is set for the transaction, be it of this statement only.
    async fn look(&self, on: &mut PgConnection, asked: &Asked<'_>) -> Result<State, sqlx::Error> {
        sqlx::query_as(include_str!("state.sql"))
            .bind(asked.log_id)
            .bind(&self.0.names)
            .bind(&self.0.hashes)
            .bind(self.0.only)
            .bind(asked.plans.as_str())
            .bind(asked.tenant_id)
            .bind(asked.sight)
            .bind(asked.among)
            .fetch_one(on)
            .await
    }

    /// What is live, if this program can answer from it.
    fn usable(&self, state: State) -> Result<State, NotLive> {
        if state.schemas.len() < self.0.names.len() {
            return Err(NotLive::NoGeneration(state.schemas));
        }
        if !state.filled {
            return Err(NotLive::New);
        }
        Ok(state)
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
