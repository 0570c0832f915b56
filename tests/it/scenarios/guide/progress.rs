//! What the guide shows: S1 and S2, stages and marks, items with their texts (SG-7 to SG-11, SG-30).

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::super::card;
use super::{Guided, item, marks_and_states};

#[tokio::test]
async fn s1_a_registration_starts_the_guide_and_creates_nothing_sg_1_sg_7_sg_8_sg_11() {
    let guided = Guided::new().await;
    let guide = guided.guide("").await;
    assert_eq!(
        marks_and_states(&guide),
        json!([
            ["current", ["not_created", "not_created"]],
            ["future", ["not_created", "not_created"]],
            ["future", ["not_created", "not_created", "not_created"]]
        ])
    );
    assert_eq!(guide["has_guide"], true);
    assert_eq!(guide["sale_id"], json!(guided.sale));
    assert_eq!((&guide["auto_advance"], &guide["stage_complete"]), (&json!(true), &json!(false)));
    assert_eq!(guide["next_stage_suggested"], Value::Null);
    let names: Vec<&Value> =
        guide["stages"].as_array().unwrap().iter().map(|stage| &stage["name"]).collect();
    assert_eq!(names, ["First meeting", "Quotation", "Signing of contract"], "SG-2");
    let probabilities: Vec<&Value> =
        guide["stages"].as_array().unwrap().iter().map(|stage| &stage["probability"]).collect();
    assert_eq!(probabilities, [&json!(20), &json!(50), &json!(80)], "SG-2");
    assert_eq!(guided.card().await["probability"], 20, "SG-7: of the first stage");

    let path = format!("/v1/activities?sale={}", guided.sale);
    assert_eq!(guided.ask(&path).await["activities"], json!([]), "SG-11");
    let diary = "/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&days_ahead=7";
    assert_eq!(guided.ask(diary).await["sales"], json!([]));
    assert_eq!(guided.history().await, ["sale.registered"]);
}

#[tokio::test]
async fn s2_earlier_stages_are_ticked_and_moving_back_removes_the_ticks_sg_8_sg_9_sg_11() {
    let guided = Guided::new().await;
    let nothing = ["not_created", "not_created"];
    let three = ["not_created", "not_created", "not_created"];
    guided.on("advance-stage", json!({"stage": guided.fixture.qt})).await;
    assert_eq!(
        guided.shown().await,
        json!([["completed", nothing], ["current", nothing], ["future", three]]),
        "although nothing of FM was ever done"
    );
    guided.on("advance-stage", json!({"stage": guided.fixture.sc})).await;
    assert_eq!(
        guided.shown().await,
        json!([["completed", nothing], ["completed", nothing], ["current", three]])
    );
    guided.on("advance-stage", json!({"stage": guided.fixture.fm})).await;
    assert_eq!(
        guided.shown().await,
        json!([["current", nothing], ["future", nothing], ["future", three]])
    );
    let path = format!("/v1/activities?sale={}", guided.sale);
    assert_eq!(
        guided.ask(&path).await["activities"],
        json!([]),
        "entering a stage creates nothing"
    );
}

/// SG-10, SG-30: both columns of every stage, each item with all it is made of, before anything is created.
#[tokio::test]
async fn every_item_is_shown_with_its_texts_sg_4_sg_5_sg_10_sg_30() {
    let guided = Guided::new().await;
    let g1 = guided.item(guided.items.g1).await;
    let expected = json!({"id": guided.items.g1, "suggestion": "follow_up", "kind": "meeting",
            "name": "Customer meeting", "purpose": "Find out what they need", "required": true,
            "auto_suggest": false, "state": "not_created", "default_start": "2026-03-17T08:00:00Z",
            "duration_minutes": 60, "text": "Bring the price list", "template": null,
            "subject": null, "our_reference": null, "instances": []});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&g1[field], value, "{field}");
    }
    let d1 = guided.item(guided.items.d1).await;
    assert_eq!(
        [&d1["suggestion"], &d1["kind"], &d1["name"], &d1["template"], &d1["subject"]],
        ["document", "document", "Meeting confirmation", "E-mail", "Our meeting"]
    );
    assert_eq!(
        (&d1["our_reference"], &d1["default_start"]),
        (&json!("{sale_number}"), &json!(null))
    );
    let g2 = guided.item(guided.items.g2).await;
    assert_eq!((&g2["kind"], &g2["default_start"]), (&json!("to_do"), &json!("2026-03-13")));
    let g4 = guided.item(guided.items.g4).await;
    assert_eq!((&g4["auto_suggest"], &g4["duration_minutes"]), (&json!(true), &json!(90)));

    let path = format!("/v1/sales/{}/guide", guided.sale);
    let ask = guided.world.question(&path).bearer(&guided.fixture.importer);
    let norwegian = ask.header("accept-language", "nb").send().await.expect(200).json();
    assert_eq!(norwegian["stages"][0]["name"], "Første møte");
    assert_eq!(norwegian["stages"][0]["items"][0]["name"], "Kundemøte");
}

#[tokio::test]
async fn a_type_without_a_guide_shows_none_sg_1() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    fixture.guide(&world).await;
    let more = json!({"sale_type": fixture.simple});
    let sale = fixture.sale(&world, super::super::TODAY, "Simple", more).await;
    let path = format!("/v1/sales/{sale}/guide");
    let guide = world.get(&fixture.importer, &path).await.expect(200).json();
    assert_eq!((&guide["has_guide"], &guide["stages"]), (&json!(false), &json!([])));
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(seen["guide"], Value::Null);
}

/// SG-6: what the guide was like, and what had come of it, on another day.
#[tokio::test]
async fn the_guide_is_shown_as_it_was_sg_6_sg_9() {
    let guided = Guided::new().await;
    let then = "2026-03-12T08:00:00Z";
    let advance = format!("/v1/sales/{}/advance-stage", guided.sale);
    let to = json!({"stage": guided.fixture.qt});
    guided.fixture.at(&guided.world, then, &advance, to).await;
    let rename = format!("/v1/sale-types/{}/edit-suggested-follow-up", guided.fixture.new);
    let other = json!({"item": guided.items.g1, "name": "Visit"});
    guided.fixture.at(&guided.world, then, &rename, other).await;
    let first = |guide: Value| {
        let stage = &guide["stages"][0];
        (stage["mark"].clone(), stage["items"][0]["name"].clone())
    };
    let now = guided.guide("").await;
    let before = guided.guide("as_of=2026-03-11").await;
    assert_eq!(
        now["guide_version"].as_i64().unwrap(),
        before["guide_version"].as_i64().unwrap() + 1
    );
    assert_eq!(first(now), (json!("completed"), json!("Visit")));
    assert_eq!(first(before), (json!("current"), json!("Customer meeting")));
    let nowhere = "/v1/sales/0198f0a0-0000-7000-8000-00000000dead/guide";
    guided.world.get(&guided.fixture.importer, nowhere).await.expect_problem(404, "not_found");
    guided.on("delete", json!({})).await;
    let gone = format!("/v1/sales/{}/guide", guided.sale);
    guided.world.get(&guided.fixture.importer, &gone).await.expect_problem(404, "not_found");
}

/// SO-44: rights on activities reach into guide and card of a sale that is seen.
#[tokio::test]
async fn what_is_not_seen_counts_in_the_guide_and_is_not_shown_so_44() {
    let guided = Guided::new().await;
    guided.create(guided.items.g1, json!({})).await;
    let (world, per) = (&guided.world, guided.world.token("per", "seller"));
    let none = json!({"role": "seller", "records": "activities", "own": "none", "own_groups": "none",
        "other_groups": "none", "others": "none"});
    let path = "/v1/tenants/demo/set-record-rights";
    world.post(&world.token("eva", "admin"), path, &none).await.expect(200);
    let path = format!("/v1/sales/{}", guided.sale);
    let guide = world.get(&per, &format!("{path}/guide")).await.expect(200).json();
    let g1 = item(&guide, guided.items.g1);
    assert_eq!((&g1["state"], &g1["instances"]), (&json!("created"), &json!([])));
    let card = world.get(&per, &path).await.expect(200).json();
    assert_eq!(
        (&card["next_activity_date"], &card["next_activity_id"]),
        (&json!("2026-03-17"), &Value::Null)
    );
    let seen = guided.item(guided.items.g1).await;
    assert_eq!(seen["instances"].as_array().unwrap().len(), 1);
    assert!(guided.card().await["next_activity_id"].is_string());
}
