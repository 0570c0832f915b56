//! Bodies that are no JSON document of the kind the contract takes.

use std::fmt::Write;

use serde_json::{Value, json};

use super::trial::{Expected, Trial};

const MIB: usize = 1024 * 1024;

fn malformed(pointer: &str) -> Expected {
    Expected::new(400, "malformed_body").at(pointer)
}

/// Lists in lists, `levels` deep.
fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_on_every_route() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        let path = &example.path;
        let text = example.body.to_string();
        let field = example.body.as_object().unwrap().keys().next();
        let field = field.map_or("colour", String::as_str);
        let pointer = format!("/{field}");
        if example.has_body() {
            for nothing in ["", " \r\n\t"] {
                trial.body(path, "empty", nothing.into(), malformed("")).await;
            }
            for cut in [1, text.len() / 2, text.len() - 1] {
                trial.body(path, "cut", text.as_bytes()[..cut].to_vec(), malformed("")).await;
            }
        } else {
            trial.body(path, "cut", b"{".to_vec(), malformed("")).await;
        }
        trial.body(path, "two documents", format!("{text}{text}").into(), malformed("")).await;
        trial.body(path, "a comment", format!("{text}//").into(), malformed("")).await;
        for (what, value) in [
            ("lone surrogate", r#""\ud800""#),
            ("surrogates the wrong way round", r#""\udc00\ud800""#),
            ("NUL", r#""a\u0000b""#),
            ("a number beyond every float", "1e400"),
            ("not a number", "NaN"),
            ("a bare word", "maybe"),
            ("a control character", "\"a\u{1}b\""),
        ] {
            let body = format!("{{\"{field}\":{value}}}").into_bytes();
            trial.body(path, what, body, malformed(&pointer)).await;
        }
        let mut bytes = format!("{{\"{field}\":\"").into_bytes();
        bytes.extend_from_slice(b"\xc3\x28\"}");
        trial.body(path, "invalid UTF-8", bytes, malformed("")).await;
        let twice = format!("{{\"{field}\":null,\"{field}\":null}}").into_bytes();
        trial.body(path, "a key twice", twice, malformed(&pointer)).await;
        let nul_key = format!("{{\"{field}\\u0000\":1}}").into_bytes();
        let expected = malformed(&format!("{pointer}\u{0}"));
        trial.body(path, "NUL in a key", nul_key, expected).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn a_document_that_is_no_object_is_refused_on_every_route() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for value in
            [json!([]), json!([example.body]), json!("{}"), json!(1), json!(true), Value::Null]
        {
            let expected = Expected::new(400, "wrong_type").at("");
            trial.value(&example.path, &value, expected).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn nesting_is_refused_from_33_levels_on_and_no_stack_is_lost_on_a_million() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        // the object itself is the first level
        let body = |levels: usize| format!("{{\"colour\":{}}}", nested(levels - 1)).into_bytes();
        let at = |code| Expected::new(400, code).at("/colour");
        trial.body(&example.path, "32 levels", body(32), at("unknown_field")).await;
        trial.body(&example.path, "33 levels", body(33), at("malformed_body")).await;
        trial.body(&example.path, "500 000 levels", body(500_000), at("malformed_body")).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn a_body_of_1_mib_is_read_and_a_byte_more_is_not() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        let padded = |bytes: usize| {
            let mut text = String::from("{\"colour\":\"");
            let rest = bytes - text.len() - 2;
            write!(text, "{}\"}}", "x".repeat(rest)).unwrap();
            assert_eq!(text.len(), bytes);
            text.into_bytes()
        };
        let read = Expected::new(400, "unknown_field").at("/colour");
        trial.body(&example.path, "1 MiB", padded(MIB), read).await;
        for bytes in [MIB + 1, 10 * MIB] {
            let expected = Expected::new(413, "body_too_large");
            trial.body(&example.path, "too large", padded(bytes), expected).await;
        }
    }
    let announced = trial.ask("/v1/sales").header("content-length", "99999999999");
    let announced = announced.header("content-type", "application/json").body("{}").open().await;
    assert!(announced.is_err() || announced.unwrap().status() == 413, "a lie about the length");
    trial.end().await;
}

#[tokio::test]
async fn another_content_type_is_refused_on_every_route() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        let text = example.body.to_string();
        let expected = || Expected::new(415, "unsupported_media_type");
        for kind in [
            "text/plain",
            "application/x-ndjson",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            let ask = trial.ask(&example.path).header("content-type", kind).body(text.clone());
            trial.refused(ask, &format!("{}: {kind}", example.path), expected()).await;
        }
        let none = trial.ask(&example.path).body(text.clone());
        trial.refused(none, "no content type", expected()).await;
        let two = trial.ask(&example.path).header("content-type", "application/json");
        let two = two.header("content-type", "application/json").body(text);
        trial.refused(two, "two content types", expected()).await;
    }
    trial.end().await;
}
