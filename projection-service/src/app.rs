//! The composition root: what `main` runs and tests build. Owns which part is connected to which;
//! must not hold logic of its own.

use std::sync::Arc;

use axum::Router;
use event_store::listen::Wakeups;
use event_store::{EventStore, StoreError};
use read_models::schema::SchemaError;
use read_models::{NotLive, Questions, ReadModel};
use service_runtime::auth::AuthConfig;
use service_runtime::clock::back_off;
use service_runtime::edge::BadOrigin;
use service_runtime::tasks::Drained;
use service_runtime::telemetry::Metrics;
use service_runtime::{Authenticator, Clock, Edge, Tasks, serve};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::generation;
use crate::http::{self, Readiness};
use crate::lag;
use crate::lanes::Lanes;
use crate::runner::{LaneError, Step};
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
    lanes: Arc<Lanes>,
    questions: Questions,
    authenticator: Authenticator,
    edge: Edge,
    metrics: Metrics,
    readiness: Readiness,
}

impl App {
    /// Connects to the log and to the generations of every read model. NATS may be down. Where only a generation that
    /// waits to be promoted has this program's shape, it follows that one and is not ready until the promotion.
    ///
    /// # Errors
    /// When a database cannot be reached, was not migrated, holds no generation of this program's shape, or a setting
    /// cannot be used.
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
        let metrics = Metrics::install();
        crate::metrics::describe();
        let store = open_log(&config).await?;
        let live =
            generation::asking(&config.query_url, config.query_connections).map_err(read_side)?;
        let lanes = Lanes::new(config.clone(), models, live.progress().clone());
        let lanes = Arc::new(lanes.map_err(read_side)?);
        let questions = Questions {
            live,
            standings: config.standings(),
            store: store.clone(),
            clock: clock.clone(),
            log_id: config.log_id,
        };
        open_read_models(&lanes, &questions).await?;
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
        let readiness = Readiness {
            questions: questions.clone(),
            projector: generation::directory(&config.read_url).map_err(read_side)?,
            authenticator: authenticator.clone(),
        };
        let wakeups = Wakeups::new(&store);
        let source = Arc::new(Source::new(store, &config.nats_url, wakeups, config.pace));
        Ok(Self { clock, source, lanes, questions, authenticator, edge, metrics, readiness })
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

    /// Starts a worker for each generation, those that come later included, the lag measurement and the renewal of
    /// token keys.
    pub fn start_workers(&self, tasks: &Tasks) {
        self.authenticator.keep_fresh(tasks);
        self.metrics.keep_small(tasks);
        let lanes = Arc::clone(&self.lanes);
        tasks.spawn_vital("projections", lanes.supervise(Arc::clone(&self.source), tasks.clone()));
        let (lanes, store) = (Arc::clone(&self.lanes), self.source.store().clone());
        let clock = self.clock.clone();
        tasks.spawn_until_stopped(async move {
            loop {
                lanes.measure(&store, &clock).await;
                back_off(lag::EVERY).await;
            }
        });
    }

    /// Looks up which generations there are: lanes of new ones can be pumped, those of dropped ones are gone. For
    /// tests: [`start_workers`](Self::start_workers) does it by itself.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn discover(&self) -> Result<(), AppError> {
        Ok(self.lanes.discover(|_, _| None).await?)
    }

    /// Pumps every lane until it has applied what the log held at the call; answers that position.
    /// For tests: no task runs in the background.
    ///
    /// # Errors
    /// When a lane stands still, belongs to another process, or cannot reach its databases.
    pub async fn run_until_caught_up(&self) -> Result<i64, AppError> {
        let head = self.source.store().head().await.map_err(log)?;
        for lane in self.lanes.all().await {
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
        for lane in self.lanes.all().await {
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

/// Looks up the generations and refuses what this program cannot read.
async fn open_read_models(lanes: &Lanes, questions: &Questions) -> Result<(), AppError> {
    let checked = read_models::schema::check(lanes.directory()).await;
    if let Err(refusal @ (SchemaError::Behind { .. } | SchemaError::Ahead { .. })) = checked {
        return Err(AppError::ReadModels(refusal.into()));
    }
    lanes.discover(|_, _| None).await?;
    match checked {
        Err(refusal @ SchemaError::OtherShape { model, .. }) if lanes.follow(model).await => {
            tracing::warn!(%refusal, "following without answering, until the new generation is promoted");
            Ok(())
        }
        Err(refusal) => Err(AppError::ReadModels(refusal.into())),
        Ok(()) => match questions.live.check(questions.log_id).await {
            Err(error @ NotLive::Database(_)) => Err(AppError::ReadModels(error.into())),
            Ok(()) | Err(NotLive::NoGeneration(_) | NotLive::New | NotLive::Restless) => Ok(()),
        },
    }
}

fn log(error: StoreError) -> AppError {
    AppError::Log(error.into())
}

fn read_side(error: sqlx::Error) -> AppError {
    AppError::ReadModels(error.into())
}
