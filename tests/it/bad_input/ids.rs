//! Ids in the path that cannot be, that nobody has, or that belong to somebody else; paths and methods that
//! lead nowhere.

use reqwest::Method;
use serde_json::Value;
use system_tests::Reply;
use uuid::Uuid;

use super::trial::{Expected, Trial};

/// A problem without what differs between any two requests.
fn without_trace(reply: &Reply) -> Value {
    let mut problem = reply.json();
    problem.as_object_mut().unwrap().remove("trace_id");
    problem
}

#[tokio::test]
async fn an_id_that_is_no_id_is_refused_on_every_route() {
    let trial = Trial::start().await;
    for example in trial.examples.iter().filter(|example| example.has_uuid()) {
        for bad in [
            "1001",
            "x",
            "0198f0a0-0000-7000-8000-00000000000g",
            "%20",
            "%F0%9F%92%A9",
            "..%2F..%2Fetc",
        ] {
            let path = example.path_with(bad);
            trial.value(&path, &example.body, Expected::new(400, "malformed_id")).await;
        }
        let path = example.path_with("%ff");
        trial.value(&path, &example.body, Expected::new(400, "malformed_id")).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn an_id_nobody_has_is_not_found_on_every_route() {
    let trial = Trial::start().await;
    for example in trial.examples.iter().filter(|example| !example.route.creates()) {
        let unknown =
            if example.has_uuid() { Uuid::from_u128(404).to_string() } else { "ZZZ".into() };
        let path = example.path_with(&unknown);
        trial.value(&path, &example.body, Expected::new(404, "not_found")).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn another_tenants_object_looks_exactly_like_none_on_every_route() {
    let trial = Trial::start().await;
    let stranger = trial.world.token_of("other", "ola", &["importer"]);
    // the stranger's tenant exists: the answer may not depend on that either
    let stage = serde_json::json!({"name": "Own", "probability": 1});
    trial.world.post(&stranger, "/v1/stages", &stage).await.expect(201);
    let before = trial.world.stored().await;
    for example in trial.examples.iter().filter(|example| !example.route.creates()) {
        let command = example.route.command;
        if command == "SetRate"
            || command.ends_with("ListItem")
            || example.path.starts_with("/v1/users/ola/")
        {
            // NOK and the lists are nobody's: every tenant has rates and items of its own; and the stranger is an ola too
            continue;
        }
        let unknown =
            if example.has_uuid() { Uuid::from_u128(404).to_string() } else { "nobody".into() };
        let mut answers = Vec::new();
        for path in [example.path.clone(), example.path_with(&unknown)] {
            for header in ["", "\"1\""] {
                let ask =
                    trial.world.command(Method::POST, &path).bearer(&stranger).json(&example.body);
                let ask = if header.is_empty() { ask } else { ask.header("if-match", header) };
                let reply = ask.send().await;
                let mut names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
                names.sort();
                answers.push((header, reply.status.as_u16(), without_trace(&reply), names));
            }
        }
        assert_eq!(answers[0], answers[2], "{}", example.path);
        assert_eq!(answers[1], answers[3], "{}", example.path);
        assert_eq!(answers[0].1, 404, "{}", example.path);
    }
    assert_eq!(trial.world.stored().await, before);
    trial.world.token("ola", "importer");
}

#[tokio::test]
async fn paths_and_methods_that_lead_nowhere_are_problems_too() {
    let trial = Trial::start().await;
    for path in [
        "/v1/sale",
        "/v2/sales",
        "/",
        "/v1/sales/",
        "/v1/sales/x/explode",
        "/v1/commands/x",
        "/v1//sales",
    ] {
        trial.refused(trial.ask(path), path, Expected::new(404, "no_such_route")).await;
    }
    for example in &trial.examples {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let ask = trial.world.command(method, &example.path).bearer(&trial.fixture.importer);
            trial.refused(ask, &example.path, Expected::new(405, "method_not_allowed")).await;
        }
    }
    trial.end().await;
}
