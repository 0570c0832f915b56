//! S20: static and dynamic selections side by side. S17: who is red in the diary and who in a selection (SF-10, SF-12).

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// When sales and activities of S17 were entered.
const ENTERED: &str = "2026-03-01T09:00:00Z";

/// The members of a selection: title, status and whether they are red.
async fn members(world: &World, fixture: &Fixture, id: &str, more: &str) -> Value {
    let path = format!("/v1/selections/{id}/members?sort=title{more}");
    let answer = world.get(&fixture.importer, &path).await.expect(200).json();
    let rows = answer["members"].as_array().unwrap().iter();
    rows.map(|row| json!([row["title"], row["status"], row["red"]])).collect()
}

async fn count(world: &World, fixture: &Fixture, id: &str) -> Value {
    let path = format!("/v1/selections/{id}");
    world.get(&fixture.importer, &path).await.expect(200).json()["member_count"].clone()
}

async fn created(world: &World, fixture: &Fixture, body: Value) -> String {
    let reply = world.post(&fixture.importer, "/v1/selections", &body).await.expect(201).json();
    reply["id"].as_str().unwrap().to_owned()
}

async fn sale(world: &World, fixture: &Fixture, title: &str, amount: &str) -> String {
    let more = json!({"amount": {"amount": amount, "currency": "EUR"}, "sale_date": "2026-06-01"});
    fixture.sale(world, ENTERED, title, more).await
}

#[tokio::test]
async fn s20_a_static_selection_keeps_its_members_and_a_dynamic_one_finds_them_anew_sf_10() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let first = sale(&world, &fixture, "First", "6000").await;
    let second = sale(&world, &fixture, "Second", "5000.01").await;
    sale(&world, &fixture, "Small", "5000").await;
    let criteria = json!({"any": [{"all": [
        {"field": "status", "operator": "one_of", "values": ["open"]},
        {"field": "amount", "operator": "gt", "values": ["5000"]},
    ]}]});
    let found = world
        .get(
            &fixture.importer,
            "/v1/sales?criteria=status one_of open and amount gt 5000&sort=title",
        )
        .await
        .expect(200)
        .json();
    let found: Vec<Value> =
        found["sales"].as_array().unwrap().iter().map(|sale| sale["id"].clone()).collect();
    assert_eq!(found, [json!(first), json!(second)]);
    let body = json!({"name": "Frozen", "kind": "static", "criteria": criteria, "members": found});
    let frozen = created(&world, &fixture, body).await;
    let body = json!({"name": "Living", "kind": "dynamic", "criteria": criteria});
    let living = created(&world, &fixture, body).await;
    let two = json!([["First", "open", false], ["Second", "open", false]]);
    for id in [&frozen, &living] {
        assert_eq!(members(&world, &fixture, id, "").await, two);
        assert_eq!(count(&world, &fixture, id).await, 2);
    }

    sale(&world, &fixture, "Third", "7000").await;
    assert_eq!(count(&world, &fixture, &living).await, 3, "dynamic 3");
    assert_eq!(count(&world, &fixture, &frozen).await, 2, "static 2");
    assert_eq!(members(&world, &fixture, &frozen, "").await, two);

    fixture.on(&world, &first, "mark-sold", json!({"reason": "price"})).await;
    let living_now = json!([["Second", "open", false], ["Third", "open", false]]);
    assert_eq!(members(&world, &fixture, &living, "").await, living_now, "dynamic 2");
    let frozen_now = json!([["First", "won", false], ["Second", "open", false]]);
    assert_eq!(members(&world, &fixture, &frozen, "").await, frozen_now, "static 2, shown sold");
    assert_eq!(count(&world, &fixture, &living).await, 2);
    assert_eq!(count(&world, &fixture, &frozen).await, 2);
}

async fn planned(world: &World, fixture: &Fixture, sale: &str, mut body: Value) {
    body["sale"] = json!(sale);
    body["title"] = json!("Follow-up");
    fixture.at(world, ENTERED, "/v1/activities", body).await;
}

/// Sales A to H of S17; answers their ids in this order.
async fn s17(world: &World, fixture: &Fixture) -> Vec<String> {
    let mut sales = Vec::new();
    for (title, date) in [
        ("A", "2026-03-20"),
        ("B", "2026-06-01"),
        ("C", "2026-06-01"),
        ("D", "2026-06-01"),
        ("E", "2026-06-01"),
        ("F", "2026-06-01"),
        ("G", "2026-06-01"),
        ("H", "2026-03-05"),
    ] {
        let more = json!({"sale_date": date, "owner": "ola"});
        sales.push(fixture.sale(world, ENTERED, title, more).await);
    }
    let meeting = json!({"kind": "meeting", "start": "2026-03-15T09:00:00Z"});
    planned(world, fixture, &sales[1], meeting).await;
    planned(world, fixture, &sales[2], json!({"kind": "to_do", "end": "2026-03-25"})).await;
    let call = json!({"kind": "call", "start": "2026-03-09T09:00:00Z"});
    planned(world, fixture, &sales[3], call).await;
    let terms = json!({"reopen_date": "2026-09-01", "reason": "budget-next-year"});
    fixture.at(world, ENTERED, &format!("/v1/sales/{}/stall", sales[4]), terms).await;
    for sale in &sales[5..7] {
        let sold = json!({"reason": "best-product", "close_date": "2026-03-05"});
        let path = format!("/v1/sales/{sale}/mark-sold");
        fixture.at(world, "2026-03-05T15:00:00Z", &path, sold).await;
    }
    let path = format!("/v1/sales/{}/complete", sales[6]);
    fixture.at(world, "2026-03-05T16:00:00Z", &path, json!({})).await;
    sales
}

#[tokio::test]
async fn s17_red_in_the_diary_and_red_in_a_selection_are_two_columns_sf_12() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sales = s17(&world, &fixture).await;
    let body = json!({"name": "All of S17", "kind": "static", "members": sales});
    let id = created(&world, &fixture, body).await;
    let diary = world
        .get(
            &fixture.importer,
            "/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&days_ahead=7&today=2026-03-10",
        )
        .await
        .expect(200)
        .json();
    let diary = diary["sales"].as_array().unwrap();
    let in_diary = |title: &str| {
        let row = diary.iter().find(|row| row["title"] == title);
        row.map_or(Value::Null, |row| row["red"].clone())
    };
    let path = format!("/v1/selections/{id}/members?sort=title&today=2026-03-10");
    let answer = world.get(&fixture.importer, &path).await.expect(200).json();
    let table: Vec<Value> = answer["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let title = row["title"].as_str().unwrap();
            json!([title, row["status"], in_diary(title), row["red"]])
        })
        .collect();
    let expected = [
        json!(["A", "open", false, false]),
        json!(["B", "open", false, false]),
        json!(["C", "open", null, false]),
        json!(["D", "open", true, true]),
        json!(["E", "stalled", false, false]),
        json!(["F", "won", false, false]),
        json!(["G", "won", null, false]),
        json!(["H", "open", false, true]),
    ];
    assert_eq!(table, expected);
    let earlier = members(&world, &fixture, &id, "&today=2026-03-05").await;
    assert_eq!(earlier[3], json!(["D", "open", false]), "its activity is not over yet");
    assert_eq!(earlier[7], json!(["H", "open", false]), "its date is today");
}
