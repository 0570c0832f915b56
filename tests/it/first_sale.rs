//! The thinnest journey: a sale is registered and seen.

use serde_json::json;
use system_tests::{Fixture, World};

#[tokio::test]
async fn a_registered_sale_is_answered_and_stored() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let reply = world
        .post(
            &fixture.importer,
            "/v1/sales",
            &json!({"title": "Fjord ERP", "sale_type": fixture.new,
            "amount": {"amount": "500000", "currency": "NOK"}}),
        )
        .await
        .expect(201);
    let answer = reply.json();
    assert_eq!(answer["number"], "1001");
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["events"], json!(["sale.registered"]));
    assert_eq!(reply.header("etag"), Some("\"1\""));
    let position = answer["position"].as_i64().unwrap();
    assert_eq!(reply.header("salgslogg-position"), Some(format!("1:{position}").as_str()));
    assert_eq!(world.head().await, position);
}
