//! S16: targets, what was won of them, and their revisions; the won sale of S12 is entered by hand.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{TODAY, fjord};

/// The target of a level and assignee in 2026.
async fn target(world: &World, token: &str, level: &str, assignee: &str) -> Value {
    let list = world.get(token, "/v1/targets?year=2026").await.expect(200).json();
    let rows = list["targets"].as_array().unwrap();
    let found = rows.iter().find(|row| row["level"] == level && row["assignee"] == assignee);
    found.unwrap_or_else(|| panic!("{level} {assignee}: {list}")).clone()
}

/// Target, actual and attainment of a period.
fn cell(target: &Value, month: usize) -> [String; 3] {
    ["target", "actual", "attainment"]
        .map(|name| target["cells"][month][name].as_str().unwrap_or("-").to_owned())
}

/// The won sales of S8 and S12; answers the id of the first.
async fn won_sales(world: &World, fixture: &Fixture) -> String {
    // S8: won at 480 000 NOK
    let sale = fjord(world, fixture).await;
    fixture
        .at(world, TODAY, &format!("/v1/sales/{sale}/advance-stage"), json!({"stage": fixture.sc}))
        .await;
    let sold = json!({"reason": "best-product", "close_date": "2026-03-09",
        "amount": {"amount": "480000", "currency": "NOK"}});
    fixture.at(world, TODAY, &format!("/v1/sales/{sale}/mark-sold"), sold).await;
    // S12, by hand
    let amount = json!({"amount": {"amount": "18721", "currency": "EUR"}});
    let second = fixture.sale(world, TODAY, "Nordlys", amount).await;
    let sold = json!({"reason": "best-product", "close_date": "2026-03-10"});
    fixture.at(world, TODAY, &format!("/v1/sales/{second}/mark-sold"), sold).await;
    sale
}

#[tokio::test]
async fn s16_targets_actuals_locks_and_revisions_st_8_st_10_st_14_st_15_st_18_st_20() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let ola = world.token_in("demo", "ola", &["seller"], &["North"]);
    let kari = world.token_in("demo", "kari", &["manager"], &["North"]);
    let sale = won_sales(&world, &fixture).await;
    let body = json!({"year": 2026, "level": "group", "assignee": "North"});
    let north = world.post(&kari, "/v1/targets", &body).await.expect(201).json()["id"].clone();
    let north = north.as_str().unwrap().to_owned();
    let on = async |token: &str, id: &str, command: &str, body: Value| {
        world.post(token, &format!("/v1/targets/{id}/{command}"), &body).await
    };
    let cells = json!({"cells": vec!["150000"; 12]});
    on(&kari, &north, "set-cells", cells).await.expect(200);
    let row = target(&world, &kari, "user", "ola").await["id"].as_str().unwrap().to_owned();
    let amount = json!({"amount": "1000000"});
    on(&ola, &row, "set-initial-amount", amount).await.expect(200);
    on(&kari, &row, "lock", json!({})).await.expect(200);
    let cells = json!({"cells": vec!["1"; 12]});
    on(&ola, &row, "set-cells", cells).await.expect_problem(422, "row_locked");

    let of_ola = target(&world, &ola, "user", "ola").await;
    assert_eq!(of_ola["locked"], true);
    assert_eq!(cell(&of_ola, 2), ["83333.33", "79570.60", "95.48"]);
    assert_eq!(
        (cell(&of_ola, 10)[0].as_str(), cell(&of_ola, 11)[0].as_str()),
        ("83333.33", "83333.37")
    );
    let of_north = target(&world, &ola, "group", "North").await;
    assert_eq!(cell(&of_north, 2), ["150000.00", "79570.60", "53.05"], "independent of its users");
    let all = target(&world, &ola, "all", "North").await;
    assert_eq!(all["cells"][2]["target"], "83333.33", "Kari has none yet");

    // from the figure to its sales, and on to their events
    let list = of_ola["cells"][2]["drill"].as_str().unwrap();
    let sales = world.get(&ola, list).await.expect(200).json()["sales"].as_array().unwrap().clone();
    let worth: Vec<&Value> = sales.iter().map(|sale| &sale["converted"]["amount"]).collect();
    assert_eq!(worth, [&json!("60849.60"), &json!("18721.00")]);
    let history = format!("/v1/sales/{}/history", sales[0]["id"].as_str().unwrap());
    let events = world.get(&ola, &history).await.expect(200).json();
    assert!(events["events"].as_array().unwrap().iter().any(|event| event["type"] == "sale.won"));

    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/reopen"), json!({})).await;
    let of_ola = target(&world, &ola, "user", "ola").await;
    assert_eq!(cell(&of_ola, 2), ["83333.33", "18721.00", "22.47"]);

    // last year is empty
    let copy = json!({"percent": "10"});
    on(&kari, &north, "copy", copy).await.expect_problem(422, "nothing_to_copy");

    revisions(&world, &ola, &row).await;
}

/// ST-18.
async fn revisions(world: &World, ola: &str, row: &str) {
    let history = world.get(ola, &format!("/v1/targets/{row}/history")).await.expect(200).json();
    let told: Vec<(&str, &str)> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["type"].as_str().unwrap(), event["actor"].as_str().unwrap()))
        .collect();
    let expected =
        [("target.added", "kari"), ("target.cells-set", "ola"), ("target.locked", "kari")];
    assert_eq!(told, expected);
    let changes = history["events"][1]["changes"].as_array().unwrap();
    let cells = changes.iter().find(|change| change["field"] == "cells").unwrap();
    assert_eq!((&cells["from"][0], &cells["to"][0]), (&json!("0"), &json!("83333.33")));
    assert!(changes.iter().any(|change| change["to"] == "initial_amount"));
    assert!(history["events"][2]["recorded_at"].is_string());
}
