//! An activity given to somebody else: assigned, seen, accepted or handed back (SD-8, SD-10), through HTTP.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::path;

async fn shown(world: &World, id: &str) -> Value {
    let token = world.token("kari", "seller");
    world.get(&token, &format!("/v1/activities/{id}")).await.expect(200).json()
}

/// A meeting that Kari planned and handed to Per.
async fn handed_over(world: &World) -> String {
    let kari = world.token("kari", "seller");
    let body = json!({"kind": "meeting", "title": "Demo", "start": "2026-03-17T09:00:00Z"});
    let id = world.post(&kari, "/v1/activities", &body).await.expect(201).json()["id"].clone();
    let id = id.as_str().unwrap().to_owned();
    world.post(&kari, &path(&id, "assign"), &json!({"owner": "per"})).await.expect(200);
    id
}

/// SD-8, SD-10.
#[tokio::test]
async fn an_assignment_is_seen_and_accepted_by_its_owner_sd_8_sd_10() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    let id = handed_over(&world).await;
    let card = shown(&world, &id).await;
    assert_eq!(
        (&card["owner"], &card["assigned_by"], &card["assignment"], &card["status"]),
        (&json!("per"), &json!("kari"), &json!("assigned"), &json!("assigned"))
    );
    let (kari, per) = (world.token("kari", "seller"), world.token("per", "seller"));
    let refused = world.post(&kari, &path(&id, "see-assignment"), &json!({})).await;
    refused.expect_problem(403, "not_your_activity");
    let seen = world.post(&per, &path(&id, "see-assignment"), &json!({})).await.expect(200).json();
    assert_eq!(seen["events"], json!(["activity.assignment-seen"]));
    assert_eq!(shown(&world, &id).await["status"], "seen");
    world.post(&per, &path(&id, "accept-assignment"), &json!({})).await.expect(200);
    let card = shown(&world, &id).await;
    assert_eq!((&card["status"], &card["assignment"]), (&json!("not_started"), &Value::Null));
    let late = world.post(&per, &path(&id, "decline-assignment"), &json!({})).await;
    late.expect_problem(422, "not_assigned");
    world.post(&per, &path(&id, "complete"), &json!({})).await.expect(200);
    assert_eq!(shown(&world, &id).await["status"], "completed", "SD-10");
}

/// SD-8: it is in the diary of who assigned it again, marked as declined.
#[tokio::test]
async fn a_declined_assignment_returns_to_who_assigned_it_sd_8_sd_10() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    let id = handed_over(&world).await;
    let (kari, per) = (world.token("kari", "seller"), world.token("per", "seller"));
    let diary = async |token: &str| {
        let path = "/v1/diary?from=2026-03-01&to=2026-03-31&today=2026-03-10";
        let diary = world.get(token, path).await.expect(200).json();
        diary["activities"].as_array().unwrap().len()
    };
    assert_eq!((diary(&kari).await, diary(&per).await), (0, 1), "SD-8: the owner's diary gets it");
    world.post(&per, &path(&id, "decline-assignment"), &json!({})).await.expect(200);
    assert_eq!((diary(&kari).await, diary(&per).await), (1, 0));
    let card = shown(&world, &id).await;
    assert_eq!(
        (&card["owner"], &card["group"], &card["status"]),
        (&json!("kari"), &json!("North"), &json!("declined"))
    );
    let refused = world.post(&per, &path(&id, "decline-assignment"), &json!({})).await;
    refused.expect_problem(403, "not_your_activity");
}

/// SD-8: history that is brought in waits for nobody's answer.
#[tokio::test]
async fn what_is_imported_is_no_assignment_sd_8() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let body = json!({"kind": "call", "title": "Old call", "start": "2026-02-01T09:00:00Z", "owner": "kari"});
    let made = fixture.at(&world, "2026-02-01T08:00:00Z", "/v1/activities", body).await;
    let card = shown(&world, made["id"].as_str().unwrap()).await;
    assert_eq!((&card["owner"], &card["assignment"]), (&json!("kari"), &Value::Null));
}
