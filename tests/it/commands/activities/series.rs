//! Recurring follow-ups (SD-11): one command makes the activities of a series, each on its own from then on.

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::path;

fn weekly(id: u128, rule: &str) -> Value {
    json!({"id": Uuid::from_u128(id), "kind": "meeting", "title": "Stand-up", "alarm": true,
        "start": "2026-03-24T09:00:00Z", "recurrence": rule})
}

async fn series(world: &World, id: u128) -> Vec<(String, Value, Value)> {
    let token = world.token("kari", "seller");
    let path = format!("/v1/activities?series={}", Uuid::from_u128(id));
    let list = world.get(&token, &path).await.expect(200).json();
    let row = |row: &Value| {
        let id = row["id"].as_str().unwrap().to_owned();
        (id, row["start"].clone(), row["series"]["number"].clone())
    };
    list["activities"].as_array().unwrap().iter().map(row).collect()
}

/// SD-11.
#[tokio::test]
async fn a_rule_makes_the_activities_of_a_series_at_once_sd_11() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let zone = json!({"time_zone": "Europe/Oslo"});
    let admin = world.token("ada", "admin");
    world.post(&admin, "/v1/tenants/demo/set-time-zone", &zone).await.expect(200);
    let kari = world.token("kari", "seller");
    let body = weekly(0x71, "FREQ=WEEKLY;COUNT=3");
    let made = world.post(&kari, "/v1/activities", &body).await.expect(201).json();
    assert_eq!(made["events"], json!(["activity.planned"]), "of the first one");
    let all = series(&world, 0x71).await;
    let found: Vec<Value> = all.iter().map(|(_, start, number)| json!([start, number])).collect();
    assert_eq!(
        found,
        [
            json!(["2026-03-24T09:00:00Z", 1]),
            json!(["2026-03-31T08:00:00Z", 2]),
            json!(["2026-04-07T08:00:00Z", 3]),
        ],
        "ten o'clock in Oslo, also in summer"
    );
    assert_eq!(all[0].0, Uuid::from_u128(0x71).to_string());
    // each is an activity of its own
    world.post(&kari, &path(&all[1].0, "delete"), &json!({})).await.expect(200);
    assert_eq!(series(&world, 0x71).await.len(), 2);
    world.post(&kari, "/v1/activities", &body).await.expect_problem(409, "already_exists");
    let days = json!({"kind": "to_do", "title": "Report", "id": Uuid::from_u128(0x72),
        "end": "2026-01-31", "recurrence": "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20260401T000000Z"});
    world.post(&fixture.importer, "/v1/activities", &days).await.expect(201);
    let found: Vec<Value> =
        series(&world, 0x72).await.into_iter().map(|(_, start, _)| start).collect();
    assert_eq!(found, ["2026-01-31", "2026-02-28", "2026-03-31"]);
}

/// SD-11: limits, and nothing half-made.
#[tokio::test]
async fn a_series_has_100_activities_at_most_and_is_made_whole_or_not_at_all_sd_11() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    let kari = world.token("kari", "seller");
    let before = world.stored().await;
    for (rule, status, code) in [
        ("FREQ=DAILY;COUNT=101", 422, "recurrence_too_long"),
        ("FREQ=DAILY;UNTIL=20400101T000000Z", 422, "recurrence_too_long"),
        ("FREQ=DAILY;UNTIL=20260101T000000Z", 422, "recurrence_unfit"),
        ("FREQ=DAILY", 400, "invalid_value"),
        ("FREQ=MINUTELY;COUNT=2", 400, "invalid_value"),
        ("every Tuesday", 400, "invalid_value"),
    ] {
        let refused = world.post(&kari, "/v1/activities", &weekly(0x73, rule)).await;
        let problem = refused.expect_problem(status, code).json();
        assert_eq!(problem["errors"][0]["pointer"], "/recurrence", "{rule}");
    }
    assert_eq!(world.stored().await, before);
    let body = weekly(0x73, "FREQ=DAILY;COUNT=100");
    world.post(&kari, "/v1/activities", &body).await.expect(201);
    let path = format!("/v1/activities?sums=true&series={}", Uuid::from_u128(0x73));
    let list = world.get(&kari, &path).await.expect(200).json();
    assert_eq!(list["sums"]["count"], 100);
}
