//! Whatever goes wrong outside a handler leaves as a problem, in its trace.

use axum::body::{Body, to_bytes};
use axum::routing::{get, post};
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::access::Right;
use crate::auth::{Actor, DevelopmentIssuer, TokenRequest};
use crate::clock::Clock;
use crate::headers::EffectiveAt;

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn issuer() -> DevelopmentIssuer {
    DevelopmentIssuer::from_seed([7; 32], "https://id.example", "salgslogg")
}

fn token(role: &str) -> String {
    let clock = Clock::system();
    let valid_for = Duration::from_secs(60);
    let request = TokenRequest {
        tenant: "demo",
        sub: "ola",
        roles: &[role],
        groups: &["north"],
        issued_at: clock.now(),
        valid_for,
    };
    format!("Bearer {}", issuer().token(&request))
}

async fn feed(actor: Actor) -> Result<String, Problem> {
    actor.require(Right::ReadEventFeed)?;
    Ok(format!("{} of {}", actor.user, actor.tenant))
}

async fn backdate(actor: Actor, at: Option<EffectiveAt>) -> String {
    at.map_or("now".to_owned(), |at| format!("{} {}", actor.user, at.0.timestamp()))
}

async fn crash() -> &'static str {
    panic!("secret in a panic")
}

fn app() -> Router {
    let routes = Router::new()
        .route("/feed", get(feed))
        .route("/backdate", post(backdate))
        .route("/crash", get(crash))
        .route("/hang", get(std::future::pending::<&'static str>));
    Edge::new(issuer().authenticator(Clock::system()))
        .allow_origins(&["https://app.example"])
        .unwrap()
        .with_deadline(Duration::from_millis(200))
        .surround(routes)
}

async fn send(request: http::request::Builder) -> (Response<()>, Value) {
    let answer = app().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    (Response::from_parts(parts, ()), serde_json::from_str(&text).unwrap_or(Value::from(text)))
}

type Response<T> = http::Response<T>;

#[tokio::test]
async fn every_failure_is_a_problem_with_its_trace() {
    let cases = [
        ("GET", "/nowhere", 404, "no_such_route"),
        ("DELETE", "/feed", 405, "method_not_allowed"),
        ("GET", "/crash", 500, "internal"),
        ("GET", "/hang", 503, "deadline_exceeded"),
        ("GET", "/feed", 401, "token_missing"),
    ];
    for (method, path, status, code) in cases {
        let request = http::Request::builder().method(method).uri(path);
        let (answer, body) = send(request.header("traceparent", TRACEPARENT)).await;
        assert_eq!(
            (answer.status().as_u16(), &body["code"]),
            (status, &Value::from(code)),
            "{path}"
        );
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.headers()["trace-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(body["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736", "{path}");
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let (answer, _) = send(http::Request::delete("/backdate")).await;
    assert_eq!(answer.headers()["allow"], "POST");
}

#[tokio::test]
async fn a_token_opens_what_its_role_may() {
    let ask = |role: &str| send(http::Request::get("/feed").header("authorization", token(role)));
    let (answer, body) = ask("auditor").await;
    assert_eq!((answer.status(), body), (StatusCode::OK, Value::from("ola of demo")));
    let (answer, body) = ask("seller").await;
    assert_eq!(
        (answer.status(), &body["code"]),
        (StatusCode::FORBIDDEN, &Value::from("forbidden"))
    );
}

#[tokio::test]
async fn only_an_importer_sets_the_effective_time() {
    let ask = |role: &str, at: Option<&str>| {
        let request = http::Request::post("/backdate").header("authorization", token(role));
        send(match at {
            Some(at) => request.header("effective-at", at),
            None => request,
        })
    };
    assert_eq!(ask("importer", Some("2026-03-10T09:00:00Z")).await.1, "ola 1773133200");
    assert_eq!(ask("admin", None).await.1, "now");
    let (answer, _) = ask("admin", Some("2026-03-10T09:00:00Z")).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let (answer, body) = ask("importer", Some("yesterday")).await;
    assert_eq!(
        (answer.status(), &body["code"]),
        (StatusCode::BAD_REQUEST, &Value::from("bad_header"))
    );
}

#[tokio::test]
async fn a_browser_may_call_from_a_listed_origin_only() {
    let preflight = |origin: &str| {
        send(
            http::Request::options("/feed")
                .header("origin", origin)
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "authorization"),
        )
    };
    let (answer, _) = preflight("https://app.example").await;
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://app.example");
    let (answer, _) = preflight("https://evil.example").await;
    assert!(answer.headers().get("access-control-allow-origin").is_none());
}

#[test]
fn an_origin_is_written_out() {
    let edge = || Edge::new(issuer().authenticator(Clock::system()));
    for good in ["https://app.example", "http://localhost:5173"] {
        assert!(edge().allow_origins(&[good]).is_ok(), "{good}");
    }
    for bad in
        ["*", "null", "app.example", "https://app.example/", "https://a.example/x", "ftp://a"]
    {
        assert!(edge().allow_origins(&[bad]).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let metrics = crate::telemetry::Metrics::install();
    send(http::Request::get("/crash")).await;
    send(http::Request::get("/guess/123456")).await;
    send(http::Request::builder().method("INVENTED").uri("/feed")).await;
    let text = metrics.render();
    assert!(text.contains(r#"method="GET",route="/crash",status="500""#), "{text}");
    assert!(text.contains(r#"method="GET",route="unmatched",status="404""#), "{text}");
    assert!(text.contains(r#"method="other",route="/feed",status="405""#), "{text}");
    assert!(text.contains(r#"http_request_duration_seconds_bucket{method="GET""#), "{text}");
    assert!(!text.contains("123456") && !text.contains("INVENTED"), "{text}");
}
