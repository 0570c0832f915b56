//! The routes of the read side behind the edge both services share, their OpenAPI document, and
//! whether the service is ready. Must not answer a question itself.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use read_models::{NotLive, Questions};
use service_runtime::openapi::with_shared_parts;
use service_runtime::telemetry::Metrics;
use service_runtime::{Authenticator, Edge, Tasks, operational, unchanged, with_tags};
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
    /// Also ready while a read model stands still: questions are answered, and say how old they are.
    /// Nobody is helped when every replica leaves the load balancer at once.
    async fn check(&self) -> Result<Vec<String>, String> {
        if !self.authenticator.is_ready() {
            return Err("the token keys cannot be read".to_owned());
        }
        if self.questions.store.head().await.is_err() {
            return Err("the log cannot be reached".to_owned());
        }
        let Ok(amiss) = amiss(&self.projector, self.questions.log_id).await else {
            return Err("the read models cannot be reached".to_owned());
        };
        match self.questions.live.check(self.questions.log_id).await {
            Ok(()) => {}
            Err(NotLive::Database(_)) => return Err("the read models cannot be reached".to_owned()),
            Err(error @ (NotLive::NoGeneration(_) | NotLive::New | NotLive::Restless)) => {
                return Err(error.to_string());
            }
        }
        Ok(amiss)
    }
}

/// What stands still and what is parked, without a word about whose.
async fn amiss(projector: &PgPool, log_id: i16) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', c.name, 'generation', c.generation, 'stands still before position',
                          COALESCE(c.halted_position, c.position + 1)) || COALESCE(': ' || c.halted_reason, '')
           FROM es_ops.projection_part AS c WHERE c.log_id = $1 AND c.halted IS NOT NULL
          UNION ALL
         SELECT concat_ws(' ', s.name, 'generation', s.generation, 'parked streams:', count(*))
           FROM es_ops.parked_stream AS s WHERE s.log_id = $1 GROUP BY s.name, s.generation
          ORDER BY 1",
    )
    .bind(log_id)
    .fetch_all(projector)
    .await
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
    let log_id = questions.log_id;
    let routes = routes
        .with_state(questions.clone())
        .layer(from_fn(move |request, next| unchanged(log_id, request, next)));
    edge.surround(routes.merge(operational))
}

fn document(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Salgslogg queries")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Pipeline, forecast, sales, their history and the log itself, at one position and as of any instant.",
        ))
        .build();
    with_tags(with_shared_parts(api))
}
