//! Defaults that depend on the clock, the tenant's zone and the effective time (SD-3, §6-A36).

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{meeting, path, stored_after};

/// The slot of a plan.
async fn slot(world: &World, token: &str, body: Value) -> Value {
    let before = world.head().await;
    world.post(token, "/v1/activities", &body).await.expect(201);
    stored_after(world, before).await[0].1["slot"].clone()
}

#[tokio::test]
async fn what_is_left_out_is_resolved_in_the_tenants_zone_sd_3() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let zone = json!({"time_zone": "Europe/Oslo"});
    world.post(&fixture.importer, "/v1/tenants/demo/set-time-zone", &zone).await.expect(200);
    world.set_clock("2026-03-10T23:30:00.123456Z");
    let token = &fixture.importer;
    let to_do = json!({"kind": "to_do", "title": "Send the offer"});
    let tomorrow = json!({"from_day": "2026-03-11", "to_day": "2026-03-11"});
    assert_eq!(slot(&world, token, to_do).await, tomorrow);
    let call = json!({"kind": "call", "title": "Ring Per"});
    let now = json!({"starts_at": "2026-03-10T23:30:00Z", "ends_at": "2026-03-10T23:45:00Z"});
    assert_eq!(slot(&world, token, call).await, now);
    let id = meeting(&world, &fixture, json!({})).await;
    let before = world.head().await;
    world.post(token, &path(&id, "complete"), &json!({})).await.expect(200);
    assert_eq!(stored_after(&world, before).await[0].1, json!({"completed_on": "2026-03-11"}));
}

#[tokio::test]
async fn days_and_instants_are_stored_as_they_were_meant_sd_4() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    for (body, expected) in [
        (
            json!({"kind": "to_do", "end": "2026-03-20"}),
            json!({"from_day": "2026-03-20", "to_day": "2026-03-20"}),
        ),
        (
            json!({"kind": "meeting", "all_day": true, "start": "2026-03-20", "end": "2026-03-21"}),
            json!({"from_day": "2026-03-20", "to_day": "2026-03-21"}),
        ),
        (
            // the night the clocks go forward in Oslo
            json!({"kind": "meeting", "start": "2026-03-29T01:30:00+01:00", "end": "2026-03-29T03:30:00+02:00"}),
            json!({"starts_at": "2026-03-29T00:30:00Z", "ends_at": "2026-03-29T01:30:00Z"}),
        ),
        (
            json!({"kind": "call", "start": "2026-03-20T00:00:00.1234567-11:30"}),
            json!({"starts_at": "2026-03-20T11:30:00.123456Z", "ends_at": "2026-03-20T11:45:00.123456Z"}),
        ),
    ] {
        let mut body = body;
        body["title"] = json!("A plan");
        assert_eq!(slot(&world, &fixture.importer, body).await, expected);
    }
}

#[tokio::test]
async fn an_importer_says_when_it_was_planned_and_done() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let before = world.head().await;
    let call = json!({"kind": "call", "title": "Ring Per"});
    let planned = fixture.at(&world, "2026-02-03T10:00:00Z", "/v1/activities", call).await;
    let complete = path(planned["id"].as_str().unwrap(), "complete");
    fixture.at(&world, "2026-02-04T10:00:00Z", &complete, json!({})).await;
    let stored = stored_after(&world, before).await;
    let then = json!({"starts_at": "2026-02-03T10:00:00Z", "ends_at": "2026-02-03T10:15:00Z"});
    assert_eq!(stored[0].1["slot"], then);
    assert_eq!(stored[1].1, json!({"completed_on": "2026-02-04"}));
    let reopen = path(planned["id"].as_str().unwrap(), "reopen");
    let past = world.post_at(&fixture.importer, "2026-02-03T10:00:00Z", &reopen, &json!({})).await;
    past.expect_problem(422, "effective_time_falls");
}

#[tokio::test]
async fn what_lasts_all_day_from_now_on_loses_its_alarm_in_the_same_command_sd_6() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(&world, &fixture, json!({"alarm_minutes": 10})).await;
    let body = json!({"start": "2026-03-20", "all_day": true});
    let reply = world.post(&fixture.importer, &path(&id, "reschedule"), &body).await.expect(200);
    assert_eq!(reply.json()["events"], json!(["activity.rescheduled", "activity.edited"]));
    let alarm = json!({"alarm_minutes": 10});
    let refused = world.post(&fixture.importer, &path(&id, "edit"), &alarm).await;
    refused.expect_problem(422, "alarm_needs_time");
}
