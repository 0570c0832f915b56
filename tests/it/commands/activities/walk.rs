//! One activity from its plan to its end.

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::{meeting, path, stored_after};

#[tokio::test]
async fn an_activity_goes_from_plan_to_end_one_fact_a_command() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let before = world.head().await;
    let id = meeting(&world, &fixture, json!({"alarm_minutes": 10})).await;
    let steps = [
        ("reschedule", json!({"start": "2026-03-18T13:00:00+01:00"}), "activity.rescheduled"),
        ("edit", json!({"sale": sale, "alarm_minutes": null}), "activity.edited"),
        ("assign", json!({"owner": "per"}), "activity.assigned"),
        ("complete", json!({}), "activity.completed"),
        ("reopen", json!({}), "activity.reopened"),
        ("delete", json!({}), "activity.deleted"),
    ];
    for ((command, body, event), version) in steps.iter().zip(2..) {
        let reply = world.post(&fixture.importer, &path(&id, command), body).await.expect(200);
        assert_eq!(reply.header("etag"), Some(format!("\"{version}\"").as_str()));
        let answer = reply.json();
        assert_eq!((&answer["events"], &answer["id"]), (&json!([event]), &json!(id)));
        assert_eq!(answer.get("number"), None, "only sales are numbered");
        if ["complete", "reopen", "delete"].contains(command) {
            let again = world.post(&fixture.importer, &path(&id, command), body).await;
            let again = again.expect(200).json();
            assert_eq!((&again["events"], &again["version"]), (&json!([]), &json!(version)));
        }
    }
    let stored = stored_after(&world, before).await;
    let expected = json!({"kind": "meeting", "owner": "ola", "owner_group": "North",
        "slot": {"starts_at": "2026-03-17T09:00:00Z", "ends_at": "2026-03-17T10:00:00Z"},
        "title": "Demo", "description": null, "sale": null, "alarm_minutes": 10,
        "parties": {"company": null, "contact": null, "project": null}});
    assert_eq!(stored[0], ("activity.planned".to_owned(), expected));
    let slot = json!({"starts_at": "2026-03-18T12:00:00Z", "ends_at": "2026-03-18T13:00:00Z"});
    assert_eq!(stored[1].1, json!({ "slot": slot }));
    assert_eq!((&stored[2].1["sale"], &stored[2].1["alarm_minutes"]), (&json!(sale), &Value::Null));
    assert_eq!(stored[3].1, json!({"owner": "per", "owner_group": "South"}));
    assert_eq!(stored[4].1, json!({"completed_on": "2026-03-10"}));
    assert_eq!(stored.len(), 7);
}

#[tokio::test]
async fn completed_is_read_only_and_deleted_is_over_sd_9() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(&world, &fixture, json!({})).await;
    let changes = [
        ("reschedule", json!({"end": "2026-03-17T12:00:00Z"})),
        ("edit", json!({"title": "Other"})),
        ("assign", json!({"owner": "per"})),
    ];
    let token = &fixture.importer;
    world.post(token, &path(&id, "complete"), &json!({})).await.expect(200);
    for (command, body) in &changes {
        let refused = world.post(token, &path(&id, command), body).await;
        refused.expect_problem(422, "activity_completed");
    }
    world.post(token, &path(&id, "delete"), &json!({})).await.expect(200);
    let before = world.stored().await;
    let steps = [("complete", json!({})), ("reopen", json!({}))];
    for (command, body) in changes.iter().chain(&steps) {
        let refused = world.post(token, &path(&id, command), body).await;
        refused.expect_problem(422, "activity_deleted");
    }
    let again = json!({"id": id, "kind": "call", "title": "Again"});
    world.post(token, "/v1/activities", &again).await.expect_problem(409, "already_exists");
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn what_already_is_said_again_is_no_event() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(
        &world,
        &fixture,
        json!({"company": {"id": Uuid::from_u128(7), "name": "Fjord AS"}}),
    )
    .await;
    let before = world.stored().await;
    for (command, body) in [
        ("reschedule", json!({})),
        ("reschedule", json!({"start": "2026-03-17T10:00:00+01:00", "all_day": false})),
        ("edit", json!({})),
        ("edit", json!({"title": " Demo ", "sale": null, "description": null})),
        ("edit", json!({"company": {"name": "Fjord AS", "id": Uuid::from_u128(7)}})),
        ("assign", json!({"owner": "ola"})),
        ("reopen", json!({})),
    ] {
        let reply = world.post(&fixture.importer, &path(&id, command), &body).await.expect(200);
        assert_eq!(reply.json()["events"], json!([]), "{command} {body}");
    }
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn a_plan_under_a_key_is_made_once_and_answered_twice() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let send = |title: &str| {
        let ask = world.command(Method::POST, "/v1/activities").bearer(&fixture.importer);
        let body = json!({"kind": "call", "title": title});
        ask.header("idempotency-key", "plan-1").json(&body).send()
    };
    let first = send("Ring Per").await.expect(201);
    let before = world.stored().await;
    // a call starts now, and now is another time: the first answer holds all the same
    world.set_clock("2026-03-10T11:00:00Z");
    let again = send("Ring Per").await.expect(201);
    assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
    send("Ring Kari").await.expect_problem(422, "key_reused");
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn a_change_on_a_version_that_is_past_is_refused() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(&world, &fixture, json!({})).await;
    let send = |command: &'static str, version: &'static str, body: Value| {
        let ask = world.command(Method::POST, &path(&id, command)).bearer(&fixture.importer);
        ask.header("if-match", version).json(&body).send()
    };
    send("edit", "\"1\"", json!({"title": "Demo 2"})).await.expect(200);
    for (command, body) in [("edit", json!({"title": "Demo 3"})), ("complete", json!({}))] {
        let refused = send(command, "\"1\"", body).await;
        assert_eq!(refused.expect_problem(412, "precondition_failed").json()["version"], 2);
    }
    send("complete", "\"2\"", json!({})).await.expect(200);
}
