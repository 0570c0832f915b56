//! What an accepted command answers: status, headers, body.

use serde_json::{Value, json};
use system_tests::{Fixture, Reply, World};
use uuid::Uuid;

/// The three headers and the body of an answer agree.
#[track_caller]
fn consistent(reply: &Reply) -> Value {
    let answer = reply.json();
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("etag"), Some(format!("\"{}\"", answer["version"]).as_str()));
    let position = answer["position"].as_i64().map(|position| format!("1:{position}"));
    assert_eq!(reply.header("salgslogg-position"), position.as_deref());
    answer
}

#[tokio::test]
async fn a_creation_says_where_it_is_and_how_far_the_log_was() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0abc);
    for (path, body, collection, event) in [
        (
            "/v1/sales",
            json!({"id": id, "title": "Fjord ERP", "sale_type": fixture.new}),
            "sales",
            "sale.registered",
        ),
        (
            "/v1/stages",
            json!({"id": id, "name": "Won over", "probability": 90}),
            "stages",
            "stage.added",
        ),
        ("/v1/sale-types", json!({"id": id, "name": "Add-on"}), "sale-types", "sale-type.defined"),
        (
            "/v1/activities",
            json!({"id": id, "kind": "call", "title": "Ring Per"}),
            "activities",
            "activity.planned",
        ),
        ("/v1/users", json!({"id": "nina", "name": "Nina"}), "users", "user.added"),
    ] {
        let reply = world.post(&fixture.importer, path, &body).await.expect(201);
        let answer = consistent(&reply);
        assert_eq!(answer["id"], body["id"]);
        assert_eq!(answer["version"], 1);
        assert_eq!(answer["events"], json!([event]));
        let location = format!("/v1/{collection}/{}", body["id"].as_str().unwrap());
        assert_eq!(reply.header("location"), Some(location.as_str()));
    }
}

#[tokio::test]
async fn a_repeated_creation_without_a_key_is_already_there() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    for (path, body) in [
        (
            "/v1/sales",
            json!({"id": Uuid::from_u128(77), "title": "Fjord", "sale_type": fixture.new}),
        ),
        ("/v1/activities", json!({"id": Uuid::from_u128(77), "kind": "call", "title": "Ring Per"})),
        ("/v1/stages", json!({"id": Uuid::from_u128(77), "name": "Pilot", "probability": 1})),
        ("/v1/sale-types", json!({"id": Uuid::from_u128(77), "name": "Add-on"})),
        ("/v1/users", json!({"id": "nina", "name": "Nina"})),
    ] {
        world.post(&fixture.importer, path, &body).await.expect(201);
        let before = world.stored().await;
        let again = world.post(&fixture.importer, path, &body).await;
        again.expect_problem(409, "already_exists");
        assert_eq!(world.stored().await, before, "{path}");
    }
}

#[tokio::test]
async fn every_other_command_answers_200_without_a_location_also_the_first_on_its_object() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    for (path, body, events) in [
        (
            format!("/v1/sales/{sale}/advance-stage"),
            json!({"stage": fixture.qt}),
            json!(["sale.stage-advanced"]),
        ),
        (
            "/v1/currencies/SEK/set-rate".to_owned(),
            json!({"rate": "0.09", "unit": 1}),
            json!(["currency.rate-set"]),
        ),
        (
            "/v1/tenants/demo/set-time-zone".to_owned(),
            json!({"time_zone": "Europe/Oslo"}),
            json!(["tenant.time-zone-changed"]),
        ),
    ] {
        let reply = world.post(&fixture.importer, &path, &body).await.expect(200);
        assert_eq!(consistent(&reply)["events"], events);
        assert_eq!(reply.header("location"), None, "{path}");
    }
}

#[tokio::test]
async fn a_command_that_says_what_already_is_answers_200_with_no_events() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let before = world.stored().await;
    for (command, body) in [
        ("advance-stage", json!({"stage": fixture.fm})),
        ("edit", json!({"title": "Fjord ERP"})),
        ("edit", json!({})),
        ("change-owner", json!({"owner": "ola"})),
        ("override-probability", json!({"probability": 20})),
        ("change-amount", json!({"amount": {"amount": "0", "currency": "EUR"}})),
    ] {
        let path = format!("/v1/sales/{sale}/{command}");
        let reply = world.post(&fixture.importer, &path, &body).await.expect(200);
        let answer = consistent(&reply);
        assert_eq!(answer["events"], json!([]), "{command}");
        assert_eq!((&answer["version"], &answer["position"]), (&json!(1), &Value::Null));
        assert_eq!(answer["number"], "1001");
    }
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn several_changed_fields_are_several_events_of_one_command_so_5() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let head = world.head().await;
    let body = json!({"title": "Fjord ERP 2", "sale_date": "2026-05-01", "source": "fair"});
    let answer = fixture.on(&world, &sale, "edit", body).await;
    assert_eq!(
        answer["events"],
        json!(["sale.title-changed", "sale.date-changed", "sale.source-set"])
    );
    assert_eq!((&answer["version"], &answer["position"]), (&json!(4), &json!(head + 3)));
}

#[tokio::test]
async fn a_location_is_an_address_whatever_the_id_holds() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let body = json!({"id": "auth0|kåre å/b?c", "name": "Kåre"});
    let reply = world.post(&fixture.importer, "/v1/users", &body).await.expect(201);
    assert_eq!(reply.header("location"), Some("/v1/users/auth0%7Ck%C3%A5re%20%C3%A5%2Fb%3Fc"));
}
