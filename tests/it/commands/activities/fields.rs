//! Fields of activities and the tenant's diary settings (SD-2 to SD-6, SD-15), from command to answer.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{meeting, path};

async fn shown(world: &World, id: &str) -> Value {
    let token = world.token("kari", "seller");
    world.get(&token, &format!("/v1/activities/{id}")).await.expect(200).json()
}

/// SD-2, SD-5: place and priority; a maintained list of priorities is kept to.
#[tokio::test]
async fn an_activity_has_a_place_and_a_priority_of_the_list_sd_2_sd_5() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    let kari = world.token("kari", "seller");
    let body = json!({"kind": "meeting", "title": "Demo", "start": "2026-03-17T09:00:00Z",
        "location": "Room 4", "priority": "high"});
    let made = world.post(&kari, "/v1/activities", &body).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    let card = shown(&world, id).await;
    assert_eq!((&card["location"], &card["priority"]), (&json!("Room 4"), &json!("high")));
    let admin = world.token("ada", "admin");
    let item = json!({"key": "at-once", "labels": {"en": "At once", "nb": "Straks"}, "rank": 1});
    world.post(&admin, "/v1/lists/priority/add-item", &item).await.expect(200);
    let edit = path(id, "edit");
    let unknown = world.post(&kari, &edit, &json!({"priority": "very-high"})).await;
    let problem = unknown.expect_problem(422, "unknown_list_item").json();
    assert_eq!(problem["errors"][0]["pointer"], "/priority");
    let change = json!({"priority": "at-once", "location": null});
    world.post(&kari, &edit, &change).await.expect(200);
    let card = shown(&world, id).await;
    assert_eq!((&card["location"], &card["priority"]), (&Value::Null, &json!("at-once")));
    let urgent = world.get(&kari, "/v1/activities?priority=at-once,high").await.expect(200).json();
    assert_eq!(urgent["activities"].as_array().unwrap().len(), 1);
}

/// SD-6: off by default, ten minutes when switched on without a figure.
#[tokio::test]
async fn an_alarm_is_switched_on_changed_and_off_sd_6() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = meeting(&world, &fixture, json!({})).await;
    assert_eq!(shown(&world, &id).await["alarm_at"], Value::Null, "off by default");
    for (body, at) in [
        (json!({}), json!("2026-03-17T08:50:00Z")),
        (json!({"alarm": true, "alarm_minutes": 30}), json!("2026-03-17T08:30:00Z")),
        (json!({"alarm_minutes": 0}), json!("2026-03-17T09:00:00Z")),
        (json!({"alarm": false}), Value::Null),
    ] {
        let answer = world.post(&fixture.importer, &path(&id, "set-alarm"), &body).await;
        assert_eq!(answer.expect(200).json()["events"], json!(["activity.alarm-set"]), "{body}");
        assert_eq!(shown(&world, &id).await["alarm_at"], at, "{body}");
    }
    let id = meeting(&world, &fixture, json!({"alarm": true})).await;
    assert_eq!(shown(&world, &id).await["alarm_minutes"], 10);
}

/// SD-3: the tenant's usual lengths. SD-4: a whole day of a meeting takes the tenant's working day.
#[tokio::test]
async fn usual_lengths_and_the_working_day_are_the_tenants_sd_3_sd_4() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let admin = world.token("ada", "admin");
    let zone = json!({"time_zone": "Europe/Oslo"});
    world.post(&admin, "/v1/tenants/demo/set-time-zone", &zone).await.expect(200);
    let id = meeting(&world, &fixture, json!({})).await;
    assert_eq!(shown(&world, &id).await["end"], "2026-03-17T10:00:00Z", "an hour");
    let whole = json!({"start": "2026-03-18", "end": "2026-03-19", "all_day": true});
    let days = meeting(&world, &fixture, whole).await;
    let busy = |card: Value| (card["busy_from"].clone(), card["busy_to"].clone());
    let (from, to) = (json!("2026-03-18T07:00:00Z"), json!("2026-03-19T15:00:00Z"));
    assert_eq!(busy(shown(&world, &days).await), (from, to), "8 to 16 in Oslo");
    let diary = json!({"meeting_minutes": 45, "day_from": "09:00", "day_to": "17:30"});
    let answer = world.post(&admin, "/v1/tenants/demo/set-diary", &diary).await.expect(200).json();
    assert_eq!(answer["events"], json!(["tenant.diary-settings-changed"]));
    let (from, to) = (json!("2026-03-18T08:00:00Z"), json!("2026-03-19T16:30:00Z"));
    assert_eq!(busy(shown(&world, &days).await), (from, to));
    let id = meeting(&world, &fixture, json!({})).await;
    assert_eq!(shown(&world, &id).await["end"], "2026-03-17T09:45:00Z");
    let to_do = json!({"kind": "to_do", "title": "Read", "end": "2026-03-20"});
    let made = world.post(&fixture.importer, "/v1/activities", &to_do).await.expect(201).json();
    let card = shown(&world, made["id"].as_str().unwrap()).await;
    assert_eq!(busy(card), (Value::Null, Value::Null), "a to-do takes nobody's time");
    let me = world.get(&admin, "/v1/me").await.expect(200).json();
    assert_eq!(
        (&me["diary"]["meeting_minutes"], &me["diary"]["day_to"]),
        (&json!(45), &json!("17:30"))
    );
}

/// SD-15: red until somebody wants no marks.
#[tokio::test]
async fn the_overdue_mark_can_be_switched_off_sd_15() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let to_do = json!({"kind": "to_do", "title": "Read", "end": "2026-03-09"});
    world.post(&fixture.importer, "/v1/activities", &to_do).await.expect(201);
    let marked = async || {
        let diary =
            world.get(&fixture.importer, "/v1/diary?today=2026-03-10").await.expect(200).json();
        let list = world.get(&fixture.importer, "/v1/activities").await.expect(200).json();
        (diary["activities"][0]["overdue"].clone(), list["activities"][0]["overdue"].clone())
    };
    assert_eq!(marked().await, (json!(true), json!(true)));
    let admin = world.token("ada", "admin");
    let off = json!({"mark_overdue": false});
    world.post(&admin, "/v1/tenants/demo/set-diary", &off).await.expect(200);
    assert_eq!(marked().await, (json!(false), json!(false)));
    let overdue =
        world.get(&fixture.importer, "/v1/activities?overdue=true").await.expect(200).json();
    assert_eq!(overdue["activities"].as_array().unwrap().len(), 1, "it is found all the same");
}

/// SD-13: what is done leaves by the next day, or at once when the tenant wants that.
#[tokio::test]
async fn what_is_done_leaves_the_diary_by_the_next_day_or_at_once_sd_13() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let to_do = json!({"kind": "to_do", "title": "Read", "end": "2026-03-10"});
    let made = world.post(&fixture.importer, "/v1/activities", &to_do).await.expect(201).json();
    world
        .post(&fixture.importer, &path(made["id"].as_str().unwrap(), "complete"), &json!({}))
        .await
        .expect(200);
    let listed = async |today: &str| {
        let path = format!("/v1/diary?today={today}");
        let diary = world.get(&fixture.importer, &path).await.expect(200).json();
        diary["activity_count"].as_i64().unwrap()
    };
    assert_eq!((listed("2026-03-10").await, listed("2026-03-11").await), (1, 0));
    let admin = world.token("ada", "admin");
    let at_once = json!({"done_leave_at_once": true});
    world.post(&admin, "/v1/tenants/demo/set-diary", &at_once).await.expect(200);
    assert_eq!(listed("2026-03-10").await, 0);
}
