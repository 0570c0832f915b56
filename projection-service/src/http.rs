//! The routes of the read side behind the edge both services share, their OpenAPI document, and
//! whether the service is ready. Must not answer a question itself.

use std::sync::Arc;

use axum::Router;
use read_models::{NotLive, Questions};
use service_runtime::openapi::with_shared_parts;
use service_runtime::telemetry::Metrics;
use service_runtime::{Authenticator, Edge, Tasks, operational};
use sqlx::PgPool;
use utoipa::openapi::{InfoBuilder, OpenApi};

/// What has to answer before questions can be answered.
#[derive(Clone)]
pub(crate) struct Readiness {
    pub(crate) questions: Questions,
    /// The projector's connections.
    pub(crate) projector: PgPool,
    pub(crate) authenticator: Authenticator,
}

impl Readiness {
    async fn check(&self) -> Result<(), String> {
        if !self.authenticator.is_ready() {
            return Err("the token keys cannot be read".to_owned());
        }
        if self.questions.store.head().await.is_err() {
            return Err("the log cannot be reached".to_owned());
        }
        if sqlx::query("SELECT 1").execute(&self.projector).await.is_err() {
            return Err("the read models cannot be reached".to_owned());
        }
        match self.questions.live.check(self.questions.log_id).await {
            Ok(()) => {}
            Err(NotLive::Database(_)) => return Err("the read models cannot be reached".to_owned()),
            Err(error @ (NotLive::NoGeneration(_) | NotLive::Restless)) => {
                return Err(error.to_string());
            }
        }
        Ok(())
    }
}

/// Every route of the service.
pub(crate) fn router(
    questions: &Questions,
    edge: Edge,
    metrics: Metrics,
    readiness: Readiness,
    tasks: &Tasks,
) -> Router {
    let (routes, api) = read_models::routes().split_for_parts();
    let ready: operational::Readiness = Arc::new(move || {
        let readiness = readiness.clone();
        Box::pin(async move { readiness.check().await })
    });
    let operational = operational::routes(metrics, tasks.clone(), ready, document(api));
    edge.surround(routes.with_state(questions.clone()).merge(operational))
}

fn document(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Salgslogg queries")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Pipeline, forecast, sales, their history and the log itself, at one position and as of any instant.",
        ))
        .build();
    with_shared_parts(api)
}
