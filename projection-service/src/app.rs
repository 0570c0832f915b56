//! The composition root: what `main` runs and tests build. Owns which part is connected to which;
//! must not hold logic of its own.

use std::sync::Arc;

use axum::Router;
use event_store::listen::Wakeups;
use event_store::{EventStore, StoreError};
use read_models::{Questions, ReadModel};
use service_runtime::auth::AuthConfig;
use service_runtime::clock::back_off;
use service_runtime::edge::BadOrigin;
use service_runtime::tasks::Drained;
use service_runtime::telemetry::Metrics;
use service_runtime::{Authenticator, Clock, Edge, Tasks, ids, serve};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::config::Config;
use crate::generation::{self, Purpose};
use crate::http::{self, Readiness};
use crate::lag::{self, Gauge};
use crate::runner::{self, Lane, LaneError, Part, Step};
use crate::source::Source;

/// Connections to the log: the reader, the wake-ups, the lag and the questions.
const LOG_CONNECTIONS: u32 = 8;

/// Why the service cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The log cannot be reached, or has a schema this program does not know.
    #[error("the log: {0}")]
    Log(Box<dyn std::error::Error + Send + Sync>),
    /// The read models cannot be reached, or have a schema this program does not know.
    #[error("the read models: {0}")]
    ReadModels(Box<dyn std::error::Error + Send + Sync>),
    /// A read model has no live generation.
    #[error("read model {0} has no live generation; migrate the read side first")]
    NoGeneration(&'static str),
    /// `SALGSLOGG_CORS_ORIGINS` names something else than an origin.
    #[error(transparent)]
    Origin(#[from] BadOrigin),
    /// A lane could not make its step.
    #[error(transparent)]
    Lane(#[from] LaneError),
    /// A lane stands still.
    #[error("read model {model} halted: {reason}")]
    Halted {
        /// Which.
        model: &'static str,
        /// Why.
        reason: String,
    },
    /// Another process runs a lane.
    #[error("read model {0} is run by another process")]
    NotOurs(&'static str),
}

/// The service, connected and at rest until somebody starts or pumps it.
pub struct App {
    clock: Clock,
    source: Arc<Source>,
    lanes: Vec<Arc<Mutex<Lane>>>,
    gauges: Vec<Gauge>,
    questions: Questions,
    authenticator: Authenticator,
    edge: Edge,
    metrics: Metrics,
    readiness: Readiness,
}

impl App {
    /// Connects to the log and to the live generation of every read model. NATS may be down.
    ///
    /// # Errors
    /// When a database cannot be reached, was not migrated, or a setting cannot be used.
    pub async fn connect(config: Config, clock: Clock) -> Result<Self, AppError> {
        Self::connect_with(config, clock, read_models::all()).await
    }

    /// As [`connect`](Self::connect), with lanes for `models` only.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(
        config: Config,
        clock: Clock,
        models: Vec<Arc<dyn ReadModel>>,
    ) -> Result<Self, AppError> {
        let store = open_log(&config).await?;
        let asked = open_questions(&config).await?;
        let questions = Questions {
            pool: asked.clone(),
            store: store.clone(),
            clock: clock.clone(),
            log_id: config.log_id,
        };
        let auth = AuthConfig {
            jwks: config.jwks.clone(),
            issuer: config.jwt_issuer.clone(),
            audience: config.jwt_audience.clone(),
        };
        let authenticator = Authenticator::without_keys(auth, Clock::system());
        if let Err(error) = authenticator.reload().await {
            tracing::warn!(%error, "no token keys yet; every request is answered with 503");
        }
        let edge = Edge::new(authenticator.clone()).allow_origins(&config.cors_origins)?;
        let owner = ids::new_id();
        let (mut lanes, mut gauges) = (Vec::new(), Vec::new());
        for model in models {
            let name = model.name();
            let live = generation::live(&asked, name).await.map_err(read_side)?;
            let generation = live.ok_or(AppError::NoGeneration(name))?;
            let pool = generation::pool(&config.read_url, name, generation, Purpose::Project)
                .map_err(read_side)?;
            let part = Part { model: name, generation, log_id: config.log_id, part: 0 };
            gauges.push(Gauge { part: part.clone(), pool: pool.clone() });
            lanes.push(Arc::new(Mutex::new(Lane::new(model, part, pool, owner, config.pace))));
        }
        let mut pools: Vec<PgPool> = gauges.iter().map(|gauge| gauge.pool.clone()).collect();
        pools.push(asked);
        let readiness =
            Readiness { store: store.clone(), pools, authenticator: authenticator.clone() };
        let wakeups = Wakeups::new(&store);
        let source = Arc::new(Source::new(store, &config.nats_url, wakeups, config.pace));
        Ok(Self {
            clock,
            source,
            lanes,
            gauges,
            questions,
            authenticator,
            edge,
            metrics: Metrics::install(),
            readiness,
        })
    }

    /// Every route, behind the edge. `tasks` tells `/readyz` when the process stops.
    pub fn router(&self, tasks: &Tasks) -> Router {
        http::router(
            &self.questions,
            self.edge.clone(),
            self.metrics.clone(),
            self.readiness.clone(),
            tasks,
        )
    }

    /// Answers requests on `listener` until `tasks` is told to stop, then lets requests and workers
    /// end. Projections run only after [`start_workers`](Self::start_workers).
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn serve(&self, listener: TcpListener, tasks: &Tasks) -> std::io::Result<Drained> {
        serve::serve(listener, self.router(tasks), tasks).await
    }

    /// Starts one worker per read model, the lag measurement and the renewal of token keys.
    pub fn start_workers(&self, tasks: &Tasks) {
        self.authenticator.keep_fresh(tasks);
        self.metrics.keep_small(tasks);
        for lane in &self.lanes {
            tasks.spawn_vital(
                "projection",
                runner::work(Arc::clone(lane), Arc::clone(&self.source), tasks.token()),
            );
        }
        for gauge in self.gauges.clone() {
            let (store, clock) = (self.source.store().clone(), self.clock.clone());
            tasks.spawn_until_stopped(async move {
                loop {
                    if let Err(error) = gauge.measure(&store, &clock).await {
                        tracing::debug!(%error, "the lag cannot be measured now");
                    }
                    back_off(lag::EVERY).await;
                }
            });
        }
    }

    /// Pumps every lane until it has applied what the log held at the call; answers that position.
    /// For tests: no task runs in the background.
    ///
    /// # Errors
    /// When a lane stands still, belongs to another process, or cannot reach its databases.
    pub async fn run_until_caught_up(&self) -> Result<i64, AppError> {
        let head = self.source.store().head().await.map_err(log)?;
        for lane in &self.lanes {
            let mut lane = lane.lock().await;
            while lane.position().is_none_or(|position| position < head) {
                match lane.step(&self.source).await? {
                    Step::Applied { .. } | Step::Idle | Step::Failed(_) => {}
                    Step::NotOurs => return Err(AppError::NotOurs(lane.model())),
                    Step::Halted(reason) => {
                        return Err(AppError::Halted { model: lane.model(), reason });
                    }
                }
            }
        }
        Ok(head)
    }

    /// Gives every lease up, as a clean shutdown does.
    ///
    /// # Errors
    /// When the database cannot be told; the leases end by themselves then.
    pub async fn release(&self) -> Result<(), AppError> {
        for lane in &self.lanes {
            lane.lock().await.release().await?;
        }
        Ok(())
    }
}

async fn open_log(config: &Config) -> Result<EventStore, AppError> {
    let pool = event_store::connect(config.log_url.reveal(), LOG_CONNECTIONS).map_err(log)?;
    event_store::schema::check(&pool).await.map_err(|error| AppError::Log(error.into()))?;
    Ok(EventStore::new(pool, config.log_id))
}

/// The pool of the query role, on the live generation of `sale`.
async fn open_questions(config: &Config) -> Result<PgPool, AppError> {
    let ask = Purpose::Ask { connections: config.query_connections };
    let first = generation::pool(&config.query_url, "sale", 1, ask).map_err(read_side)?;
    read_models::schema::check(&first).await.map_err(|error| AppError::ReadModels(error.into()))?;
    match generation::live(&first, "sale").await.map_err(read_side)? {
        Some(1) => Ok(first),
        Some(generation) => {
            generation::pool(&config.query_url, "sale", generation, ask).map_err(read_side)
        }
        None => Err(AppError::NoGeneration("sale")),
    }
}

fn log(error: StoreError) -> AppError {
    AppError::Log(error.into())
}

fn read_side(error: sqlx::Error) -> AppError {
    AppError::ReadModels(error.into())
}
