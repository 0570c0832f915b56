//! S1 and S2: registering with a guide, stage changes and probability.

use serde_json::json;
use system_tests::{Fixture, World};

use super::{TODAY, card, fjord, pipeline};

#[tokio::test]
async fn s1_register_with_a_guide_so_1_so_2_so_36() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;

    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(seen["number"], "1001");
    assert_eq!(seen["owner"], "ola");
    assert_eq!(seen["status"], "open");
    assert_eq!(seen["stage"]["id"], json!(fixture.fm));
    assert_eq!(seen["probability"], 20);
    assert_eq!(seen["sale_date"], "2026-06-10");
    assert_eq!(seen["total_cost"]["amount"], "0.00");
    assert_eq!(seen["profit"]["amount"], "500000.00");
    assert_eq!(seen["profit_percent"], "100.00");

    let board = pipeline(&world, &fixture, "&group_by=stage").await;
    assert_eq!(board["columns"].as_array().unwrap().len(), 1, "{board}");
    let column = &board["columns"][0];
    assert_eq!(column["key"], json!(fixture.fm));
    assert_eq!(column["name"], "First meeting");
    assert_eq!(
        (&column["count"], &column["amount"], &column["weighted"]),
        (&json!(1), &json!("63385.00"), &json!("12677.00"))
    );
    assert_eq!(board["sales"][0]["weighted"], json!({"amount": "100000.00", "currency": "NOK"}));
    assert_eq!(
        board["totals"]["open"],
        json!({"count": 1, "amount": "63385.00", "weighted": "12677.00"})
    );
    assert_eq!(board["missing_rates"], json!([]));
}

/// SO-1, SO-3.
#[tokio::test]
async fn s1_an_empty_title_stores_nothing_and_a_simple_type_has_no_stage() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let head = world.head().await;
    let untitled = json!({"title": "", "sale_type": fixture.new});
    world
        .post(&fixture.importer, "/v1/sales", &untitled)
        .await
        .expect_problem(422, "title_required");
    assert_eq!(world.head().await, head);

    let simple = fixture.sale(&world, TODAY, "Simple", json!({"sale_type": fixture.simple})).await;
    let seen = card(&world, &fixture, &simple).await;
    assert_eq!(
        (&seen["stage"], &seen["status"], &seen["sale_date"]),
        (&json!(null), &json!("open"), &json!("2026-03-10"))
    );
    assert_eq!(seen["probability"], 0, "until somebody says otherwise");
    let path = format!("/v1/sales/{simple}/advance-stage");
    let nowhere = world.post(&fixture.importer, &path, &json!({"stage": fixture.fm})).await;
    nowhere.expect_problem(422, "stage_not_in_sale_type");
    fixture.on(&world, &simple, "override-probability", json!({"probability": 40})).await;
    fixture.on(&world, &simple, "mark-sold", json!({"reason": "price"})).await;
    assert_eq!(card(&world, &fixture, &simple).await["status"], "won", "sold and lost are left");
}

/// SO-4: a sale is linked to a company, a contact and a project, to any of them, or to nothing.
#[tokio::test]
async fn each_link_is_independent_and_may_be_empty_so_4() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, TODAY, "Unlinked", json!({})).await;
    let links = ["company", "contact", "project"];
    let seen = async || {
        let card = card(&world, &fixture, &sale).await;
        links.map(|link| card[link]["name"].as_str().map(str::to_owned))
    };
    assert_eq!(seen().await, [None, None, None], "an unlinked sale is legal");
    let party = |n: u128, name: &str| json!({"id": uuid::Uuid::from_u128(n), "name": name});
    fixture.on(&world, &sale, "edit", json!({"project": party(3, "Harbour")})).await;
    assert_eq!(seen().await, [None, None, Some("Harbour".into())]);
    fixture.on(&world, &sale, "edit", json!({"contact": party(2, "Eva Berg")})).await;
    fixture.on(&world, &sale, "edit", json!({"company": party(1, "Fjord AS")})).await;
    let all = ["Fjord AS", "Eva Berg", "Harbour"].map(|name| Some(name.to_owned()));
    assert_eq!(seen().await, all);
    fixture.on(&world, &sale, "edit", json!({"company": null})).await;
    assert_eq!(seen().await, [None, all[1].clone(), all[2].clone()]);
}

#[tokio::test]
async fn s2_stage_changes_and_probability_so_6_so_7_so_8() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    let weighted = async |expected_nok: &str, expected_eur: &str| {
        let board = pipeline(&world, &fixture, "").await;
        assert_eq!(board["sales"][0]["weighted"]["amount"], expected_nok, "{board}");
        assert_eq!(board["totals"]["open"]["weighted"], expected_eur, "{board}");
    };
    let advance = |stage| json!({"stage": stage});

    fixture.on(&world, &sale, "advance-stage", advance(fixture.qt)).await;
    weighted("250000.00", "31692.50").await;
    fixture.on(&world, &sale, "override-probability", json!({"probability": 65})).await;
    weighted("325000.00", "41200.25").await;
    fixture.on(&world, &sale, "advance-stage", advance(fixture.sc)).await;
    weighted("400000.00", "50708.00").await;
    fixture.on(&world, &sale, "advance-stage", advance(fixture.fm)).await;
    assert_eq!(card(&world, &fixture, &sale).await["probability"], 20);

    let foreign = fixture
        .at(&world, TODAY, "/v1/stages", json!({"name": "Elsewhere", "probability": 10}))
        .await;
    let path = format!("/v1/sales/{sale}/advance-stage");
    let head = world.head().await;
    let reply = world.post(&fixture.importer, &path, &json!({"stage": foreign["id"]})).await;
    reply.expect_problem(422, "stage_not_in_sale_type");
    assert_eq!(world.head().await, head);
}
