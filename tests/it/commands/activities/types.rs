//! Types of follow-ups of a tenant's own: each of one kind, with its usual length, from the list to the answer (SD-1, SD-3).

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{meeting, path};
use crate::commands::bulk::{lines, send};

const ADD: &str = "/v1/lists/follow_up_type/add-item";

/// A tenant with a type of its own: visits in the harbour, two hours long.
async fn harbour() -> (World, Fixture) {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let labels = json!({"en": "Harbour visit", "nb": "Havnebesøk"});
    let item = json!({"key": "harbour-visit", "labels": labels, "rank": 5, "kind": "meeting", "minutes": 120});
    world.post(&world.token("ada", "admin"), ADD, &item).await.expect(200);
    (world, fixture)
}

async fn ask(world: &World, path: &str) -> Value {
    world.get(&world.token("kari", "seller"), path).await.expect(200).json()
}

/// Start, end and type of an activity.
async fn slot(world: &World, id: &str) -> (Value, Value, Value) {
    let card = ask(world, &format!("/v1/activities/{id}")).await;
    (card["start"].clone(), card["end"].clone(), card["type"].clone())
}

#[tokio::test]
async fn the_list_of_types_shows_the_kind_and_length_of_each_sd_1_sd_3() {
    let (world, fixture) = harbour().await;
    let list = ask(&world, "/v1/lists/follow_up_type").await;
    assert_eq!((&list["maintained"], &list["version"]), (&json!(true), &json!(1)));
    let item = |list: &Value, key: &str| {
        let items = list["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["key"] == key).unwrap();
        (item["kind"].clone(), item["minutes"].clone())
    };
    assert_eq!(list["items"][0]["label"], "Harbour visit", "rank 5 comes first");
    assert_eq!(item(&list, "harbour-visit"), (json!("meeting"), json!(120)));
    assert_eq!(item(&list, "customer-visit"), (json!("meeting"), json!(90)), "shipped");
    assert_eq!(item(&list, "preparation"), (json!("to_do"), Value::Null));
    assert_eq!(item(&list, "phone-call"), (json!("call"), Value::Null));
    let reasons = ask(&world, "/v1/lists/reason_lost").await;
    assert_eq!(item(&reasons, "price"), (Value::Null, Value::Null), "nothing else has a kind");
    let edit = "/v1/lists/follow_up_type/edit-item";
    for (key, minutes) in [("harbour-visit", json!(45)), ("customer-visit", Value::Null)] {
        let body = json!({"key": key, "minutes": minutes});
        world.post(&world.token("ada", "admin"), edit, &body).await.expect(200);
        let list = ask(&world, "/v1/lists/follow_up_type").await;
        assert_eq!(item(&list, key), (json!("meeting"), minutes), "the kind stays");
    }
    let body = json!({"kind": "meeting", "title": "Visit", "start": "2026-03-17T09:00:00Z", "type": "harbour-visit"});
    let made = world.post(&fixture.importer, "/v1/activities", &body).await.expect(201).json();
    let (_, end, _) = slot(&world, made["id"].as_str().unwrap()).await;
    assert_eq!(end, "2026-03-17T09:45:00Z");
}

#[tokio::test]
async fn a_type_gives_its_length_and_is_shown_found_and_told_sd_1_sd_3() {
    let (world, fixture) = harbour().await;
    let (nine, eleven) = (json!("2026-03-17T09:00:00Z"), json!("2026-03-17T11:00:00Z"));
    let visit = json!("harbour-visit");
    let typed = meeting(&world, &fixture, json!({"type": "harbour-visit"})).await;
    assert_eq!(slot(&world, &typed).await, (nine.clone(), eleven, visit.clone()));
    let plain = meeting(&world, &fixture, json!({"title": "Plain"})).await;
    let ten = json!("2026-03-17T10:00:00Z");
    assert_eq!(slot(&world, &plain).await, (nine.clone(), ten.clone(), Value::Null));
    let said = meeting(&world, &fixture, json!({"type": "harbour-visit", "end": ten})).await;
    assert_eq!(slot(&world, &said).await, (nine, ten, visit.clone()), "what is said wins");
    let call = json!({"kind": "call", "title": "Service", "type": "service-call"});
    let call = world.post(&fixture.importer, "/v1/activities", &call).await.expect(201).json();
    for (filter, count) in
        [("harbour-visit", 2), ("harbour-visit,service-call", 3), ("customer-visit", 0)]
    {
        let list = ask(&world, &format!("/v1/activities?type={filter}&sums=true")).await;
        assert_eq!(list["activities"].as_array().unwrap().len(), count, "{filter}");
        assert_eq!(list["sums"]["count"], count, "{filter}");
    }
    let diary = ask(&world, "/v1/diary?owner=ola&from=2026-03-17&to=2026-03-17").await;
    assert!(diary.to_string().contains(r#""type":"harbour-visit""#), "{diary}");
    let edit = |id: &str, body: Value| {
        let (path, token) = (path(id, "edit"), world.token("kari", "manager"));
        let world = &world;
        async move { world.post(&token, &path, &body).await }
    };
    edit(&plain, json!({"type": "internal-meeting"})).await.expect(200);
    let again = edit(&plain, json!({"type": "internal-meeting"})).await.expect(200).json();
    assert_eq!(again["events"], json!([]));
    edit(&plain, json!({"type": null})).await.expect(200);
    let history = ask(&world, &format!("/v1/activities/{plain}/history")).await;
    let changes = history["events"].as_array().unwrap().iter();
    let changes = changes.flat_map(|event| event["changes"].as_array().unwrap().clone());
    let told: Vec<_> = changes
        .filter(|change| change["field"] == "type")
        .map(|change| (change["from"].clone(), change["to"].clone()))
        .collect();
    let internal = json!("internal-meeting");
    assert_eq!(told[told.len() - 2..], [(Value::Null, internal.clone()), (internal, Value::Null)]);
    for (id, of, code) in [
        (&*plain, "phone-call", "type_of_another_kind"),
        (&*plain, "whatever", "unknown_list_item"),
        (call["id"].as_str().unwrap(), "harbour-visit", "type_of_another_kind"),
    ] {
        let problem = edit(id, json!({"type": of})).await.expect_problem(422, code).json();
        assert_eq!(problem["errors"][0]["pointer"], "/type", "{of}");
    }
}

#[tokio::test]
async fn a_type_that_is_offered_no_longer_stays_where_it_is_sd_1() {
    let (world, fixture) = harbour().await;
    let id = meeting(&world, &fixture, json!({"type": "harbour-visit"})).await;
    let gone = json!({"key": "harbour-visit"});
    let admin = world.token("ada", "admin");
    world.post(&admin, "/v1/lists/follow_up_type/delete-item", &gone).await.expect(200);
    let mia = world.token("mia", "manager");
    let edit = path(&id, "edit");
    let body = json!({"type": "harbour-visit", "title": "Visit"});
    world.post(&mia, &edit, &body).await.expect(200);
    assert_eq!(slot(&world, &id).await.2, "harbour-visit");
    let body = json!({"kind": "meeting", "title": "Another", "start": "2026-03-18T09:00:00Z", "type": "harbour-visit"});
    let refused = world.post(&mia, "/v1/activities", &body).await;
    refused.expect_problem(422, "unknown_list_item");
    // history comes as it was, but no meeting is of a type of calls
    world.post(&fixture.importer, "/v1/activities", &body).await.expect(201);
    let mut other = body;
    other["type"] = json!("phone-call");
    let refused = world.post(&fixture.importer, "/v1/activities", &other).await;
    refused.expect_problem(422, "type_of_another_kind");
    // days that become times last as the type says, as long as it is remembered
    let whole = json!({"type": null, "all_day": true, "start": "2026-03-19"});
    let whole = meeting(&world, &fixture, whole).await;
    let body = json!({"all_day": false, "start": "2026-03-19T09:00:00Z"});
    world.post(&mia, &path(&whole, "reschedule"), &body).await.expect(200);
    assert_eq!(slot(&world, &whole).await.1, "2026-03-19T10:00:00Z");
    world.post(&mia, &edit, &json!({"title": "Visit again"})).await.expect(200);
    let body = json!({"all_day": true, "start": "2026-03-19"});
    world.post(&mia, &path(&id, "reschedule"), &body).await.expect(200);
    let body = json!({"all_day": false, "start": "2026-03-19T09:00:00Z"});
    world.post(&mia, &path(&id, "reschedule"), &body).await.expect(200);
    assert_eq!(slot(&world, &id).await.1, "2026-03-19T11:00:00Z");
}

#[tokio::test]
async fn what_a_guide_suggests_may_be_of_a_type_sg_4_sg_12_sd_1_sd_3() {
    let (world, fixture) = harbour().await;
    let items = fixture.guide(&world).await;
    let admin = world.token("ada", "admin");
    let of_type = |command: &str| format!("/v1/sale-types/{}/{command}", fixture.new);
    let edit = json!({"item": items.g1, "type": "harbour-visit", "duration_minutes": null});
    world.post(&admin, &of_type("edit-suggested-follow-up"), &edit).await.expect(200);
    let sale = fixture.sale(&world, "2026-03-10T08:00:00Z", "Harbour", json!({})).await;
    let guide = ask(&world, &format!("/v1/sales/{sale}/guide")).await;
    let step = &guide["stages"][0]["items"][0];
    assert_eq!((&step["type"], &step["duration_minutes"]), (&json!("harbour-visit"), &json!(120)));
    let third = &guide["stages"][2]["items"][0];
    assert_eq!((&third["type"], &third["duration_minutes"]), (&Value::Null, &json!(15)));
    let types = ask(&world, &format!("/v1/sale-types/{}", fixture.new)).await;
    assert_eq!(types["items"][0]["type"], "harbour-visit");
    let create = async |more: Value| {
        let mut body = json!({"sale": sale, "item": items.g1, "start": "2026-03-20T09:00:00Z"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.post(&fixture.importer, "/v1/activities/from-guide-item", &body).await
    };
    for (more, end, of) in [
        (json!({}), "2026-03-20T11:00:00Z", "harbour-visit"),
        (json!({"type": "customer-visit"}), "2026-03-20T10:30:00Z", "customer-visit"),
        (json!({"end": "2026-03-20T09:10:00Z"}), "2026-03-20T09:10:00Z", "harbour-visit"),
    ] {
        let made = create(more).await.expect(201).json();
        let (_, found, typed) = slot(&world, made["id"].as_str().unwrap()).await;
        assert_eq!((found, typed), (json!(end), json!(of)));
    }
    let other = create(json!({"type": "phone-call"})).await;
    other.expect_problem(422, "type_of_another_kind");
    // another kind needs another type
    let edit = json!({"item": items.g1, "kind": "call"});
    let refused = world.post(&admin, &of_type("edit-suggested-follow-up"), &edit).await;
    let problem = refused.expect_problem(422, "type_of_another_kind").json();
    assert_eq!(problem["errors"][0]["pointer"], "/type");
    let edit = json!({"item": items.g1, "kind": "call", "type": "service-call"});
    world.post(&admin, &of_type("edit-suggested-follow-up"), &edit).await.expect(200);
    let guide = ask(&world, &format!("/v1/sales/{sale}/guide")).await;
    assert_eq!(guide["stages"][0]["items"][0]["duration_minutes"], 30);
}

#[tokio::test]
async fn a_file_may_use_the_type_it_introduces_sd_1() {
    let (world, fixture) = harbour().await;
    let asked = [
        json!({"command": "AddListItem", "id": "follow_up_type", "body": {"key": "tide-watch", "labels": {"en": "Tide watch"}, "kind": "to_do"}}),
        json!({"command": "PlanActivity", "body": {"kind": "to_do", "title": "Watch", "type": "tide-watch"}}),
        json!({"command": "PlanActivity", "body": {"kind": "call", "title": "Watch", "type": "tide-watch"}}),
    ];
    let answers = send(&world, &fixture.importer, lines(&asked)).await.expect(200).lines();
    let status: Vec<_> = answers.iter().map(|answer| answer["status"].clone()).collect();
    assert_eq!(status, [200, 201, 422], "{answers:?}");
}
