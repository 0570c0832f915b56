//! The routes for those who run the service: `/livez`, `/readyz`, `/metrics`, `/openapi.json`, and the pages
//! of `/problems`. They take no token and tell nothing about a tenant.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::future::BoxFuture;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use utoipa::openapi::OpenApi;

use crate::limits::READINESS_DEADLINE;
use crate::problem::{Problem, pages};
use crate::tasks::Tasks;
use crate::telemetry::Metrics;

/// Asks whether the service can do its work now. It can: what is amiss all the same, a line each. It
/// cannot: what is missing. Both in a few words that tell an attacker nothing.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<Vec<String>, String>> + Send + Sync>;

/// The operational routes. `/livez` touches nothing. `/readyz` is 200 when `ready` says so within
/// 2 s and nobody asked the process to stop, else 503; the body says what is amiss.
pub fn routes(metrics: Metrics, tasks: Tasks, ready: Readiness, api: OpenApi) -> Router {
    let metrics = get(move || async move {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
    });
    let api = Arc::new(api);
    Router::new()
        .route("/livez", get(|| async { StatusCode::OK }))
        .route(
            "/readyz",
            get(move || readyz(tasks.clone(), Arc::clone(&ready), READINESS_DEADLINE)),
        )
        .route("/metrics", metrics)
        .merge(pages::routes())
        .route("/openapi.json", get(move || async move { Json(api.as_ref().clone()) }))
}

async fn readyz(tasks: Tasks, ready: Readiness, deadline: Duration) -> Response {
    let checked = if tasks.token().is_cancelled() {
        Err("stopping".to_owned())
    } else {
        match tokio::time::timeout(deadline, ready()).await {
            Ok(answer) => answer,
            Err(_) => Err("the check took too long".to_owned()),
        }
    };
    match checked {
        Ok(amiss) => {
            let lines = std::iter::once("ready".to_owned()).chain(amiss).collect::<Vec<_>>();
            ([(CACHE_CONTROL, "no-store")], lines.join("\n")).into_response()
        }
        Err(missing) => not_ready(missing).into_response(),
    }
}

fn not_ready(missing: String) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", missing)
        .retry_after(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use http::Request;
    use tower::ServiceExt;
    use utoipa::openapi::OpenApiBuilder;

    use super::*;

    fn app(tasks: &Tasks, ready: Result<(), &'static str>) -> Router {
        let ready: Readiness = Arc::new(move || {
            let ready = ready.map(|()| vec!["a lamp is broken".to_owned()]);
            Box::pin(async move { ready.map_err(str::to_owned) })
        });
        routes(Metrics::install(), tasks.clone(), ready, OpenApiBuilder::new().build())
    }

    async fn ask(app: Router, path: &str) -> (StatusCode, String) {
        let answer = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn alive_is_not_the_same_as_ready() {
        let tasks = Tasks::new();
        let app = app(&tasks, Err("the log cannot be reached"));
        assert_eq!(ask(app.clone(), "/livez").await.0, StatusCode::OK);
        let (status, body) = ask(app, "/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("the log cannot be reached"), "{body}");
    }

    #[tokio::test]
    async fn a_stopping_process_is_no_longer_ready() {
        let tasks = Tasks::new();
        let app = app(&tasks, Ok(()));
        let (status, body) = ask(app.clone(), "/readyz").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "ready\na lamp is broken"));
        tasks.stop();
        assert_eq!(ask(app.clone(), "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(app, "/livez").await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_check_that_hangs_is_not_ready() {
        let ready: Readiness = Arc::new(|| Box::pin(std::future::pending()));
        let answer = readyz(Tasks::new(), ready, Duration::from_millis(1)).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn metrics_are_rendered_for_prometheus() {
        let app = app(&Tasks::new(), Ok(()));
        metrics::counter!("operational_test_total").increment(2);
        let (status, body) = ask(app, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("operational_test_total 2"), "{body}");
    }
}
