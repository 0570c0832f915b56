//! Rows and their figures, from adding to removing (ST-7 to ST-17, S16).

use events::target::Assignee;
use serde_json::json;

use super::{Targets, of_group, of_user, place};

/// ST-8: one request, one group of facts, a row for each primary member.
#[tokio::test]
async fn a_group_brings_the_rows_of_its_primary_members_st_8() {
    let targets = Targets::set_up().await;
    let also = json!({"id": "mia", "name": "Mia", "groups": ["South", "North"]});
    targets.world.post(&targets.fixture.importer, "/v1/users", &also).await.expect(201);
    let before = targets.world.head().await;
    let body = json!({"year": 2026, "level": "group", "assignee": "North", "currency": "NOK"});
    let reply = targets.world.post(&targets.kari, "/v1/targets", &body).await.expect(201);
    let id = of_group(2026, "North");
    assert_eq!(reply.json()["id"], id);
    assert_eq!(reply.header("location"), Some(format!("/v1/targets/{id}").as_str()));
    assert_eq!(reply.json()["events"], json!(["target.added"]));
    assert_eq!(targets.world.head().await, before + 3, "North, ola, kari");
    let north = targets.facts(&id).await;
    let expected = json!({"target_type": "5a1b5106-0000-8000-8000-616c6c73616c", "item": null,
        "year": 2026, "level": "group", "group": "North", "period": "month", "currency": "NOK"});
    assert_eq!(north, [("target.added".to_owned(), expected)]);
    for user in ["ola", "kari"] {
        let facts = targets.facts(&of_user(2026, user)).await;
        assert_eq!(facts.len(), 1);
        assert_eq!((&facts[0].1["user"], &facts[0].1["group"]), (&json!(user), &json!("North")));
        assert_eq!(facts[0].1["currency"], json!(null), "ST-12");
    }
    assert!(targets.types(&of_user(2026, "mia")).await.is_empty(), "her sales count for South");
    targets
        .world
        .post(&targets.kari, "/v1/targets", &body)
        .await
        .expect_problem(409, "already_exists");
    // the group goes, its members stay (ST-14, ST-17); added again it brings nobody twice
    targets.on(&targets.kari, &id, "remove", json!({})).await.expect(200);
    let nina = json!({"id": "nina", "name": "Nina", "groups": ["North"]});
    targets.world.post(&targets.fixture.importer, "/v1/users", &nina).await.expect(201);
    targets.add(body).await;
    assert_eq!(targets.types(&id).await, ["target.added", "target.removed", "target.added"]);
    assert_eq!(targets.types(&of_user(2026, "ola")).await, ["target.added"]);
    assert_eq!(targets.types(&of_user(2026, "nina")).await, ["target.added"]);
}

/// S16, ST-10, ST-15.
#[tokio::test]
async fn a_million_is_split_and_a_locked_row_takes_nothing_st_10_st_15() {
    let targets = Targets::set_up().await;
    targets.add(json!({"year": 2026, "level": "group", "assignee": "North"})).await;
    let row = of_user(2026, "ola");
    let amount = json!({"amount": "1000000"});
    targets.on(&targets.ola, &row, "set-initial-amount", amount).await.expect(200);
    let mut cells = vec!["83333.33".to_owned(); 12];
    cells[11] = "83333.37".to_owned();
    assert_eq!(targets.cells(&row).await, cells);

    targets.on(&targets.ola, &row, "lock", json!({})).await.expect_problem(403, "forbidden");
    targets.on(&targets.kari, &row, "lock", json!({})).await.expect(200);
    let cells = json!({"cells": vec!["1"; 12]});
    for (command, body) in [
        ("set-cells", cells.clone()),
        ("set-initial-amount", json!({"amount": "1"})),
        ("copy", json!({"from": row})),
        ("clear", json!({})),
        ("set-currency", json!({"currency": "NOK"})),
    ] {
        for token in [&targets.ola, &targets.kari] {
            let reply = targets.on(token, &row, command, body.clone()).await;
            reply.expect_problem(422, "row_locked");
        }
    }
    targets.on(&targets.kari, &row, "unlock", json!({})).await.expect(200);
    targets.on(&targets.ola, &row, "set-cells", cells).await.expect(200);
    let expected = [
        "target.added",
        "target.cells-set",
        "target.locked",
        "target.unlocked",
        "target.cells-set",
    ];
    assert_eq!(targets.types(&row).await, expected, "ST-18");
    // North's target is its own (ST-14)
    assert_eq!(targets.types(&of_group(2026, "North")).await, ["target.added"]);
}

/// S16, ST-9, ST-11.
#[tokio::test]
async fn last_year_is_copied_ten_percent_higher_or_refused_when_empty_st_9_st_11() {
    let targets = Targets::set_up().await;
    let row = targets.add(json!({"year": 2026, "level": "company"})).await;
    let more = || json!({"percent": "10"});
    targets.on(&targets.kari, &row, "copy", more()).await.expect_problem(422, "nothing_to_copy");
    let last = targets.add(json!({"year": 2025, "level": "company"})).await;
    targets.on(&targets.kari, &row, "copy", more()).await.expect_problem(422, "nothing_to_copy");
    let copying =
        json!({"year": 2026, "level": "group", "assignee": "South", "copy_last_year": "10"});
    let reply = targets.world.post(&targets.kari, "/v1/targets", &copying).await;
    let problem = reply.expect_problem(422, "nothing_to_copy").json();
    assert_eq!(problem["errors"][0]["pointer"], "/copy_last_year");
    assert!(targets.types(&of_user(2026, "per")).await.is_empty(), "nothing was stored");

    let mut cells = vec!["100.05"; 12];
    cells[0] = "0.05";
    targets.on(&targets.kari, &last, "set-cells", json!({ "cells": cells })).await.expect(200);
    targets.on(&targets.kari, &row, "copy", more()).await.expect(200);
    let mut raised = vec!["110.06".to_owned(); 12];
    raised[0] = "0.06".to_owned();
    assert_eq!(targets.cells(&row).await, raised);

    let south = targets.add(json!({"year": 2025, "level": "group", "assignee": "South"})).await;
    let per = of_user(2025, "per");
    targets.on(&targets.kari, &per, "set-cells", json!({ "cells": cells })).await.expect(200);
    targets.add(copying).await;
    assert_eq!(targets.cells(&of_user(2026, "per")).await, raised);
    assert_eq!(targets.types(&of_group(2026, "South")).await, ["target.added"]);
    // another row may be named, and is left as it is
    targets
        .on(&targets.kari, &south, "copy", json!({"from": row, "percent": "-100"}))
        .await
        .expect(200);
    targets.on(&targets.kari, &south, "copy", json!({"from": row})).await.expect(200);
    assert_eq!(targets.cells(&south).await, raised);
    assert_eq!(targets.cells(&row).await, raised);
}

/// ST-7.
#[tokio::test]
async fn rows_keep_the_cells_they_were_added_with_st_7() {
    let targets = Targets::set_up().await;
    let months = targets.add(json!({"year": 2025, "level": "company"})).await;
    let path = "/v1/tenants/demo/set-target-period";
    let body = json!({"period": "quarter"});
    targets.world.post(&targets.kari, path, &body).await.expect_problem(403, "forbidden");
    targets.world.post(&targets.fixture.importer, path, &body).await.expect(200);
    let again = targets.world.post(&targets.fixture.importer, path, &body).await.expect(200);
    assert_eq!(again.json()["events"], json!([]));
    let quarters = targets.add(json!({"year": 2026, "level": "company"})).await;
    let twelve: Vec<String> = (1..=12).map(|n| format!("{n}.00")).collect();
    let problem =
        targets.on(&targets.kari, &quarters, "set-cells", json!({ "cells": twelve })).await;
    problem.expect_problem(422, "cells_count");
    targets.on(&targets.kari, &months, "set-cells", json!({ "cells": twelve })).await.expect(200);
    targets.on(&targets.kari, &quarters, "copy", json!({})).await.expect(200);
    assert_eq!(targets.cells(&quarters).await, ["6.00", "15.00", "24.00", "33.00"]);
}

/// ST-12: a tenant's base currency stays once a target has figures in it.
#[tokio::test]
async fn currencies_of_rows_and_of_the_tenant_st_12() {
    let targets = Targets::set_up().await;
    let row = targets.add(json!({"year": 2026, "level": "company", "currency": "NOK"})).await;
    targets
        .on(&targets.kari, &row, "set-initial-amount", json!({"amount": "600.60"}))
        .await
        .expect(200);
    let to = |currency| json!({ "currency": currency });
    let yen = targets.on(&targets.kari, &row, "set-currency", to(json!("JPY"))).await;
    let problem = yen.expect_problem(422, "too_many_places").json();
    assert_eq!(problem["errors"][0]["pointer"], "/currency");
    targets.on(&targets.kari, &row, "set-currency", to(json!(null))).await.expect(200);
    targets.on(&targets.kari, &row, "set-currency", to(json!("NOK"))).await.expect(200);

    let other = targets.world.token_of("other", "ola", &["importer"]);
    let company = json!({"year": 2026, "level": "company"});
    let id = place(2026, Assignee::Company).id();
    targets.world.post(&other, "/v1/targets", &company).await.expect(201);
    let base = |code| json!({ "base_currency": code });
    let path = "/v1/tenants/other/set-base-currency";
    targets.world.post(&other, path, &base("JPY")).await.expect(200);
    let initial = format!("/v1/targets/{id}/set-initial-amount");
    let cents = json!({"amount": "100.50"});
    targets.world.post(&other, &initial, &cents).await.expect_problem(422, "too_many_places");
    targets.world.post(&other, &initial, &json!({"amount": "100"})).await.expect(200);
    targets.world.post(&other, path, &base("EUR")).await.expect_problem(422, "amounts_exist");
}

/// ST-16, ST-17.
#[tokio::test]
async fn rows_are_cleared_removed_and_added_again_st_16_st_17() {
    let targets = Targets::set_up().await;
    let row = targets.add(json!({"year": 2026, "level": "group", "assignee": "North"})).await;
    targets
        .on(&targets.kari, &row, "set-initial-amount", json!({"amount": "12"}))
        .await
        .expect(200);
    targets.on(&targets.kari, &row, "clear", json!({})).await.expect(200);
    targets.on(&targets.kari, &row, "remove", json!({})).await.expect(200);
    let again = targets.on(&targets.kari, &row, "remove", json!({})).await.expect(200);
    assert_eq!(again.json()["events"], json!([]));
    targets.on(&targets.kari, &row, "clear", json!({})).await.expect_problem(422, "target_removed");
    let ola = of_user(2026, "ola");
    targets.on(&targets.kari, &ola, "clear", json!({})).await.expect(200);
    targets
        .on(&targets.kari, &ola, "remove", json!({}))
        .await
        .expect_problem(422, "user_row_stays");
    targets.add(json!({"year": 2026, "level": "group", "assignee": "North"})).await;
    targets.on(&targets.kari, &row, "lock", json!({})).await.expect(200);
    let expected = [
        "target.added",
        "target.cells-set",
        "target.cleared",
        "target.removed",
        "target.added",
        "target.locked",
    ];
    assert_eq!(targets.types(&row).await, expected);
}

/// ST-8: the limit of rows that come with a group.
#[tokio::test]
async fn five_hundred_members_come_with_their_group_and_no_more_st_8() {
    let targets = Targets::set_up().await;
    let line = |n: usize| {
        let body = json!({"id": format!("u{n}"), "name": "Somebody", "groups": ["West"]});
        json!({"command": "AddUser", "body": body}).to_string() + "\n"
    };
    let users = |range: std::ops::Range<usize>| range.map(line).collect::<String>();
    let bulk = |lines: String| {
        let ask = targets.world.command(reqwest::Method::POST, "/v1/commands");
        let ask = ask.bearer(&targets.fixture.importer);
        ask.header("content-type", "application/x-ndjson").body(lines).send()
    };
    assert_eq!(bulk(users(0..500)).await.expect(200).text.matches("\"status\":201").count(), 500);
    let west = |year| json!({"year": year, "level": "group", "assignee": "West"});
    let before = targets.world.head().await;
    targets.add(west(2026)).await;
    assert_eq!(targets.world.head().await, before + 501);
    bulk(users(500..501)).await.expect(200);
    let reply = targets.world.post(&targets.kari, "/v1/targets", &west(2027)).await;
    let problem = reply.expect_problem(422, "group_too_large").json();
    assert_eq!(problem["errors"][0]["pointer"], "/assignee");
}
