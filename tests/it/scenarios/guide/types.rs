//! Sale types: defined, edited, deleted, restored (SG-1, SG-3, SO-45, SO-46).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Guided;

/// Ids of the types a list shows.
async fn listed(guided: &Guided, parameters: &str) -> Vec<String> {
    let all = guided.ask(&format!("/v1/sale-types{parameters}")).await;
    let types = all["sale_types"].as_array().unwrap().iter();
    types.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// SO-45, SO-36.
#[tokio::test]
async fn a_type_is_defined_with_all_it_decides_so_45() {
    let guided = Guided::new().await;
    let (fm, sc) = (guided.fixture.fm, guided.fixture.sc);
    let renewal = json!({"name": {"en": "Renewal", "nb": "Fornyelse"}, "category": "Existing",
        "duration": {"n": 2, "unit": "weeks"}, "stages": [fm, sc], "guide": true,
        "auto_advance": true, "stakeholders": true});
    let made = guided.post("/v1/sale-types", renewal).await.expect(201).json();
    let path = format!("/v1/sale-types/{}", made["id"].as_str().unwrap());
    let seen = guided.ask(&path).await;
    assert_eq!((&seen["name"], &seen["category"]), (&json!("Renewal"), &json!("Existing")));
    assert_eq!(seen["duration"], json!({"n": 2, "unit": "weeks"}));
    assert_eq!(seen["stages"], json!([fm, sc]));
    assert_eq!(
        [&seen["guide"], &seen["auto_advance"], &seen["stakeholders"], &seen["deleted"]],
        [true, true, true, false]
    );
    assert_eq!(seen["items"], json!([]));
    let sale = json!({"title": "Again", "sale_type": made["id"]});
    let sale = guided.post("/v1/sales", sale).await.expect(201).json()["id"].clone();
    let card = guided.ask(&format!("/v1/sales/{}", sale.as_str().unwrap())).await;
    assert_eq!((&card["sale_date"], &card["stage"]["id"]), (&json!("2026-03-24"), &json!(fm)));

    let many = |field: &str, value: Value| {
        let mut body = json!({"name": "Other", "stages": [fm, sc], "guide": true});
        body[field] = value;
        body
    };
    for (body, code) in [
        (many("stages", json!([fm])), "guide_needs_two_stages"),
        (many("stages", json!([])), "guide_needs_two_stages"),
        (many("stages", json!([fm, fm])), "stage_listed_twice"),
        (many("stages", json!([fm, Uuid::from_u128(404)])), "unknown_stage"),
        (many("name", json!("renewal")), "name_taken"),
        (many("duration", json!({"n": 1_201, "unit": "days"})), "duration_out_of_range"),
    ] {
        guided.post("/v1/sale-types", body).await.expect_problem(422, code);
    }
    guided
        .post("/v1/sale-types", many("name", json!("n".repeat(240))))
        .await
        .expect_problem(400, "invalid_value");
    guided.post("/v1/sale-types", many("name", json!("n".repeat(239)))).await.expect(201);
}

/// SG-1: a type has no guide or one; several types have one each, of their own.
#[tokio::test]
async fn several_types_have_a_guide_of_their_own_sg_1_sg_3() {
    let guided = Guided::new().await;
    let other =
        json!({"name": "Renewal", "stages": [guided.fixture.fm, guided.fixture.qt], "guide": true});
    let other = guided.post("/v1/sale-types", other).await.expect(201).json()["id"].clone();
    let path = format!("/v1/sale-types/{}/add-suggested-document", other.as_str().unwrap());
    let item = json!({"stage": guided.fixture.fm, "name": "Renewal offer"});
    let made = guided.post(&path, item).await;
    assert!(made.status.is_success(), "{}", made.text);
    guided.on("change-sale-type", json!({"sale_type": other})).await;
    assert_eq!(
        guided.shown().await,
        json!([["current", ["not_created"]], ["future", []]]),
        "FM is a stage of both; what is suggested in it is the type's own"
    );
    let foreign = json!({"sale": guided.sale, "item": guided.items.g1});
    let refused = guided.post("/v1/activities/from-guide-item", foreign).await;
    refused.expect_problem(422, "unknown_guide_item");
}

#[tokio::test]
async fn a_deleted_type_is_hidden_takes_no_sales_and_comes_back_without_links_so_46_sg_29() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let path = format!("/v1/sale-types/{}", guided.fixture.new);
    let new = guided.fixture.new.to_string();
    assert_eq!(guided.on_type("delete", json!({})).await["events"], json!(["sale-type.deleted"]));
    assert_eq!(guided.on_type("delete", json!({})).await["events"], json!([]), "said twice");
    assert!(!listed(&guided, "").await.contains(&new));
    assert!(listed(&guided, "?deleted=true").await.contains(&new));

    for (path, body) in [
        ("/v1/sales".to_owned(), json!({"title": "Late", "sale_type": new})),
        (format!("{path}/edit"), json!({"name": "Other"})),
        (
            format!("{path}/add-suggested-document"),
            json!({"stage": guided.fixture.fm, "name": "Letter"}),
        ),
    ] {
        guided.post(&path, body).await.expect_problem(422, "sale_type_deleted");
    }
    let taken = json!({"name": "Sale to new customer"});
    guided.post("/v1/sale-types", taken).await.expect_problem(422, "name_taken");

    // its sales live on, without a guide
    let card = guided.card().await;
    assert_eq!(card["sale_type"], json!({"id": new, "name": "Sale to new customer"}));
    assert_eq!((&card["stage"]["id"], &card["guide"]), (&json!(guided.fixture.fm), &Value::Null));
    assert_eq!(guided.guide("").await["has_guide"], false);
    assert_eq!(guided.activity(&g1).await["guide_item"], json!(guided.items.g1));
    guided.on("edit", json!({"title": "Fjord ERP 2"})).await;
    guided.on("change-sale-type", json!({"sale_type": guided.fixture.simple})).await;
    guided.refused("change-sale-type", json!({"sale_type": new}), "sale_type_deleted").await;

    assert_eq!(guided.on_type("restore", json!({})).await["events"], json!(["sale-type.restored"]));
    assert_eq!(guided.on_type("restore", json!({})).await["events"], json!([]), "said twice");
    let seen = guided.ask(&path).await;
    assert_eq!((&seen["name"], &seen["deleted"]), (&json!("Sale to new customer"), &json!(false)));
    assert_eq!(
        (&seen["stages"], &seen["guide"], &seen["items"]),
        (&json!([]), &json!(false), &json!([])),
        "restoring brings no links back"
    );
    assert!(listed(&guided, "").await.contains(&new));
    guided.on("change-sale-type", json!({"sale_type": new})).await;
    assert_eq!(guided.card().await["stage"], Value::Null);
}

#[tokio::test]
async fn a_type_that_was_deleted_is_shown_as_it_was_so_46() {
    let guided = Guided::new().await;
    let path = format!("/v1/sale-types/{}", guided.fixture.new);
    let at = "2026-03-11T12:00:00Z";
    guided.fixture.at(&guided.world, at, &format!("{path}/delete"), json!({})).await;
    let before = guided.ask("/v1/sale-types?as_of=2026-03-10").await;
    let types = before["sale_types"].as_array().unwrap();
    let new = types.iter().find(|one| one["id"] == json!(guided.fixture.new)).unwrap();
    assert_eq!(new["items"].as_array().unwrap().len(), 7);
    assert_eq!(guided.guide("as_of=2026-03-10").await["has_guide"], true);
    assert_eq!(guided.guide("as_of=2026-03-12").await["has_guide"], false);
}
