//! The service over HTTP: never older than asked for, ready when it is, described by its document.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, Response, StatusCode};
use projection_service::App;
use serde_json::Value;
use service_runtime::auth::TokenRequest;
use service_runtime::clock::Stopwatch;
use service_runtime::{Clock, Tasks};
use tower::ServiceExt;

use crate::support::{Stage, eventually};

pub fn token(stage: &Stage, role: &str) -> String {
    stage.issuer.token(&TokenRequest {
        tenant: "demo",
        sub: "ola",
        roles: &[role],
        groups: &[],
        issued_at: Clock::system().now(),
        valid_for: Duration::from_secs(600),
    })
}

pub async fn ask(app: &App, path: &str, token: Option<&str>) -> (StatusCode, Response<Body>) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let router = app.router(&Tasks::new());
    let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (answer.status(), answer)
}

pub async fn json(app: &App, path: &str, token: Option<&str>) -> (StatusCode, Value) {
    let (status, answer) = ask(app, path, token).await;
    let body = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// A process with the product's own read models.
async fn product(stage: &Stage) -> App {
    App::connect(stage.config(), Clock::system()).await.unwrap()
}

#[tokio::test]
async fn a_stopped_projection_answers_504_with_its_position_case_47() {
    let mut stage = Stage::set().await;
    let app = product(&stage).await;
    stage.append(1).await;
    let manager = token(&stage, "manager");
    let watch = Stopwatch::start();
    let (status, problem) = json(&app, "/v1/sales?min_position=1", Some(&manager)).await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT, "{problem}");
    assert_eq!((&problem["position"], &problem["code"]), (&0.into(), &"projection_behind".into()));
    assert!(watch.elapsed() >= Duration::from_secs(2) && watch.elapsed() < Duration::from_secs(5));

    let (status, answer) = json(&app, "/v1/sales", Some(&manager)).await;
    assert_eq!(
        (status, &answer["position"]),
        (StatusCode::OK, &0.into()),
        "and says how old it is"
    );
}

#[tokio::test]
async fn a_question_waits_until_the_projection_is_as_far_as_asked_for() {
    let stage = Stage::set().await;
    let app = product(&stage).await;
    let manager = token(&stage, "manager");
    let tasks = Tasks::new();
    app.start_workers(&tasks);
    eventually("the worker has the lane", async || {
        let (_, answer) = json(&app, "/v1/projections", Some(&manager)).await;
        answer["projections"][0]["leased"] == Value::Bool(true)
    })
    .await;
    let tenant = events::TenantSlug::parse("demo").unwrap();
    let settings = crate::rebuild::group(
        &tenant,
        events::StreamName::of_tenant(&tenant),
        0,
        &crate::support::facts::Step::provisioning(),
    );
    stage.store.append(service_runtime::ids::new_id(), &[settings]).await.unwrap();
    let (status, answer) = json(&app, "/v1/sales?min_position=1", Some(&manager)).await;
    assert_eq!((status, &answer["position"]), (StatusCode::OK, &1.into()), "{answer}");
    tasks.drain(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_halt_stands_in_the_answer_about_projections_case_32() {
    let mut stage = Stage::set().await;
    let rows = stage.append(2).await;
    stage.publish(&rows).await;
    let beyond = events::Recorded { position: 3, ..rows[0].clone() };
    stage.publish(&[beyond]).await;
    let app = product(&stage).await;
    app.run_until_caught_up().await.unwrap_err();
    let (_, answer) = json(&app, "/v1/projections", Some(&token(&stage, "manager"))).await;
    let rows = answer["projections"].as_array().unwrap();
    let halted = serde_json::json!({"position": 1, "reason": "log_contradicted"});
    assert!(rows.iter().any(|row| row["halted"] == halted), "{answer}");
    assert!(!answer.to_string().contains("ends at"), "the sentence is for operators");
}

#[tokio::test]
async fn ready_means_that_every_database_answers() {
    let stage = Stage::set().await;
    let app = product(&stage).await;
    assert_eq!(ask(&app, "/livez", None).await.0, StatusCode::OK);
    assert_eq!(ask(&app, "/readyz", None).await.0, StatusCode::OK);
    drop(stage);
    assert_eq!(ask(&app, "/livez", None).await.0, StatusCode::OK);
    assert_eq!(ask(&app, "/readyz", None).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn lag_source_and_batches_are_measured() {
    let mut stage = Stage::set().await;
    stage.append(3).await;
    let app = stage.tallying().await;
    let tasks = Tasks::new();
    app.start_workers(&tasks);
    eventually("the metrics tell", async || {
        let (_, answer) = ask(&app, "/metrics", None).await;
        let body = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        let names = ["lag_events", "lag_seconds", "position", "halted", "events_total"];
        names.iter().all(|name| {
            text.contains(&format!(
                "salgslogg_projection_{name}{{model=\"tally\",generation=\"1\"}}"
            ))
        }) && text
            .contains("salgslogg_projection_apply_seconds_bucket{model=\"tally\",generation=\"1\"")
            && text.contains("salgslogg_projection_source{source=\"log\"}")
    })
    .await;
    tasks.drain(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn the_document_names_every_route_its_token_and_its_problems() {
    let stage = Stage::set().await;
    let app = product(&stage).await;
    let (status, document) = json(&app, "/openapi.json", None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 12, "{:?}", paths.keys());
    for (path, item) in paths {
        let method = if item.get("get").is_some() { "get" } else { "post" };
        let refused = &item[method]["responses"]["401"]["content"]["application/problem+json"];
        assert_eq!(refused["schema"]["$ref"], "#/components/schemas/Problem", "{path}");
        if method != "get" {
            continue;
        }
        let (status, answer) = ask(&app, &path.replace("{id}", "1"), None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} without a token");
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
