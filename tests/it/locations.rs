//! The `Location` of a creation is a path of the query side, and leads to what was created.

use reqwest::Method;
use serde_json::json;
use system_tests::{Fixture, World};
use uuid::Uuid;

#[tokio::test]
async fn every_location_leads_to_what_was_created() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    for (path, body) in [
        ("/v1/sales", json!({"title": "Fjord ERP", "sale_type": fixture.new})),
        ("/v1/activities", json!({"kind": "call", "title": "Ring Per"})),
        ("/v1/stages", json!({"name": "Demo held", "probability": 30})),
        ("/v1/sale-types", json!({"name": "Renewal"})),
        ("/v1/users", json!({"id": "auth0|kåre/1", "name": "Kåre"})),
        ("/v1/companies", json!({"name": "Fjord AS"})),
        ("/v1/contacts", json!({"name": "Kari Vik"})),
    ] {
        let reply = world.post(&fixture.importer, path, &body).await.expect(201);
        let location = reply.header("location").unwrap().to_owned();
        let found = world.get(&fixture.importer, &location).await.expect(200).json();
        assert_eq!(found["id"], reply.json()["id"], "{location}");
    }
    let nothing = Uuid::nil();
    for path in [
        format!("/v1/stages/{nothing}"),
        format!("/v1/sale-types/{nothing}"),
        "/v1/users/nobody".to_owned(),
    ] {
        world.get(&fixture.importer, &path).await.expect_problem(404, "not_found");
    }
    for path in ["/v1/stages/nothing", "/v1/sale-types/nothing"] {
        world.get(&fixture.importer, path).await.expect_problem(400, "malformed_id");
    }
    world.command(Method::GET, "/v1/sales").send().await.expect(405);
}
