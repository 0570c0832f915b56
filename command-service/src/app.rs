//! The composition root: the same parts for `main` and for tests. Must not decide anything.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use event_store::EventStore;
use futures::FutureExt;
use service_runtime::auth::{AuthConfig, Authenticator};
use service_runtime::clock::Clock;
use service_runtime::edge::Edge;
use service_runtime::ids;
use service_runtime::operational;
use service_runtime::serve::serve;
use service_runtime::tasks::{Drained, Tasks};
use service_runtime::telemetry::Metrics;
use tokio::net::TcpListener;

use crate::batcher::Batcher;
use crate::config::Config;
use crate::execute::Executor;
use crate::http;
use crate::metrics;
use crate::places::Places;

/// What every handler needs.
#[derive(Debug)]
pub struct Served {
    /// Decides and appends.
    pub executor: Executor,
    /// For work that outlives its request.
    pub tasks: Tasks,
    /// The log this service writes.
    pub log_id: i16,
}

/// A command-service, connected and ready to serve.
#[derive(Debug, Clone)]
pub struct App {
    served: Arc<Served>,
    store: EventStore,
    edge: Edge,
    clock: Clock,
    config: Arc<Config>,
}

impl App {
    /// Connects and checks the schema. `clock` decides business time; tokens are judged by the real time.
    pub async fn connect(config: Config, clock: Clock, tasks: &Tasks) -> anyhow::Result<Self> {
        Metrics::install();
        metrics::describe(config.log_id);
        let pool = event_store::connect(config.log_url.reveal(), config.log_connections)?;
        event_store::schema::check(&pool).await.context("the log's schema")?;
        let store = EventStore::new(pool, config.log_id);
        event_store::partitions::ensure(&store).await.context("partitions of the log")?;
        let auth = AuthConfig {
            jwks: config.jwks.clone(),
            issuer: config.jwt_issuer.clone(),
            audience: config.jwt_audience.clone(),
        };
        let authenticator = Authenticator::open(auth, Clock::system()).await?;
        authenticator.keep_fresh(tasks);
        let edge = Edge::new(authenticator).allow_origins(&config.cors_origins)?;
        let batcher = Batcher::start(store.clone(), tasks, ids::new_id());
        let executor = Executor::new(
            store.clone(),
            batcher,
            clock.clone(),
            Places::of(config.commands_waiting_max),
        );
        let served = Arc::new(Served { executor, tasks: tasks.clone(), log_id: config.log_id });
        Ok(Self { served, store, edge, clock, config: Arc::new(config) })
    }

    /// Every route with the layers around it.
    pub fn router(&self) -> Router {
        let store = self.store.clone();
        let ready: operational::Readiness = Arc::new(move || {
            let store = store.clone();
            async move {
                let head = store.head().await;
                head.map(|_| Vec::new()).map_err(|_| "the log cannot be reached".to_owned())
            }
            .boxed()
        });
        let tasks = self.served.tasks.clone();
        let operational =
            operational::routes(Metrics::install(), tasks, ready, http::openapi::document());
        self.edge.clone().surround(http::routes(self.served.clone()).merge(operational))
    }

    /// Serves until told to stop; what was accepted is answered.
    ///
    /// Takes the app, because its batcher ends with the last part that could still hand something to it: once
    /// no connection is left, that is this one.
    pub async fn serve(self, listener: TcpListener) -> anyhow::Result<Drained> {
        let (router, tasks) = (self.router(), self.served.tasks.clone());
        drop(self);
        Ok(serve(listener, router, &tasks).await?)
    }

    /// The log.
    pub fn store(&self) -> &EventStore {
        &self.store
    }

    /// The command bus, for process managers and tests.
    pub fn executor(&self) -> &Executor {
        &self.served.executor
    }

    /// Business time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The settings it was built with.
    pub fn config(&self) -> &Config {
        &self.config
    }
}
