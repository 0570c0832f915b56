//! A token opens one tenant: equal ids in two tenants are two things, and a guessed id leads nowhere.

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

#[tokio::test]
async fn equal_ids_keys_names_and_numbers_in_two_tenants_never_meet() {
    let world = World::start().await;
    let id = Uuid::from_u128(0x77);
    let mut answers = Vec::new();
    for tenant in ["demo", "other"] {
        let fixture = Fixture::set_up_in(&world, tenant).await;
        let body = json!({"id": id, "title": tenant, "sale_type": fixture.new, "owner": "kari"});
        let ask = world.command(reqwest::Method::POST, "/v1/sales").bearer(&fixture.importer);
        let ask = ask.header("idempotency-key", "same").json(&body);
        answers.push(ask.send().await.expect(201).json());
    }
    for answer in &answers {
        assert_eq!((&answer["number"], &answer["version"]), (&json!("1001"), &json!(1)));
    }
    assert_ne!(answers[0]["position"], answers[1]["position"]);
    for (tenant, owner) in [("demo", "per"), ("other", "ola")] {
        let token = world.token_of(tenant, "mia", &["manager"]);
        let path = format!("/v1/sales/{id}/change-owner");
        let answer = world.post(&token, &path, &json!({ "owner": owner })).await.expect(200).json();
        assert_eq!(answer["version"], 2, "the other tenant's change is not mine");
    }
    let events = world.store().read_after(0, 1_000).await.unwrap();
    let owners: Vec<(String, Value)> = events
        .iter()
        .filter(|event| event.event_type == "sale.owner-changed")
        .map(|event| {
            let fact: Value = serde_json::from_slice(&event.payload).unwrap();
            (event.tenant.to_string(), fact["to"].clone())
        })
        .collect();
    assert_eq!(owners, [("demo".into(), json!("per")), ("other".into(), json!("ola"))]);
}

#[tokio::test]
async fn each_tenant_sees_its_own_previous_event_in_the_log() {
    let world = World::start().await;
    for tenant in ["demo", "other"] {
        Fixture::set_up_in(&world, tenant).await;
    }
    let tokens = ["demo", "other"].map(|tenant| world.token_of(tenant, "ola", &["admin"]));
    for n in 0..6 {
        let body = json!({"name": format!("Type {n}")});
        world.post(&tokens[n % 2], "/v1/sale-types", &body).await.expect(201);
    }
    let events = world.store().read_after(0, 1_000).await.unwrap();
    for tenant in ["demo", "other"] {
        let mut last = 0;
        for event in events.iter().filter(|event| event.tenant.as_str() == tenant) {
            assert_eq!(event.previous, last, "{tenant} at {}", event.position);
            last = event.position;
        }
        assert!(last > 0);
    }
}

#[tokio::test]
async fn settings_of_another_tenant_cannot_be_reached_by_its_name() {
    let world = World::start().await;
    Fixture::set_up_in(&world, "demo").await;
    let token = world.token_of("other", "ola", &["admin"]);
    let before = world.stored().await;
    for (command, body) in [
        ("set-time-zone", json!({"time_zone": "Europe/Oslo"})),
        ("set-base-currency", json!({"base_currency": "NOK"})),
    ] {
        for tenant in ["demo", "nobody", "DEMO", "*"] {
            let path = format!("/v1/tenants/{tenant}/{command}");
            world.post(&token, &path, &body).await.expect_problem(404, "not_found");
        }
    }
    assert_eq!(world.stored().await, before);
}
