//! What a tag is made of, and who is told that they have the answer.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use http::header::LOCATION;
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

fn tag(answer: &Value) -> String {
    tagged(answer, false)
}

fn tagged(answer: &Value, moment: bool) -> String {
    Told::of(&serde_json::to_vec(answer).unwrap(), moment).tag(None)
}

#[test]
fn what_only_tells_when_it_was_asked_is_left_out() {
    let answer = json!({"position": 12, "as_of": "2026-03-10T09:00:00Z", "sales": [{"title": "A", "position": 3}],
        "next": "eyJ2IjoxfQ"});
    let told = Told::of(&serde_json::to_vec(&answer).unwrap(), false).position.map(str::to_owned);
    assert_eq!(told.as_deref(), Some("12"));
    let with = |pointer: &str, value: Value| {
        let mut other = answer.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        other
    };
    for same in [
        with("/position", json!(999_999)),
        with("/as_of", json!("2026-03-10T09:00:01.5Z")),
        with("/next", json!("bmV4dA")),
    ] {
        assert_eq!(tag(&answer), tag(&same), "{same}");
    }
    for other in [
        with("/next", Value::Null),
        with("/sales/0/position", json!(4)),
        with("/sales/0/title", json!("A\",\"position\":3")),
        with("/sales/0/title", json!("B")),
        with("/sales", json!([])),
    ] {
        assert_ne!(tag(&answer), tag(&other), "{other}");
    }
    let later = with("/as_of", json!("2026-03-11T09:00:00Z"));
    assert_ne!(tagged(&answer, true), tagged(&later, true), "a moment that was asked for");
}

#[test]
fn the_cursor_of_a_column_is_left_out_and_its_list_is_not() {
    let column = |more: Value| json!({"position": 1, "columns": [{"key": "a", "more": more}]});
    let [one, two, three] =
        ["owner=ola&cursor=abc", "owner=ola&cursor=xyz", "owner=kari&cursor=abc"]
            .map(|query| tag(&column(json!(format!("/v1/sales?{query}")))));
    assert_eq!(one, two);
    assert_ne!(one, three);
    assert_ne!(one, tag(&column(Value::Null)));
    let titled = |title: &str| json!({"position": 1, "sales": [{"title": title}]});
    assert_ne!(tag(&titled("more cursor=1")), tag(&titled("more cursor=2")));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        "[a-z\"\\\\\\{\\}\\[\\]:, æ\n]{0,8}".prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = prop_oneof![
            Just("position".to_owned()),
            Just("next".to_owned()),
            Just("as_of".to_owned()),
            "[a-z\"\\\\]{0,4}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn answers_that_differ_below_the_first_level_have_other_tags(one in value(), two in value()) {
        let (a, b) = (json!({"position": 5, "rows": one}), json!({"position": 6, "rows": two}));
        prop_assert_eq!(tag(&a) == tag(&b), one == two, "{} {}", one, two);
    }

    #[test]
    fn whatever_the_bytes_are_nothing_breaks(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        Told::of(&bytes, false);
    }
}

fn answering() -> Router {
    let answer = r#"{"position":7,"as_of":"2026-03-10T09:00:00Z","sales":[]}"#;
    let json = || [(CONTENT_TYPE, "application/json")];
    Router::new()
        .route("/sales", get(move || async move { (json(), answer) }))
        .route("/sale", get(move || async move { (json(), [(ETAG, "\"3\"")], answer) }))
        .route("/lines", get(|| async { ([(CONTENT_TYPE, "application/x-ndjson")], "{}\n") }))
        .route("/none", get(|| async { Problem::not_found("there is none") }))
        .layer(from_fn(|request, next| unchanged(1, request, next)))
}

async fn ask(path: &str, tags: &[&str]) -> Response {
    let mut request = Request::get(path);
    for tag in tags {
        request = request.header(IF_NONE_MATCH, *tag);
    }
    answering().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn vary(answer: &Response) -> Vec<&HeaderValue> {
    answer.headers().get_all(VARY).iter().collect()
}

#[tokio::test]
async fn every_answer_says_that_it_depends_on_caller_and_language() {
    for (path, status) in [("/sales", 200), ("/sale", 200), ("/lines", 200), ("/none", 404)] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let request = Request::builder().method(&method).uri(path).body(Body::empty());
            let answer = answering().oneshot(request.unwrap()).await.unwrap();
            let status = if method == Method::POST { 405 } else { status };
            assert_eq!(answer.status().as_u16(), status, "{method} {path}");
            assert_eq!(vary(&answer), ["authorization", "accept-language"], "{method} {path}");
        }
    }
}

#[tokio::test]
async fn who_has_the_answer_is_told_so_without_it() {
    let first = ask("/sales", &[]).await;
    let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\"") && first.status() == StatusCode::OK, "{tag}");
    assert_eq!(first.headers()[CACHE_CONTROL], "private, no-cache");
    assert_eq!(vary(&first), ["authorization", "accept-language"]);
    let strong = tag.trim_start_matches("W/");
    let among = format!("\"x\", {tag}, W/\"y\"");
    for known in [&[tag.as_str()][..], &[strong], &["*"], &[&among], &["\"x\"", &tag]] {
        let again = ask("/sales", known).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known:?}");
        assert_eq!(again.headers()[ETAG], tag);
        assert_eq!(again.headers()["salgslogg-position"], "1:7");
        assert_eq!(vary(&again), ["authorization", "accept-language"]);
        assert!(again.headers().get(CONTENT_TYPE).is_none());
        assert!(to_bytes(again.into_body(), 1).await.unwrap().is_empty());
    }
    for unknown in ["\"x\"", "W/\"x\", \"y\"", "", ",", "W/*", "\"*\"", tag.trim_end_matches('"')] {
        assert_eq!(ask("/sales", &[unknown]).await.status(), StatusCode::OK, "{unknown}");
    }
}

#[tokio::test]
async fn a_version_stands_before_the_hash_and_is_what_if_match_takes() {
    let tag = ask("/sale", &[]).await.headers()[ETAG].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\"3-"), "{tag}");
    assert_eq!(crate::IfMatch::parse(&tag).unwrap(), crate::IfMatch::Version(3));
    assert_eq!(ask("/sale", &[&tag]).await.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(
        ask("/sale", &["\"3\""]).await.status(),
        StatusCode::OK,
        "a version tells too little"
    );
}

#[tokio::test]
async fn streams_and_problems_have_no_tag() {
    for (path, status) in [("/lines", 200), ("/none", 404), ("/nowhere", 404)] {
        let answer = ask(path, &["*"]).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert!(answer.headers().get(ETAG).is_none(), "{path}");
        assert!(answer.headers().get(LOCATION).is_none(), "{path}");
    }
}
