//! Browsers of allowed origins may call, others may not; `https://app.example` is the only one here.

use reqwest::Method;
use serde_json::json;
use system_tests::{Ask, Reply, World};

/// The preflight of a command with everything a client may send.
fn preflight(ask: Ask, origin: &str, method: &str, headers: &str) -> impl Future<Output = Reply> {
    ask.header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
        .send()
}

const OURS: &str = "https://app.example";
const HEADERS: &str =
    "authorization,content-type,if-match,idempotency-key,effective-at,traceparent";

fn list(reply: &Reply, header: &str) -> Vec<String> {
    let text = reply.header(header).unwrap_or_default().to_lowercase();
    let mut items: Vec<String> = text
        .split(',')
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect();
    items.sort();
    items
}

#[tokio::test]
async fn an_allowed_origin_may_send_what_a_command_takes() {
    let world = World::start().await;
    let ask = world.command(Method::OPTIONS, "/v1/sales");
    let reply = preflight(ask, OURS, "POST", HEADERS).await.expect(200);
    assert_eq!(reply.header("access-control-allow-origin"), Some(OURS));
    assert_eq!(list(&reply, "access-control-allow-methods"), ["get", "post"]);
    let allowed = list(&reply, "access-control-allow-headers");
    for header in HEADERS.split(',') {
        assert!(allowed.iter().any(|allowed| allowed == header), "{header}: {allowed:?}");
    }
    assert_eq!(reply.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn no_other_origin_is_allowed() {
    let world = World::start().await;
    for origin in [
        "https://evil.example",
        "http://app.example",
        "https://app.example.evil.example",
        "https://app.example:8443",
        "https://sub.app.example",
        "null",
        "*",
    ] {
        let ask = world.command(Method::OPTIONS, "/v1/sales");
        let reply = preflight(ask, origin, "POST", HEADERS).await;
        assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
        let plain = world.command(Method::POST, "/v1/sales").header("origin", origin);
        let reply = plain.json(&json!({})).send().await.expect_problem(401, "token_missing");
        assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test]
async fn a_page_may_read_what_a_client_needs_of_answers_and_refusals() {
    let world = World::start().await;
    let token = world.token("ola", "admin");
    for body in [json!({"name": "Simple"}), json!({})] {
        let ask = world.command(Method::POST, "/v1/sale-types").bearer(&token);
        let reply = ask.header("origin", OURS).json(&body).send().await;
        assert_eq!(reply.header("access-control-allow-origin"), Some(OURS));
        let exposed = list(&reply, "access-control-expose-headers");
        for header in
            ["etag", "location", "salgslogg-position", "retry-after", "content-disposition"]
        {
            assert!(exposed.iter().any(|exposed| exposed == header), "{header}: {exposed:?}");
        }
        assert!(list(&reply, "vary").contains(&"origin".to_owned()));
    }
}

#[tokio::test]
async fn both_services_have_the_same_list() {
    let world = World::start().await;
    for (origin, allowed) in [(OURS, Some(OURS)), ("https://evil.example", None)] {
        let reply = world.question("/v1/pipeline").header("origin", origin).send().await;
        assert_eq!(reply.expect(401).header("access-control-allow-origin"), allowed);
    }
}
