//! Whose activity it is decides who may change it (role table of design §4), and a tenant ends at its edge.

use serde_json::json;
use system_tests::{Fixture, World};

use super::{meeting, path, stored_after};
use crate::examples;

#[tokio::test]
async fn a_seller_changes_own_activities_and_a_manager_everybodys() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let examples = examples::all(&world, &fixture).await;
    let (kari, mia) = (world.token("kari", "seller"), world.token("mia", "manager"));
    let on_activities =
        examples.iter().filter(|e| e.path.starts_with("/v1/activities/") && !e.route.creates());
    let mut tried = 0;
    for example in on_activities {
        // they are ola's
        let before = world.stored().await;
        let refused = world.post(&kari, &example.path, &example.body).await;
        refused.expect_problem(403, "not_your_activity");
        assert_eq!(world.stored().await, before);
        world.post(&mia, &example.path, &example.body).await.expect(200);
        tried += 1;
    }
    assert_eq!(tried, 10);
}

#[tokio::test]
async fn a_seller_plans_for_nobody_else_but_hands_over_what_is_theirs_sd_8() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let [kari, per] = ["kari", "per"].map(|user| world.token(user, "seller"));
    let theirs = json!({"kind": "call", "title": "Ring Per", "owner": "per"});
    world.post(&kari, "/v1/activities", &theirs).await.expect_problem(403, "not_your_activity");
    let own = json!({"kind": "call", "title": "Ring Per"});
    let id = world.post(&kari, "/v1/activities", &own).await.expect(201).json()["id"].clone();
    let at = |command: &str| path(id.as_str().unwrap(), command);
    world.post(&kari, &at("assign"), &json!({"owner": "per"})).await.expect(200);
    for (command, body) in
        [("edit", json!({"title": "Still mine"})), ("assign", json!({"owner": "kari"}))]
    {
        let refused = world.post(&kari, &at(command), &body).await;
        refused.expect_problem(403, "not_your_activity");
    }
    world.post(&per, &at("complete"), &json!({})).await.expect(200);
    world.post(&fixture.importer, &at("reopen"), &json!({})).await.expect(200);
    world.post(&per, &at("delete"), &json!({})).await.expect(200);
    let refused = world.post(&kari, &at("delete"), &json!({})).await;
    refused.expect_problem(403, "not_your_activity");
}

#[tokio::test]
async fn whoever_owns_something_for_the_first_time_is_added_in_the_same_group() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let before = world.head().await;
    let nina = world.token("nina", "seller");
    let own = json!({"kind": "to_do", "title": "Read the guide"});
    world.post(&nina, "/v1/activities", &own).await.expect(201);
    let id = meeting(&world, &fixture, json!({})).await;
    let mia = world.token("mia", "manager");
    let nobody = world.post(&mia, &path(&id, "assign"), &json!({"owner": "nobody"})).await;
    nobody.expect_problem(422, "unknown_owner");
    world.post(&mia, &path(&id, "assign"), &json!({"owner": "mia"})).await.expect(200);
    let stored = stored_after(&world, before).await;
    let types: Vec<&str> = stored.iter().map(|(kind, _)| kind.as_str()).collect();
    let expected =
        ["activity.planned", "user.added", "activity.planned", "activity.assigned", "user.added"];
    assert_eq!(types, expected);
    assert_eq!(
        (&stored[0].1["owner"], &stored[0].1["owner_group"]),
        (&json!("nina"), &json!("north"))
    );
    assert_eq!(stored[3].1, json!({"owner": "mia", "owner_group": "north"}));
}

#[tokio::test]
async fn an_activity_and_its_sale_belong_to_one_tenant() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let other = Fixture::set_up_in(&world, "other").await;
    let foreign = other.sale(&world, "2026-03-01T08:00:00Z", "Foreign", json!({})).await;
    let id = meeting(&world, &fixture, json!({})).await;
    let before = world.stored().await;
    let about = json!({"kind": "call", "title": "Ring Per", "sale": foreign});
    let refused = world.post(&fixture.importer, "/v1/activities", &about).await;
    let problem = refused.expect_problem(422, "unknown_sale").json();
    assert_eq!(problem["errors"][0]["pointer"], "/sale");
    for (command, body) in [("complete", json!({})), ("edit", json!({"title": "Mine now"}))] {
        let refused = world.post(&other.importer, &path(&id, command), &body).await;
        refused.expect_problem(404, "not_found");
    }
    assert_eq!(world.stored().await, before);
    // the same id in the other tenant is another activity
    let own = json!({"id": id, "kind": "call", "title": "Ring Per", "sale": foreign});
    world.post(&other.importer, "/v1/activities", &own).await.expect(201);
}
