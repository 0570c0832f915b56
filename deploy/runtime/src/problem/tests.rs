//! What a refusal looks like on the wire.

use axum::body::to_bytes;
use serde_json::json;

use super::*;
use crate::trace::Traceparent;

async fn on_the_wire(problem: Problem) -> (http::HeaderMap, Value) {
    let response = problem.into_response();
    let headers = response.headers().clone();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (headers, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_problem_has_the_members_of_rfc_9457_and_ours() {
    let problem = Problem::bad_body("missing_field", "/title", "this field is mandatory");
    let (headers, body) = on_the_wire(problem).await;
    assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
    assert_eq!(headers[CACHE_CONTROL], "no-store");
    let expected = json!({
        "type": "/problems/missing_field",
        "title": "Missing field",
        "status": 400,
        "detail": "this field is mandatory",
        "code": "missing_field",
        "errors": [{"pointer": "/title", "code": "missing_field", "detail": "this field is mandatory"}],
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn extension_members_stand_beside_the_others() {
    let (headers, body) = on_the_wire(Problem::overloaded("full").with("position", 17)).await;
    assert_eq!((&body["position"], &body["status"]), (&json!(17), &json!(503)));
    assert_eq!(headers[RETRY_AFTER], "1");
    let (_, body) = on_the_wire(Problem::precondition_failed(4)).await;
    assert_eq!((&body["version"], &body["status"]), (&json!(4), &json!(412)));
}

#[tokio::test]
async fn a_problem_carries_the_trace_of_its_request() {
    let parent = Traceparent::begin();
    let (_, body) = parent.scope(on_the_wire(Problem::lost_race())).await;
    assert_eq!(body["trace_id"], parent.trace_id().to_string());
    let other = Traceparent::begin().trace_id();
    let (_, body) = parent.scope(on_the_wire(Problem::lost_race().traced(other))).await;
    assert_eq!(body["trace_id"], other.to_string());
}

#[tokio::test]
async fn a_fault_of_ours_leaks_nothing() {
    let cause = std::io::Error::other("password=hunter2 at 10.0.0.7");
    for problem in
        [Problem::internal(&cause), Problem::unavailable("the log cannot be reached", &cause)]
    {
        let (_, body) = on_the_wire(problem).await;
        assert!(!body.to_string().contains("hunter2"), "{body}");
    }
}

#[tokio::test]
async fn every_503_says_when_to_come_back() {
    let cause = std::io::Error::other("down");
    for problem in [
        Problem::unavailable("the log cannot be reached", &cause),
        Problem::overloaded("the queue is full"),
        Problem::deadline_exceeded(Duration::from_secs(10)),
    ] {
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(on_the_wire(problem).await.0[RETRY_AFTER], "1");
    }
}

#[tokio::test]
async fn waiting_times_are_rounded_up_to_whole_seconds() {
    for (wait_ms, seconds) in [(0, "1"), (1, "1"), (1_000, "1"), (1_001, "2"), (90_000, "90")] {
        let problem = Problem::too_many_requests(Duration::from_millis(wait_ms));
        assert_eq!(on_the_wire(problem).await.0[RETRY_AFTER], seconds, "{wait_ms} ms");
    }
}

#[tokio::test]
async fn a_401_challenges_the_client() {
    let (headers, _) = on_the_wire(Problem::token_missing()).await;
    assert_eq!(headers[WWW_AUTHENTICATE], "Bearer");
    let (headers, _) = on_the_wire(Problem::token_refused("token_expired", "expired")).await;
    assert_eq!(headers[WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
}

#[test]
fn the_schema_names_every_member() {
    let schema = serde_json::to_value(<Problem as utoipa::PartialSchema>::schema()).unwrap();
    let problem =
        serde_json::to_value(Problem::not_found("no such sale").about("/v1/sales/1")).unwrap();
    for member in problem.as_object().unwrap().keys() {
        assert!(schema["properties"].get(member).is_some(), "{member}");
    }
}
