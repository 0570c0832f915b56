//! Headers and query strings that cannot be, or that this caller may not send.

use system_tests::Ask;

use super::trial::{Expected, Trial};
use crate::examples::Example;

const OVERLONG: &str = concat!(
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
);

/// Headers nobody can mean.
const MALFORMED: [(&str, &str); 21] = [
    ("idempotency-key", ""),
    ("idempotency-key", "\""),
    ("idempotency-key", "\"\""),
    ("idempotency-key", "\"open"),
    ("idempotency-key", "å"),
    ("idempotency-key", OVERLONG),
    ("if-match", ""),
    ("if-match", "3"),
    ("if-match", "W/\"3\""),
    ("if-match", "\"three\""),
    ("if-match", "\"-1\""),
    ("if-match", "\"1\", \"2\""),
    ("if-match", "\"99999999999999999999\""),
    ("effective-at", ""),
    ("effective-at", "yesterday"),
    ("effective-at", "2026-03-10"),
    ("effective-at", "2026-03-10T09:00:00"),
    ("effective-at", "2026-02-30T09:00:00Z"),
    ("effective-at", "2026-03-10T24:00:01Z"),
    ("effective-at", "1773133200"),
    ("effective-at", "1899-12-31T23:59:59Z"),
];

fn request(trial: &Trial, example: &Example) -> Ask {
    trial.ask(&example.path).json(&example.body)
}

#[tokio::test]
async fn a_header_that_cannot_be_is_refused_by_name_on_every_route() {
    let trial = Trial::start().await;
    assert_eq!(OVERLONG.len(), 256);
    for example in &trial.examples {
        for (name, value) in MALFORMED {
            let reply = request(&trial, example).header(name, value).send().await;
            let problem = reply.expect_problem(400, "bad_header").json();
            assert_eq!(problem["errors"][0]["header"], name, "{}: {value:?}", example.path);
        }
        for (name, value) in [("idempotency-key", "k"), ("if-match", "\"1\"")] {
            let twice = request(&trial, example).header(name, value).header(name, value);
            twice.send().await.expect_problem(400, "bad_header");
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn only_an_importer_says_when_something_happened() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for role in ["seller", "manager", "admin"] {
            let token = trial.world.token("ola", role);
            let ask = trial.world.command(reqwest::Method::POST, &example.path).bearer(&token);
            let ask = ask.header("effective-at", "2026-03-05T09:00:00Z").json(&example.body);
            trial.refused(ask, &example.path, Expected::new(403, "forbidden")).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn a_time_in_the_future_or_before_the_last_one_is_refused_under_the_lock() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        // the tenant has this base currency already: nothing would be stored
        if example.route.command == "SetBaseCurrency" {
            continue;
        }
        for future in ["2100-01-01T00:00:00Z", "8999-12-31T23:59:59.999999Z"] {
            let ask = request(&trial, example).header("effective-at", future);
            let expected = Expected::new(422, "effective_time_in_future");
            trial.refused(ask, &example.path, expected).await;
        }
        // a stream without events has no last time; the rates of SEK are such a stream
        if !example.route.creates() && example.route.command != "SetRate" {
            let ask = request(&trial, example).header("effective-at", "2025-12-31T23:59:59Z");
            let expected = Expected::new(422, "effective_time_falls");
            trial.refused(ask, &example.path, expected).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn another_version_than_the_present_one_is_a_412_on_every_route() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for stale in ["\"99\"", "\"9223372036854775807\""] {
            let ask = request(&trial, example).header("if-match", stale);
            trial.refused(ask, &example.path, Expected::new(412, "precondition_failed")).await;
        }
    }
    for example in trial.examples.iter().filter(|example| example.route.creates()) {
        // "whatever is there": nothing can be
        let reply = request(&trial, example).header("if-match", "*").send().await;
        reply.expect_problem(400, "bad_header");
    }
    trial.end().await;
}

#[tokio::test]
async fn a_key_with_another_request_is_refused_on_every_route() {
    let trial = Trial::start().await;
    for (example, n) in trial.examples.iter().zip(0..) {
        let key = format!("key-{n}");
        let first = request(&trial, example).header("idempotency-key", &key).send().await;
        assert!(first.status.is_success(), "{}: {}", example.path, first.text);
        let before = trial.world.stored().await;
        let again = request(&trial, example).header("idempotency-key", &key).send().await;
        assert_eq!((again.status, again.text), (first.status, first.text), "{}", example.path);
        let later = request(&trial, example).header("idempotency-key", &key);
        let later = later.header("effective-at", "2026-11-01T00:00:00Z");
        trial.refused(later, &example.path, Expected::new(422, "key_reused")).await;
        let other =
            trial.examples.iter().find(|other| other.route.command != example.route.command);
        let other = request(&trial, other.unwrap()).header("idempotency-key", &key);
        trial.refused(other, &example.path, Expected::new(422, "key_reused")).await;
        assert_eq!(trial.world.stored().await, before, "{}", example.path);
    }
}

#[tokio::test]
async fn a_query_parameter_is_refused_by_name_on_every_route() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for (query, name) in
            [("dry_run=true", "dry_run"), ("x", "x"), ("%00=1", "%00"), ("a=%ff", "a")]
        {
            let ask = trial.ask(&format!("{}?{query}", example.path)).json(&example.body);
            let problem = ask.send().await.expect(400).json();
            assert_eq!(problem["errors"][0]["parameter"], name, "{}: {problem}", example.path);
        }
    }
    trial.end().await;
}
