//! Whose rows who may change (SO-44, ST-1, ST-8, ST-15).

use events::target::Assignee;
use serde_json::{Value, json};

use super::{Targets, of_group, of_user, place};

/// Rows as they stand to Ola of North: own, own groups, other groups, others.
fn rows() -> [String; 4] {
    [
        of_user(2026, "ola"),
        of_group(2026, "North"),
        of_user(2026, "per"),
        place(2026, Assignee::Company).id().to_string(),
    ]
}

async fn with_rows() -> Targets {
    let targets = Targets::set_up().await;
    for body in [
        json!({"year": 2026, "level": "group", "assignee": "North"}),
        json!({"year": 2026, "level": "group", "assignee": "South"}),
        json!({"year": 2026, "level": "company"}),
    ] {
        targets.add(body).await;
    }
    targets
}

async fn set(targets: &Targets, role: &str, levels: [&str; 4]) {
    let [own, own_groups, other_groups, others] = levels;
    let body = json!({"role": role, "records": "targets", "own": own, "own_groups": own_groups,
        "other_groups": other_groups, "others": others});
    let path = "/v1/tenants/demo/set-record-rights";
    targets.world.post(&targets.fixture.importer, path, &body).await.expect(200);
}

fn amount() -> Value {
    json!({"amount": "1200"})
}

/// By the role table: sellers their own, managers and those above all, readers none.
#[tokio::test]
async fn by_the_role_table_sellers_change_their_own_row_only_st_8() {
    let targets = with_rows().await;
    for (role, may) in [
        ("seller", [true, false, false, false]),
        ("manager", [true; 4]),
        ("admin", [true; 4]),
        ("importer", [true; 4]),
    ] {
        let token = targets.world.token_in("demo", "ola", &[role], &["North"]);
        for (row, may) in rows().into_iter().zip(may) {
            let reply = targets.on(&token, &row, "set-initial-amount", amount()).await;
            match may {
                true => drop(reply.expect(200)),
                false => drop(reply.expect_problem(403, "not_your_target")),
            }
        }
    }
    for role in ["auditor", "analyst"] {
        let token = targets.world.token_in("demo", "ola", &[role], &["North"]);
        for row in rows() {
            let reply = targets.on(&token, &row, "set-initial-amount", amount()).await;
            reply.expect_problem(403, "forbidden");
        }
    }
    // a seller adds their own row, and nobody else's
    let own = json!({"year": 2027, "level": "user", "assignee": "ola"});
    targets.world.post(&targets.ola, "/v1/targets", &own).await.expect(201);
    for body in [
        json!({"year": 2027, "level": "user", "assignee": "kari"}),
        json!({"year": 2027, "level": "group", "assignee": "North"}),
        json!({"year": 2027, "level": "company"}),
    ] {
        let reply = targets.world.post(&targets.ola, "/v1/targets", &body).await;
        reply.expect_problem(403, "not_your_target");
    }
}

/// SO-44: what a role does not see it is not told of, whatever it asks and with whatever version.
#[tokio::test]
async fn a_row_that_is_not_seen_looks_like_none_so_44() {
    let targets = with_rows().await;
    let nowhere = of_user(1999, "nobody");
    for at in 0..4 {
        let mut levels = ["update"; 4];
        levels[at] = "none";
        set(&targets, "manager", levels).await;
        let token = targets.world.token_in("demo", "ola", &["manager"], &["North"]);
        for (command, body) in [
            ("set-initial-amount", amount()),
            ("clear", json!({})),
            ("lock", json!({})),
            ("remove", json!({})),
        ] {
            let hidden = targets.on(&token, &rows()[at], command, body.clone()).await;
            let unknown = targets.on(&token, &nowhere, command, body.clone()).await;
            let without = |reply: system_tests::Reply| {
                let mut problem = reply.expect_problem(404, "not_found").json();
                problem.as_object_mut().unwrap().remove("trace_id");
                problem
            };
            assert_eq!(without(hidden), without(unknown), "{at} {command}");
            let path = format!("/v1/targets/{}/{command}", rows()[at]);
            let ask = targets.world.command(reqwest::Method::POST, &path).bearer(&token);
            let versioned = ask.header("if-match", "\"7\"").json(&body).send().await;
            versioned.expect_problem(404, "not_found");
        }
        // nor as what is copied from, or pasted over
        let seen = &rows()[(at + 1) % 4];
        let copy = targets.on(&token, seen, "copy", json!({"from": rows()[at]})).await;
        copy.expect_problem(422, "unknown_target");
        let block = json!({"rows": [{"target": rows()[at], "cells": ["1"]}]});
        let default = events::target_type::DEFAULT;
        let path = format!("/v1/target-types/{default}/paste");
        let problem = targets.world.post(&token, &path, &block).await;
        let problem = problem.expect_problem(422, "unknown_target").json();
        assert_eq!(problem["errors"][0]["pointer"], "/rows/0/target");
    }
}

/// SO-44: nor in the feed, where what is not seen is a hole and never a line.
#[tokio::test]
async fn the_feed_shows_no_event_of_a_target_that_is_not_seen_so_44() {
    let targets = with_rows().await;
    let token = targets.world.token_in("demo", "ola", &["manager"], &["North"]);
    for hidden in 0..4 {
        let mut levels = ["read"; 4];
        levels[hidden] = "none";
        set(&targets, "manager", levels).await;
        let feed = targets.world.get(&token, "/v1/events?aggregate=target").await.expect(200);
        for (at, row) in rows().iter().enumerate() {
            let stream = format!("target/{row}");
            let shown = feed.lines().iter().any(|line| line["stream"] == stream.as_str());
            assert_eq!(shown, at != hidden, "{hidden} {at}");
        }
    }
}

/// SO-44: read, create, update, delete, each with those before it.
#[tokio::test]
async fn each_level_reaches_as_far_as_it_says_so_44() {
    let targets = with_rows().await;
    let token = targets.world.token_in("demo", "ola", &["manager"], &["North"]);
    let north = of_group(2026, "North");
    for (level, adds, changes, removes) in [
        ("read", false, false, false),
        ("create", true, false, false),
        ("update", true, true, false),
        ("delete", true, true, true),
    ] {
        set(&targets, "manager", [level; 4]).await;
        let year = 2030 + i32::from(adds) + i32::from(changes) + i32::from(removes);
        let body = json!({"year": year, "level": "group", "assignee": "North"});
        let added = targets.world.post(&token, "/v1/targets", &body).await;
        let changed = targets.on(&token, &north, "set-initial-amount", amount()).await;
        let locked = targets.on(&token, &north, "lock", json!({})).await;
        if changes {
            targets.on(&token, &north, "unlock", json!({})).await.expect(200);
        }
        let removed = targets.on(&token, &north, "remove", json!({})).await;
        for (reply, may, status) in [
            (added, adds, 201),
            (changed, changes, 200),
            (locked, changes, 200),
            (removed, removes, 200),
        ] {
            match may {
                true => drop(reply.expect(status)),
                false => drop(reply.expect_problem(403, "not_your_target")),
            }
        }
    }
}

/// ST-1, ST-15: the rights to maintain types and to lock, given and taken.
#[tokio::test]
async fn the_rights_to_maintain_types_and_to_lock_are_given_and_taken_st_1_st_15() {
    let targets = with_rows().await;
    let row = of_user(2026, "ola");
    let give = async |role: &str, right: &str, allowed: bool| {
        let body = json!({"role": role, "right": right, "allowed": allowed});
        let path = "/v1/tenants/demo/set-functional-right";
        targets.world.post(&targets.fixture.importer, path, &body).await.expect(200);
    };
    let kind = json!({"name": "Sources", "dimension": "source", "unit": "count"});
    targets
        .world
        .post(&targets.kari, "/v1/target-types", &kind)
        .await
        .expect_problem(403, "forbidden");
    give("manager", "maintain_target_types", true).await;
    targets.world.post(&targets.kari, "/v1/target-types", &kind).await.expect(201);
    targets.on(&targets.ola, &row, "lock", json!({})).await.expect_problem(403, "forbidden");
    give("seller", "lock_targets", true).await;
    targets.on(&targets.ola, &row, "lock", json!({})).await.expect(200);
    // edit access to the row is needed too
    let reply = targets.on(&targets.ola, &of_user(2026, "per"), "lock", json!({})).await;
    reply.expect_problem(403, "not_your_target");
    give("manager", "lock_targets", false).await;
    targets.on(&targets.kari, &row, "unlock", json!({})).await.expect_problem(403, "forbidden");
}
