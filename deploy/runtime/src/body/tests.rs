//! Limits and media types of a body, at n and n + 1.

use axum::Router;
use axum::routing::post;
use futures::stream;
use http::{Request, StatusCode};
use serde::Deserialize;
use tower::ServiceExt;

use super::*;

#[derive(Deserialize)]
struct Titled {
    title: String,
}

fn app() -> Router {
    let json = |body: JsonBody<Titled>| async move { body.value.title.len().to_string() };
    Router::new().route("/json", post(json)).route("/none", post(|_: NoBody| async { "done" }))
}

async fn send(path: &str, media_type: Option<&str>, body: impl Into<Body>) -> (StatusCode, String) {
    let mut request = Request::post(path);
    if let Some(media_type) = media_type {
        request = request.header(CONTENT_TYPE, media_type);
    }
    let answer = app().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let status = answer.status();
    let text = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(text.to_vec()).unwrap())
}

const JSON: Option<&str> = Some("application/json");

fn of_length(bytes: usize) -> String {
    let frame = r#"{"title":""}"#.len();
    format!(r#"{{"title":"{}"}}"#, "x".repeat(bytes - frame))
}

#[tokio::test]
async fn a_body_has_1_mib_at_most() {
    assert_eq!(send("/json", JSON, of_length(BODY_BYTES_MAX)).await.0, StatusCode::OK);
    let (status, text) = send("/json", JSON, of_length(BODY_BYTES_MAX + 1)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains(r#""code":"body_too_large""#), "{text}");
}

#[tokio::test]
async fn a_body_of_unannounced_length_is_measured_while_it_comes() {
    let chunks = |count: usize| {
        let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 64 * 1024]));
        Body::from_stream(stream::iter((0..count).map(move |_| chunk())))
    };
    assert_eq!(send("/json", JSON, chunks(160)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send("/json", JSON, chunks(16)).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn nobody_listens_for_ever_to_an_endless_body() {
    let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1024 * 1024]));
    let endless = Body::from_stream(stream::repeat_with(chunk));
    assert_eq!(send("/json", JSON, endless).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_malformed() {
    let broken = stream::iter([
        Ok(Bytes::from_static(br#"{"title":"#)),
        Err(std::io::Error::other("connection reset")),
    ]);
    let (status, text) = send("/json", JSON, Body::from_stream(broken)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("malformed_body"), "{text}");
}

#[tokio::test]
async fn only_json_is_taken() {
    let body = r#"{"title":"a"}"#;
    for accepted in ["application/json", "Application/JSON; charset=utf-8"] {
        assert_eq!(send("/json", Some(accepted), body).await.0, StatusCode::OK, "{accepted}");
    }
    for refused in [None, Some("text/plain"), Some("application/jsonp"), Some("")] {
        let (status, _) = send("/json", refused, body).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{refused:?}");
    }
}

#[tokio::test]
async fn a_command_without_a_body_takes_nothing_or_an_empty_object() {
    assert_eq!(send("/none", None, "").await.0, StatusCode::OK);
    assert_eq!(send("/none", JSON, " {} ").await.0, StatusCode::OK);
    assert_eq!(send("/none", None, "{}").await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for refused in ["[]", "null", r#"{"reason":"x"}"#, "{"] {
        assert_eq!(send("/none", JSON, refused).await.0, StatusCode::BAD_REQUEST, "{refused}");
    }
}
