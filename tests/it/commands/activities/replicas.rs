//! A change on one replica is seen by the next decision on the other (design §2, Command handling).

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::{meeting, path};

#[tokio::test]
async fn a_sale_registered_on_one_replica_can_be_followed_up_on_the_other_sd_2() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = Uuid::from_u128(0x77);
    let call = json!({"kind": "call", "title": "Ring Per", "sale": sale});
    let token = &fixture.importer;
    other.post(token, "/v1/activities", &call).await.expect_problem(422, "unknown_sale");
    let id = meeting(&world, &fixture, json!({})).await;
    let link = json!({ "sale": sale });
    let refused = other.post(token, &path(&id, "edit"), &link).await;
    refused.expect_problem(422, "unknown_sale");
    let body = json!({"id": sale, "title": "Fjord ERP", "sale_type": fixture.new});
    world.post(token, "/v1/sales", &body).await.expect(201);
    // the other replica has just seen "no such sale"; a refusal on that memory would be a lie
    other.post(token, "/v1/activities", &call).await.expect(201);
    other.post(token, &path(&id, "edit"), &link).await.expect(200);
}

#[tokio::test]
async fn done_on_one_replica_is_done_on_the_other_sd_9() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(&world, &fixture, json!({})).await;
    let token = &fixture.importer;
    let rename = |title: &str| json!({ "title": title });
    let events = |reply: Value| reply["events"].clone();
    other.post(token, &path(&id, "edit"), &rename("Demo 2")).await.expect(200);
    world.post(token, &path(&id, "complete"), &json!({})).await.expect(200);
    let refused = other.post(token, &path(&id, "edit"), &rename("Demo 3")).await;
    refused.expect_problem(422, "activity_completed");
    let again = other.post(token, &path(&id, "complete"), &json!({})).await.expect(200).json();
    assert_eq!(events(again), json!([]), "twice is once, wherever it is said");
    world.post(token, &path(&id, "reopen"), &json!({})).await.expect(200);
    let edited = other.post(token, &path(&id, "edit"), &rename("Demo 3")).await.expect(200).json();
    assert_eq!(events(edited), json!(["activity.edited"]));
}

#[tokio::test]
async fn an_owner_moved_to_another_group_on_one_replica_is_written_down_with_it_on_the_other_sd_8()
{
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(&world, &fixture, json!({})).await;
    let (token, assign) = (&fixture.importer, json!({"owner": "nina"}));
    let refused = other.post(token, &path(&id, "assign"), &assign).await;
    refused.expect_problem(422, "unknown_owner");
    let nina = json!({"id": "nina", "name": "Nina", "groups": ["South"]});
    world.post(token, "/v1/users", &nina).await.expect(201);
    let before = world.head().await;
    other.post(token, &path(&id, "assign"), &assign).await.expect(200);
    let stored = super::stored_after(&world, before).await;
    assert_eq!(stored[0].1, json!({"owner": "nina", "owner_group": "South"}));
}
