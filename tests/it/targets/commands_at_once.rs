//! Keys, versions, races and bulk (ST-8, ST-6).

use events::target::Assignee;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Targets, of_group, of_user, place};

/// One row, whoever asks how often and at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_added_twenty_times_at_once_is_added_once_st_8() {
    let targets = Targets::set_up().await;
    let other = targets.world.replica().await;
    let before = targets.world.head().await;
    let body = json!({"year": 2026, "level": "group", "assignee": "North"});
    let replies = join_all((0..20).map(|n: usize| {
        let ask = match n % 2 {
            0 => targets.world.command(Method::POST, "/v1/targets"),
            _ => other.command("/v1/targets"),
        };
        ask.bearer(&targets.kari).json(&body).send()
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) =
        replies.into_iter().partition(|reply| reply.status.is_success());
    assert_eq!((won.len(), lost.len()), (1, 19));
    for reply in lost {
        reply.expect_problem(409, "already_exists");
    }
    assert_eq!(targets.world.head().await, before + 3);
    // a member's own row and that of the group, at the same time: one of each
    let user = json!({"year": 2027, "level": "user", "assignee": "ola"});
    let group = json!({"year": 2027, "level": "group", "assignee": "North"});
    let both = join_all((0..10).map(|n: usize| {
        let body = if n.is_multiple_of(2) { &user } else { &group };
        let ask = targets.world.command(Method::POST, "/v1/targets").bearer(&targets.kari);
        ask.json(body).send()
    }))
    .await;
    assert!(both.iter().filter(|reply| reply.status.is_success()).count() >= 1);
    assert_eq!(targets.types(&of_user(2027, "ola")).await, ["target.added"]);
    assert_eq!(targets.types(&of_group(2027, "North")).await, ["target.added"]);
}

/// A key answers again; a version that is not that of the row is told.
#[tokio::test]
async fn a_key_answers_again_and_an_old_version_is_refused() {
    let targets = Targets::set_up().await;
    let ask = |path: &str, header: (&str, &str), body: &Value| {
        let ask = targets.world.command(Method::POST, path).bearer(&targets.kari);
        ask.header(header.0, header.1).json(body).send()
    };
    let body = json!({"year": 2026, "level": "company"});
    let first = ask("/v1/targets", ("idempotency-key", "k"), &body).await.expect(201);
    let again = ask("/v1/targets", ("idempotency-key", "k"), &body).await.expect(201);
    assert_eq!(first.text, again.text);
    let other = json!({"year": 2027, "level": "company"});
    ask("/v1/targets", ("idempotency-key", "k"), &other).await.expect_problem(422, "key_reused");
    let path = format!("/v1/targets/{}/set-initial-amount", place(2026, Assignee::Company).id());
    let amount = json!({"amount": "12"});
    assert_eq!(first.header("etag"), Some("\"1\""));
    let changed = ask(&path, ("if-match", "\"1\""), &amount).await.expect(200);
    assert_eq!(changed.json()["version"], 2);
    let old = ask(&path, ("if-match", "\"1\""), &json!({"amount": "24"})).await;
    old.expect_problem(412, "precondition_failed");
    let same = ask(&path, ("if-match", "\"2\""), &amount).await.expect(200);
    assert_eq!(same.json()["events"], json!([]));
}

/// ST-6: what races with the end of its type comes before it or not at all: nothing is left behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_row_is_added_behind_the_end_of_its_type_st_6() {
    use command_service::process::{Steps as _, TargetTypeCleanup};
    let targets = Targets::set_up().await;
    for round in 0..5 {
        let kind = json!({"name": "Sources", "dimension": "source", "unit": "amount"});
        let kind = targets.define(kind).await;
        let add = |n: usize| {
            let body = json!({"target_type": kind, "year": 2000 + n, "level": "company"});
            let ask = targets.world.command(Method::POST, "/v1/targets").bearer(&targets.kari);
            async move { ask.json(&body).send().await }
        };
        let delete = async {
            let path = format!("/v1/target-types/{kind}/delete");
            targets.world.post(&targets.fixture.importer, &path, &json!({})).await.expect(200)
        };
        let (replies, _) = futures::join!(join_all((0..20).map(add)), delete);
        for reply in replies {
            match reply.status.as_u16() {
                201 => {}
                _ => drop(reply.expect_problem(422, "target_type_deleted")),
            }
        }
        let mut cleanup = targets.world.command.reaction::<TargetTypeCleanup>();
        cleanup.pump(targets.world.clock.now()).await.unwrap();
        cleanup.release().await.unwrap();
        let tenant = events::TenantSlug::parse("demo").unwrap();
        let id = events::TargetTypeId(kind.parse().unwrap());
        let left = targets.world.store().targets_before(&tenant, id, i64::MAX).await.unwrap();
        assert_eq!(left, [], "{round}");
    }
}

/// One file may bring users, their group, its rows and their figures.
#[tokio::test]
async fn one_file_brings_users_their_rows_and_their_figures_st_8() {
    let targets = Targets::set_up().await;
    let mut lines = String::new();
    let mut line = |value: Value| {
        lines.push_str(&value.to_string());
        lines.push('\n');
    };
    for n in 0..50 {
        let body = json!({"id": format!("u{n}"), "name": "Somebody", "groups": ["West"]});
        line(json!({"command": "AddUser", "body": body}));
    }
    let west = json!({"year": 2026, "level": "group", "assignee": "West"});
    line(json!({"command": "AddTarget", "id": of_group(2026, "West"), "body": west}));
    for n in 0..50 {
        let id = of_user(2026, &format!("u{n}"));
        line(json!({"command": "SetInitialAmount", "id": id, "body": {"amount": "1200"}}));
    }
    let block = json!({"rows": [{"target": of_user(2026, "u7"), "cells": ["1"]}]});
    let default = events::target_type::DEFAULT;
    line(json!({"command": "PasteTargets", "id": default, "body": block}));
    let wrong = json!({"year": 2028, "level": "company"});
    line(json!({"command": "AddTarget", "id": of_group(2026, "West"), "body": wrong}));
    let ask = targets.world.command(Method::POST, "/v1/commands").bearer(&targets.fixture.importer);
    let ask = ask.header("content-type", "application/x-ndjson").body(lines);
    let answers = ask.send().await.expect(200).text;
    let answers: Vec<Value> =
        answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 103);
    for answer in &answers[..102] {
        assert!([200, 201].contains(&answer["status"].as_u64().unwrap()), "{answer}");
    }
    assert_eq!(answers[102]["problem"]["code"], "malformed_id");
    let mut cells = vec!["100.00".to_owned(); 12];
    assert_eq!(targets.cells(&of_user(2026, "u49")).await, cells);
    cells[0] = "1.00".to_owned();
    assert_eq!(targets.cells(&of_user(2026, "u7")).await, cells);
}
