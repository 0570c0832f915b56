//! Types of targets, blocks over their rows, and what is cleared up behind them (ST-1 to ST-6, ST-19).

use command_service::process::{Steps as _, TargetTypeCleanup};
use events::TargetTypeId;
use serde_json::{Value, json};

use super::{Targets, of_user, of_user_in};

async fn clean_up(targets: &Targets) {
    let mut cleanup = targets.world.command.reaction::<TargetTypeCleanup>();
    cleanup.pump(targets.world.clock.now()).await.unwrap();
    cleanup.release().await.unwrap();
}

fn default_path(command: &str) -> String {
    format!("/v1/target-types/{}/{command}", events::target_type::DEFAULT)
}

/// ST-1, ST-6.
#[tokio::test]
async fn a_dimension_goes_once_until_its_type_is_deleted_st_1() {
    let targets = Targets::set_up().await;
    let importer = &targets.fixture.importer;
    let sources = json!({"name": "Sources", "dimension": "source", "unit": "amount"});
    let first = targets.define(sources.clone()).await;
    let all = json!({"name": "All", "dimension": "all_sales", "unit": "count"});
    for body in [&sources, &all] {
        let reply = targets.world.post(importer, "/v1/target-types", body).await;
        let problem = reply.expect_problem(422, "dimension_taken").json();
        assert_eq!(problem["errors"][0]["pointer"], "/dimension");
    }
    for (command, body) in [("edit", json!({"name": "Mine"})), ("delete", json!({}))] {
        let reply = targets.world.post(importer, &default_path(command), &body).await;
        reply.expect_problem(422, "target_type_fixed");
    }
    let delete = format!("/v1/target-types/{first}/delete");
    targets.world.post(importer, &delete, &json!({})).await.expect(200);
    targets.define(sources).await;
    let edit = format!("/v1/target-types/{first}/edit");
    let reply = targets.world.post(importer, &edit, &json!({"name": "Old"})).await;
    reply.expect_problem(422, "target_type_deleted");
}

/// ST-2, ST-4: items of lists, of sale types and of own fields.
#[tokio::test]
async fn rows_are_about_items_of_their_type_st_4() {
    let targets = Targets::set_up().await;
    let importer = &targets.fixture.importer;
    let field = json!({"key": "route", "name": "Route", "kind": "list",
        "items": [{"key": "by-sea", "name": "By sea"}]});
    let path = "/v1/tenants/demo/define-custom-field";
    targets.world.post(importer, path, &field).await.expect(200);
    let route = targets
        .define(json!({"name": "Routes", "dimension": "field.route", "unit": "profit", "items": ["by-sea"]}))
        .await;
    let kinds =
        targets.define(json!({"name": "Types", "dimension": "sale_type", "unit": "count"})).await;
    let new = targets.fixture.new.to_string();
    for (target_type, good, bad) in
        [(&route, "by-sea", "by-air"), (&kinds, new.as_str(), "renewal")]
    {
        let row = |item: &str| json!({"target_type": target_type, "item": item, "year": 2026, "level": "company"});
        targets.add(row(good)).await;
        let reply = targets.world.post(&targets.kari, "/v1/targets", &row(bad)).await;
        let problem = reply.expect_problem(422, "unknown_target_item").json();
        assert_eq!(problem["errors"][0]["pointer"], "/item");
    }
    let counted =
        targets.add(json!({"target_type": kinds, "year": 2026, "level": "company"})).await;
    let half =
        targets.on(&targets.kari, &counted, "set-initial-amount", json!({"amount": "5.5"})).await;
    half.expect_problem(422, "not_a_whole_number");
    targets
        .on(&targets.kari, &counted, "set-initial-amount", json!({"amount": "30"}))
        .await
        .expect(200);
    let mut cells = vec!["2".to_owned(); 12];
    cells[11] = "8".to_owned();
    assert_eq!(targets.cells(&counted).await, cells);
    let unknown = json!({"name": "X", "dimension": "field.nowhere", "unit": "count"});
    let reply = targets.world.post(importer, "/v1/target-types", &unknown).await;
    reply.expect_problem(422, "unknown_dimension");
}

/// ST-19: whole or not at all, with the row that does not take it.
#[tokio::test]
async fn a_block_is_pasted_whole_or_not_at_all_st_19() {
    let targets = Targets::set_up().await;
    targets.add(json!({"year": 2026, "level": "group", "assignee": "North"})).await;
    let (ola, kari) = (of_user(2026, "ola"), of_user(2026, "kari"));
    let block = json!({"rows": [
        {"target": ola, "from": 3, "cells": ["100.50", null, "300"]},
        {"target": kari, "cells": ["1", "2"]},
    ]});
    let path = default_path("paste");
    let before = targets.world.head().await;
    let reply = targets.world.post(&targets.kari, &path, &block).await.expect(200);
    assert_eq!(targets.world.head().await, before + 2);
    assert_eq!(reply.json()["position"], before + 2);
    let mut cells = vec!["0.00".to_owned(); 12];
    (cells[2], cells[4]) = ("100.50".to_owned(), "300.00".to_owned());
    assert_eq!(targets.cells(&ola).await, cells);
    let again = targets.world.post(&targets.kari, &path, &block).await.expect(200);
    assert_eq!(again.json()["position"], Value::Null, "it says what is there already");

    targets.on(&targets.kari, &kari, "lock", json!({})).await.expect(200);
    let block =
        json!({"rows": [{"target": ola, "cells": ["7"]}, {"target": kari, "cells": ["7"]}]});
    let problem = targets.world.post(&targets.kari, &path, &block).await;
    let problem = problem.expect_problem(422, "row_locked").json();
    assert_eq!(problem["errors"][0]["pointer"], "/rows/1/target");
    assert_eq!(targets.cells(&ola).await, cells, "nothing of it was stored");
    targets.on(&targets.kari, &kari, "unlock", json!({})).await.expect(200);
    let problem = targets.world.post(&targets.ola, &path, &block).await;
    let problem = problem.expect_problem(403, "not_your_target").json();
    assert_eq!(problem["errors"][0]["pointer"], "/rows/1/target");
    // under a key the block is pasted once
    let keyed = || {
        let ask = targets.world.command(reqwest::Method::POST, &path).bearer(&targets.kari);
        ask.header("idempotency-key", "block").json(&block).send()
    };
    let first = keyed().await.expect(200);
    targets.on(&targets.kari, &ola, "clear", json!({})).await.expect(200);
    assert_eq!(keyed().await.expect(200).text, first.text);
    assert_eq!(targets.types(&ola).await.last().unwrap(), "target.cleared");
}

/// ST-5, ST-6: the rows go for good, those of other types stay.
#[tokio::test]
async fn rows_go_with_their_type_or_with_its_users_st_5_st_6() {
    let targets = Targets::set_up().await;
    let importer = &targets.fixture.importer;
    let kind =
        targets.define(json!({"name": "Sources", "dimension": "source", "unit": "amount"})).await;
    let north = json!({"target_type": kind, "year": 2026, "level": "group", "assignee": "North"});
    let group_row = targets.add(north).await;
    targets.add(json!({"year": 2026, "level": "group", "assignee": "North"})).await;
    let id = TargetTypeId(kind.parse().unwrap());
    let ola = of_user_in(id, 2026, "ola");
    let edit = format!("/v1/target-types/{kind}/edit");
    targets.world.post(importer, &edit, &json!({"groups_only": true})).await.expect(200);
    let amount = || json!({"amount": "12"});
    let reply = targets.on(&targets.kari, &ola, "set-initial-amount", amount()).await;
    reply.expect_problem(422, "groups_only");
    clean_up(&targets).await;
    assert_eq!(targets.types(&ola).await, ["target.added", "target.removed"]);
    assert_eq!(targets.types(&of_user(2026, "ola")).await, ["target.added"]);
    let user = json!({"target_type": kind, "year": 2026, "level": "user", "assignee": "ola"});
    let reply = targets.world.post(&targets.kari, "/v1/targets", &user).await;
    reply.expect_problem(422, "groups_only");
    targets.on(&targets.kari, &group_row, "set-initial-amount", amount()).await.expect(200);
    targets.on(&targets.kari, &group_row, "lock", json!({})).await.expect(200);

    let delete = format!("/v1/target-types/{kind}/delete");
    targets.world.post(importer, &delete, &json!({})).await.expect(200);
    let reply = targets.on(&targets.kari, &group_row, "unlock", json!({})).await;
    reply.expect_problem(422, "target_type_deleted");
    clean_up(&targets).await;
    assert_eq!(targets.types(&group_row).await.last().unwrap(), "target.removed");
    let reply = targets.on(&targets.kari, &group_row, "unlock", json!({})).await;
    reply.expect_problem(422, "target_removed");
    assert_eq!(targets.types(&of_user(2026, "ola")).await, ["target.added"]);
}

/// ST-21: what others sell apart is there from the beginning; any number of types and groups.
#[tokio::test]
async fn a_second_type_and_a_second_group_need_no_licence_st_21() {
    let targets = Targets::set_up().await;
    for dimension in ["source", "competitor", "credited"] {
        let body = json!({"name": dimension, "dimension": dimension, "unit": "count"});
        let of = targets.define(body).await;
        for group in ["North", "South"] {
            let body =
                json!({"target_type": of, "year": 2026, "level": "group", "assignee": group});
            targets.add(body).await;
        }
        let path = format!("/v1/targets?year=2026&level=group&target_type={of}");
        let list = targets.world.get(&targets.kari, &path).await.expect(200).json();
        let rows = list["targets"].as_array().unwrap().iter();
        let groups: Vec<_> =
            rows.filter(|row| row["level"] == "group").map(|row| &row["assignee"]).collect();
        assert_eq!(groups, ["North", "South"], "{dimension}");
    }
}
