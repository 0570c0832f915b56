//! The guide of a sale in the worked scenarios (domain §5): what is shown, item by item.

use chrono::SecondsFormat;
use events::activity::Kind;
use events::{
    Event, Feature, SaleEvent, SaleTypeEvent, StageId, StreamName, TenantEvent, UserEvent,
};
use serde_json::{Value, json};
use service_runtime::Role;

use super::agenda::{activity, activity_id, completed, deleted, times};
use super::facts::{
    FM, NEW, QT, SC, SIMPLE, advanced, beginning, percent, registered, registration, sale,
};
use super::guide_facts::{
    D1, G1, G3, G4, answered, follow_up, guided, planned_from, stage_answered, stage_suggested,
    suggested, used, written,
};
use super::{World, instant, today};

/// Ola's sale 1 in its first stage, with the guide.
async fn s1() -> World {
    let mut world = World::guided().await;
    world.record_at(Some(today()), &sale(1).stream(), &[registered(registration())]).await;
    world
}

async fn guide_of_one(world: &World, more: &str) -> Value {
    world.follow().await;
    world.ask(&format!("/v1/sales/{}/guide{more}", sale(1))).await
}

/// Stages by the first word of their names, with their marks.
fn marks(guide: &Value) -> Vec<String> {
    let stages = guide["stages"].as_array().unwrap().iter();
    stages
        .map(|stage| {
            format!("{} {}", stage["name"].as_str().unwrap(), stage["mark"].as_str().unwrap())
        })
        .collect()
}

/// An item wherever it stands.
fn item(guide: &Value, id: uuid::Uuid) -> Value {
    let stages = guide["stages"].as_array().unwrap().iter();
    let mut items = stages.flat_map(|stage| stage["items"].as_array().unwrap());
    items.find(|item| item["id"] == json!(id)).cloned().unwrap()
}

/// A meeting with the customer on 17 March at eight in Oslo, created from g1 (S4).
async fn meet_the_customer(world: &mut World) {
    let slot = times("2026-03-17T07:00:00Z", "2026-03-17T08:00:00Z");
    let meeting = planned_from(G1, "Customer meeting", Some(sale(1)), slot);
    world.record(&activity(1), &[meeting]).await;
    world.record(&sale(1).stream(), &[used(G1, 1)]).await;
}

#[tokio::test]
async fn s1_a_guide_shows_what_is_suggested_and_creates_nothing_sg_11() {
    let world = s1().await;
    let guide = guide_of_one(&world, "").await;
    assert_eq!((&guide["has_guide"], &guide["guide_version"]), (&json!(true), &json!(9)));
    assert_eq!(
        marks(&guide),
        ["First meeting current", "Quotation future", "Signing of contract future"]
    );
    let g1 = item(&guide, G1.0);
    let shown = json!({
        "id": G1.0, "suggestion": "follow_up", "kind": "meeting", "type": null,
        "name": "Customer meeting", "purpose": null,
        "required": true, "auto_suggest": false, "state": "not_created",
        "default_start": "2026-03-17T07:00:00Z", "duration_minutes": 60, "text": null, "template": null,
        "subject": null, "our_reference": null, "instances": [],
    });
    assert_eq!(g1, shown);
    let d1 = item(&guide, D1.0);
    assert_eq!((&d1["state"], &d1["kind"]), (&json!("not_created"), &json!("document")));
    assert_eq!((&d1["default_start"], &d1["template"]), (&Value::Null, &json!("Letter")));
    assert_eq!(guide["stages"][1]["items"][0]["default_start"], "2026-03-13", "a to-do has a day");
    assert_eq!(guide["stages"][0]["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&guide["stage_complete"], &guide["next_stage_suggested"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(guide["confirm_suggested_follow_up"], true);
    assert_eq!(world.ask("/v1/activities").await["activities"], json!([]));
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(card["guide"], json!({"items": 7, "done": 0}));
}

/// SG-8, SG-9.
#[tokio::test]
async fn s2_earlier_stages_are_ticked_though_nothing_was_done_sg_9() {
    let mut world = s1().await;
    for (to, chance, expected) in [
        (QT, 50, ["First meeting completed", "Quotation current", "Signing of contract future"]),
        (SC, 80, ["First meeting completed", "Quotation completed", "Signing of contract current"]),
        (FM, 20, ["First meeting current", "Quotation future", "Signing of contract future"]),
    ] {
        world.record(&sale(1).stream(), &[advanced(to, chance)]).await;
        assert_eq!(marks(&guide_of_one(&world, "").await), expected);
    }
}

/// SG-12, SG-13, SG-16, SG-23, SD-13.
#[tokio::test]
async fn s4_a_meeting_and_a_document_complete_the_stage_and_the_next_is_suggested_sg_23() {
    let mut world = s1().await;
    meet_the_customer(&mut world).await;
    let guide = guide_of_one(&world, "").await;
    let g1 = item(&guide, G1.0);
    let instance = json!({
        "activity_id": activity_id(1), "title": "Customer meeting", "owner": "ola",
        "start": "2026-03-17T07:00:00Z", "end": "2026-03-17T08:00:00Z", "completed": false,
    });
    assert_eq!((&g1["state"], &g1["instances"]), (&json!("created"), &json!([instance])));
    assert_eq!(guide["stages"][1]["items"][0]["default_start"], "2026-03-20", "3 days after g1");
    world.record(&activity(2), &[written(Some(D1), Some(sale(1)), "2026-03-10")]).await;
    world.record(&sale(1).stream(), &[used(D1, 2)]).await;
    let guide = guide_of_one(&world, "").await;
    assert_eq!(
        (&item(&guide, D1.0)["state"], &guide["stage_complete"]),
        (&json!("completed"), &json!(false))
    );
    let diary = world.ask("/v1/diary").await;
    assert_eq!(diary["activity_count"], 1, "documents are in no diary: {}", diary["activities"]);
    let all = world.ask("/v1/activities?kind=document").await;
    let letter = &all["activities"][0];
    assert_eq!((&letter["guide_item"], &letter["template"]), (&json!(D1.0), &json!("Letter")));
    assert_eq!((&letter["completed"], &letter["status"]), (&json!(true), &json!("completed")));

    world.record(&activity(1), &[completed("2026-03-18")]).await;
    world.record(&sale(1).stream(), &[stage_suggested(FM, QT)]).await;
    let guide = guide_of_one(&world, "").await;
    assert_eq!(
        (&guide["stage_complete"], &guide["stages"][0]["complete"]),
        (&json!(true), &json!(true))
    );
    let next = json!({"id": QT.0, "name": "Quotation", "answered": null});
    assert_eq!(guide["next_stage_suggested"], next);
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(card["guide"], json!({"items": 7, "done": 2}));

    world.record(&sale(1).stream(), &[stage_answered(QT, false)]).await;
    assert_eq!(guide_of_one(&world, "").await["next_stage_suggested"]["answered"], false);
    world.record(&sale(1).stream(), &[stage_answered(QT, true), advanced(QT, 50)]).await;
    let guide = guide_of_one(&world, "").await;
    assert_eq!(guide["next_stage_suggested"], Value::Null);
    assert_eq!(marks(&guide)[1], "Quotation current");
    let log = world.log().await;
    let registered = log.iter().find(|event| event.event_type == "sale.registered").unwrap();
    let known = registered.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let before = guide_of_one(&world, &format!("?known_at={known}")).await;
    assert_eq!(item(&before, G1.0)["state"], "not_created", "as it was known then");
}

/// SG-19 to SG-21.
#[tokio::test]
async fn s5_a_declined_suggestion_stays_visible_until_it_is_created_sg_21() {
    let mut world = s1().await;
    let slot = times("2026-03-20T10:00:00Z", "2026-03-20T10:15:00Z");
    let call = planned_from(G3, "Set up contract meeting", Some(sale(1)), slot);
    world.record(&activity(1), &[call, completed("2026-03-20")]).await;
    let facts = [advanced(SC, 80), used(G3, 1), suggested(G4)];
    world.record(&sale(1).stream(), &facts).await;
    let actions = async |world: &World| {
        let path = format!("/v1/sales/{}", sale(1));
        let (_, card) = world.ask_as(&world.tenant, Role::Manager, &path).await;
        let actions = card["available_actions"].as_array().unwrap().clone();
        actions.contains(&json!("AnswerFollowUpSuggestion"))
    };
    for more in [vec![], vec![answered(G4, false)]] {
        world.record(&sale(1).stream(), &more).await;
        let g4 = item(&guide_of_one(&world, "").await, G4.0);
        assert_eq!((&g4["state"], &g4["auto_suggest"]), (&json!("suggested"), &json!(true)));
        assert_eq!(g4["default_start"], "2026-03-25T07:00:00Z", "5 days after g3");
        assert!(actions(&world).await);
    }
    let slot = times("2026-03-25T07:00:00Z", "2026-03-25T08:30:00Z");
    let meeting = planned_from(G4, "Contract meeting", Some(sale(1)), slot);
    world.record(&activity(2), &[meeting]).await;
    world.record(&sale(1).stream(), &[used(G4, 2)]).await;
    assert_eq!(item(&guide_of_one(&world, "").await, G4.0)["state"], "created");
    assert!(!actions(&world).await, "creating it is an answer of its own");
    world.record(&activity(2), &[deleted()]).await;
    let g4 = item(&guide_of_one(&world, "").await, G4.0);
    assert_eq!((&g4["state"], &g4["instances"]), (&json!("not_created"), &json!([])), "SG-17");
}

fn retyped(to: events::SaleTypeId, stage: Option<StageId>) -> Event {
    let from = if to == SIMPLE { NEW } else { SIMPLE };
    let probability = percent(20);
    Event::Sale(SaleEvent::TypeChanged { from, to, category: None, stage, probability })
}

/// SO-9, SG-27.
#[tokio::test]
async fn s6_what_was_created_is_found_again_after_a_change_of_type_and_back_sg_27() {
    let mut world = s1().await;
    meet_the_customer(&mut world).await;
    world.record(&sale(1).stream(), &[retyped(SIMPLE, None)]).await;
    let guide = guide_of_one(&world, "").await;
    assert_eq!((&guide["has_guide"], &guide["stages"]), (&json!(false), &json!([])));
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!((&card["next_activity_date"], &card["guide"]), (&json!("2026-03-17"), &Value::Null));
    assert_eq!(world.ask("/v1/activities").await["activities"][0]["guide_item"], json!(G1.0));
    world.record(&sale(1).stream(), &[retyped(NEW, Some(FM))]).await;
    assert_eq!(item(&guide_of_one(&world, "").await, G1.0)["state"], "created");
}

/// SG-6, SG-28, SG-29, §6-A39: items are read live, as of the moment that is asked about.
#[tokio::test]
async fn a_guide_is_the_one_of_the_moment_sg_6() {
    let mut world = s1().await;
    meet_the_customer(&mut world).await;
    let mut of_type = async |on: &str, fact: Event| {
        let at = Some(instant(&format!("{on}T12:00:00Z")));
        world.record_at(at, &NEW.stream(), &[fact]).await;
    };
    let terms = follow_up("Kick-off", Kind::Meeting, 1, None);
    let edited = SaleTypeEvent::GuideItemEdited { id: G1, terms };
    of_type("2026-04-01", Event::SaleType(edited)).await;
    let moved = SaleTypeEvent::GuideItemMoved { id: D1, stage: QT, rank: 5 };
    of_type("2026-04-02", Event::SaleType(moved)).await;
    of_type("2026-04-03", Event::SaleType(SaleTypeEvent::GuideItemRemoved { id: G1 })).await;
    of_type("2026-04-04", guided(false)).await;
    of_type("2026-04-05", guided(true)).await;
    let gone = SaleTypeEvent::StageUnlinked { stage: FM, guide: true };
    of_type("2026-04-06", Event::SaleType(gone)).await;
    of_type("2026-04-07", Event::SaleType(SaleTypeEvent::Deleted {})).await;
    of_type("2026-04-08", Event::SaleType(SaleTypeEvent::Restored {})).await;

    let on = async |day: &str| guide_of_one(&world, &format!("?as_of=2026-04-{day}")).await;
    let first = on("01").await;
    assert_eq!(
        (&first["guide_version"], &item(&first, G1.0)["name"]),
        (&json!(10), &json!("Kick-off"))
    );
    assert_eq!(item(&first, G1.0)["duration_minutes"], 60, "the diary's usual length");
    assert_eq!(on("02").await["stages"][1]["items"][0]["id"], json!(D1.0), "moved");
    assert_eq!(on("03").await["stages"][0]["items"], json!([]), "removed and moved away");
    assert_eq!(on("04").await["has_guide"], false);
    assert_eq!(on("05").await["stages"][1]["items"].as_array().unwrap().len(), 3, "all are back");
    let unlinked = on("06").await;
    assert_eq!(marks(&unlinked), ["Quotation future", "Signing of contract future"], "by rank");
    assert_eq!(
        (&on("07").await["has_guide"], &on("08").await["has_guide"]),
        (&json!(false), &json!(false))
    );
    let types = async |more: &str| {
        let types = world.ask(&format!("/v1/sale-types?{more}")).await;
        let types = types["sale_types"].as_array().unwrap().clone();
        types.into_iter().find(|of_type| of_type["id"] == json!(NEW.0))
    };
    assert_eq!(types("as_of=2026-04-07").await, None);
    let deleted = types("as_of=2026-04-07&deleted=true").await.unwrap();
    assert_eq!(
        (&deleted["deleted"], &deleted["items"], &deleted["stages"]),
        (&json!(true), &json!([]), &json!([]))
    );
    let before = types("as_of=2026-04-02").await.unwrap();
    let ids: Vec<_> = before["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(
        ids[..3],
        [&json!(G1.0), &json!(D1.0), &json!(super::guide_facts::G2.0)],
        "by stage and rank"
    );
    let restored = types("").await.unwrap();
    assert_eq!((&restored["deleted"], &restored["guide"]), (&json!(false), &json!(false)), "A34");
}

/// SO-50, SG-22, SO-32.
#[tokio::test]
async fn a_feature_that_is_off_hides_the_guide_and_preferences_are_the_callers_so_50() {
    let mut world = s1().await;
    let ola = StreamName::of_user(&events::UserId::parse("ola").unwrap());
    let own = events::Preferences { confirm_suggested_follow_up: false, show_days_ahead: 30 };
    let facts = [UserEvent::PreferencesSet(own), UserEvent::FavouriteAdded { sale: sale(1) }];
    world.record_at(Some(beginning()), &ola, &facts.map(Event::User)).await;
    assert_eq!(guide_of_one(&world, "").await["confirm_suggested_follow_up"], false);
    let me = world.ask("/v1/me").await;
    assert_eq!(
        me["preferences"],
        json!({"confirm_suggested_follow_up": false, "show_days_ahead": 30})
    );
    assert_eq!(me["features"], json!({"guide": true, "stakeholders": true}));
    assert_eq!(world.ask("/v1/diary").await["days_ahead"], 30);
    assert_eq!(world.ask("/v1/diary?as_of=2026-03-01").await["days_ahead"], 30, "as it is now");
    assert_eq!(world.ask("/v1/diary?days_ahead=2").await["days_ahead"], 2);
    let favourite = async |world: &World| {
        world.ask(&format!("/v1/sales/{}", sale(1))).await["favourite"].clone()
    };
    assert_eq!(favourite(&world).await, true);
    let removed = Event::User(UserEvent::FavouriteRemoved { sale: sale(1) });
    world.record_at(Some(beginning()), &ola, &[removed]).await;
    let tenant = StreamName::of_tenant(&world.tenant.clone());
    let off = TenantEvent::FeatureSwitched { feature: Feature::Guide, on: false };
    world.record(&tenant, &[Event::Tenant(off)]).await;
    let guide = guide_of_one(&world, "").await;
    assert_eq!((&guide["has_guide"], &guide["stages"]), (&json!(false), &json!([])));
    assert_eq!(favourite(&world).await, false);
    assert_eq!(world.ask("/v1/me").await["features"]["guide"], false);
}

/// SO-31, SO-44: the guide of a sale that is not seen is unknown; on one that is, everything is shown.
#[tokio::test]
async fn who_does_not_see_the_sale_does_not_see_its_guide_so_44() {
    let mut world = s1().await;
    meet_the_customer(&mut world).await;
    let handed = Event::Activity(events::ActivityEvent::Assigned {
        owner: events::UserId::parse("per").unwrap(),
        owner_group: Some("South".to_owned()),
        assigned_by: None,
    });
    world.record(&activity(1), &[handed]).await;
    let rights = events::rights::RecordRights {
        own: events::rights::Level::Delete,
        own_groups: events::rights::Level::Read,
        other_groups: events::rights::Level::None,
        others: events::rights::Level::None,
    };
    let tenant = StreamName::of_tenant(&world.tenant.clone());
    for records in [events::rights::Records::Sales, events::rights::Records::Activities] {
        let set = TenantEvent::RecordRightsSet { role: Role::Seller, records, rights };
        world.record(&tenant, &[Event::Tenant(set)]).await;
    }
    world.follow().await;
    let path = format!("/v1/sales/{}/guide", sale(1));
    let (status, guide) = world.ask_as(&world.tenant, Role::Seller, &path).await;
    assert_eq!(status, 200);
    let g1 = item(&guide, G1.0);
    assert_eq!(
        (&g1["state"], &g1["instances"]),
        (&json!("created"), &json!([])),
        "his diary is closed"
    );
    let to = events::UserId::parse("per").unwrap();
    let away = SaleEvent::OwnerChanged {
        from: events::UserId::parse("ola").unwrap(),
        to,
        owner_group: Some("South".to_owned()),
    };
    world.record(&sale(1).stream(), &[Event::Sale(away)]).await;
    world.follow().await;
    let (status, _) = world.ask_as(&world.tenant, Role::Seller, &path).await;
    assert_eq!(status, 404);
    assert_eq!(world.ask(&path).await["has_guide"], true, "an auditor sees everything");
    let deleted = Event::Sale(SaleEvent::Deleted {});
    world.record(&sale(1).stream(), &[deleted]).await;
    world.follow().await;
    assert_eq!(world.refused(&path).await.0, 404);
    assert_eq!(world.refused(&format!("/v1/sales/{}/guide", sale(2))).await.0, 404);
}

#[tokio::test]
async fn the_history_of_a_sale_tells_what_was_suggested_answered_and_created() {
    let mut world = s1().await;
    let facts = [suggested(G4), answered(G4, false), used(G4, 7), stage_suggested(FM, QT)];
    world.record(&sale(1).stream(), &facts).await;
    world.follow().await;
    let history = world.ask(&format!("/v1/sales/{}/history", sale(1))).await;
    let told = |n: usize, field: &str| {
        let changes = history["events"][n]["changes"].as_array().unwrap();
        changes.iter().find(|change| change["field"] == field).map(|change| change["to"].clone())
    };
    let asked = |accepted: Value| json!([{"item": G4.0, "user": "ola", "accepted": accepted}]);
    assert_eq!(told(1, "suggested_follow_ups"), Some(asked(Value::Null)));
    assert_eq!(told(2, "suggested_follow_ups"), Some(asked(json!(false))));
    assert_eq!(told(3, "suggested_follow_ups"), Some(Value::Null));
    assert_eq!(told(3, "guide_items"), Some(json!([{"item": G4.0, "activity": activity_id(7)}])));
    assert_eq!(told(4, "suggested_stage").unwrap()["stage"], json!(QT.0));
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(card["update_count"], 1, "what process managers ask is no save");
}
