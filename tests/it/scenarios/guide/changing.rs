//! What becomes of a running guide: S6, another type and back; the guide off and on; the product without guides (SG-6,
//! SG-27 to SG-29, SO-50).

use serde_json::{Value, json};

use super::Guided;

#[tokio::test]
async fn s6_another_type_hides_the_guide_and_the_way_back_finds_its_instances_so_9_sg_27() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let simple = json!({"sale_type": guided.fixture.simple});
    guided.on("change-sale-type", simple).await;
    let card = guided.card().await;
    assert_eq!(
        (&card["stage"], &card["probability"], &card["next_activity_date"]),
        (&Value::Null, &json!(20), &json!("2026-03-17"))
    );
    let guide = guided.guide("").await;
    assert_eq!((&guide["has_guide"], &guide["stages"]), (&json!(false), &json!([])));
    let path = format!("/v1/activities?sale={}", guided.sale);
    assert_eq!(guided.ask(&path).await["activities"][0]["id"], json!(g1), "still on Activities");
    let again = json!({"sale": guided.sale, "item": guided.items.g1});
    guided.post("/v1/activities/from-guide-item", again).await.expect_problem(422, "guide_off");

    guided.on("change-sale-type", json!({"sale_type": guided.fixture.new})).await;
    let card = guided.card().await;
    assert_eq!(
        (&card["stage"]["id"], &card["probability"]),
        (&json!(guided.fixture.fm), &json!(20))
    );
    let shown = guided.item(guided.items.g1).await;
    assert_eq!(
        (&shown["state"], &shown["instances"][0]["activity_id"]),
        (&json!("created"), &json!(g1))
    );
}

#[tokio::test]
async fn a_guide_is_switched_off_and_on_with_all_its_items_sg_3_sg_28() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let before = guided.shown().await;
    guided.on_type("edit", json!({"guide": false})).await;
    let guide = guided.guide("").await;
    assert_eq!((&guide["has_guide"], &guide["stages"]), (&json!(false), &json!([])));
    assert_eq!(guided.card().await["guide"], Value::Null);
    assert_eq!(
        guided.activity(&g1).await["guide_item"],
        json!(guided.items.g1),
        "instances remain"
    );
    guided.of_activity(&g1, "complete").await;
    let head = guided.world.head().await;
    guided.pump().await;
    assert_eq!(guided.world.head().await, head, "nothing is suggested");
    // items are maintained all the same
    let more = json!({"stage": guided.fixture.qt, "name": "Call", "kind": "call"});
    guided.on_type("add-suggested-follow-up", more).await;
    guided.on_type("edit", json!({"guide": true})).await;
    let after = guided.shown().await;
    assert_eq!(after[0], json!(["current", ["completed", "not_created"]]));
    assert_eq!(after[2], before[2]);
    assert_eq!(after[1][1].as_array().unwrap().len(), 3, "the two of before and the new one");
}

#[tokio::test]
async fn a_removed_item_is_suggested_no_more_and_its_instances_stay_sg_29() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    guided.on_type("remove-guide-item", json!({"item": guided.items.g1})).await;
    let first = &guided.guide("").await["stages"][0];
    let ids: Vec<&Value> =
        first["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&json!(guided.items.d1)]);
    let seen = guided.activity(&g1).await;
    assert_eq!((&seen["guide_item"], &seen["completed"]), (&json!(guided.items.g1), &json!(false)));
    assert_eq!(guided.card().await["next_activity_date"], "2026-03-17");
    let again = json!({"sale": guided.sale, "item": guided.items.g1});
    let refused = guided.post("/v1/activities/from-guide-item", again).await;
    refused.expect_problem(422, "unknown_guide_item");
    guided.document(guided.items.d1).await;
    guided.pump().await;
    assert_eq!(
        guided.guide("").await["next_stage_suggested"]["id"],
        json!(guided.fixture.qt),
        "what is left is done"
    );
}

/// SG-6: items are read live, by sales that run too.
#[tokio::test]
async fn a_change_of_the_guide_is_there_at_once_for_running_sales_sg_6() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let before = guided.guide("").await["guide_version"].as_i64().unwrap();
    let other = json!({"item": guided.items.g1, "name": "Visit", "duration_minutes": null,
        "offset_days": 1, "text": null, "purpose": null});
    guided.on_type("edit-suggested-follow-up", other).await;
    let guide = guided.guide("").await;
    assert_eq!(guide["guide_version"], before + 1);
    let shown = super::item(&guide, guided.items.g1);
    assert_eq!(
        [&shown["name"], &shown["purpose"], &shown["text"], &shown["default_start"]],
        [&json!("Visit"), &Value::Null, &Value::Null, &json!("2026-03-11T08:00:00Z")]
    );
    assert_eq!(
        guided.activity(&g1).await["title"],
        "Customer meeting",
        "what exists stays as it is"
    );
    let place = json!({"item": guided.items.g1, "stage": guided.fixture.sc, "rank": 1});
    guided.on_type("move-guide-item", place).await;
    assert_eq!(
        guided.shown().await,
        json!([
            ["current", ["not_created"]],
            ["future", ["not_created", "not_created"]],
            ["future", ["created", "not_created", "not_created", "not_created"]]
        ])
    );
}

/// SO-50: a tenant without the feature has no guides: nothing shown, nothing created, nothing lost.
#[tokio::test]
async fn a_tenant_without_the_feature_has_no_guides_so_50() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let before = guided.shown().await;
    let switch = async |on: bool| {
        let path = format!("/v1/tenants/{}/switch-feature", guided.fixture.tenant);
        guided.post(&path, json!({"feature": "guide", "on": on})).await.expect(200).json()
    };
    assert_eq!(switch(false).await["events"], json!(["tenant.feature-switched"]));
    assert_eq!(switch(false).await["events"], json!([]), "said twice");
    assert_eq!(
        guided.ask("/v1/me").await["features"],
        json!({"guide": false, "stakeholders": true})
    );
    let guide = guided.guide("").await;
    assert_eq!((&guide["has_guide"], &guide["stages"]), (&json!(false), &json!([])));
    assert_eq!(guided.card().await["guide"], Value::Null);
    let create = json!({"sale": guided.sale, "item": guided.items.g1});
    let refused = guided.post("/v1/activities/from-guide-item", create.clone()).await;
    refused.expect_problem(422, "feature_off");
    let mut document = create;
    document["item"] = json!(guided.items.d1);
    guided.post("/v1/activities/documents", document).await.expect_problem(422, "feature_off");
    guided.of_activity(&g1, "complete").await;
    let head = guided.world.head().await;
    guided.pump().await;
    assert_eq!(guided.world.head().await, head);

    switch(true).await;
    let mut after = before;
    after[0][1][0] = json!("completed");
    assert_eq!(guided.shown().await, after);
}

#[tokio::test]
async fn a_tenant_without_the_feature_has_no_stakeholders_so_50_sk_1() {
    let guided = Guided::new().await;
    let path = format!("/v1/tenants/{}/switch-feature", guided.fixture.tenant);
    let off = json!({"feature": "stakeholders", "on": false});
    guided.post(&path, off).await.expect(200);
    let person =
        json!({"contact": {"id": "0198f0a0-0000-7000-8000-0000000000f9", "name": "Per Hansen"}});
    let new = json!({"stakeholders": [person]});
    guided.refused("add-stakeholders", new.clone(), "feature_off").await;
    let bad = guided.post(&path, json!({"feature": "quotes", "on": true})).await;
    bad.expect_problem(400, "invalid_value");
    guided.post(&path, json!({"feature": "stakeholders", "on": true})).await.expect(200);
    guided.on("add-stakeholders", new).await;
    let seller = guided.world.token("kari", "seller");
    let refused =
        guided.world.post(&seller, &path, &json!({"feature": "guide", "on": false})).await;
    refused.expect_problem(403, "forbidden");
}
