//! Documents: done when they are created, with or without an item, in no diary (SG-13, SG-18).

use serde_json::{Value, json};

use super::Guided;

#[tokio::test]
async fn s4_a_document_is_completed_by_being_created_sg_13_sg_18() {
    let guided = Guided::new().await;
    let d1 = guided.document(guided.items.d1).await;
    let seen = guided.activity(&d1).await;
    assert_eq!((&seen["kind"], &seen["title"]), (&json!("document"), &json!("Our meeting")));
    assert_eq!((&seen["completed"], &seen["guide_item"]), (&json!(true), &json!(guided.items.d1)));
    assert_eq!(
        (&seen["template"], &seen["our_reference"]),
        (&json!("E-mail"), &json!("{sale_number}"))
    );
    assert_eq!((&seen["owner"], &seen["company"]["name"]), (&json!("ola"), &json!("Fjord AS")));
    let shown = guided.item(guided.items.d1).await;
    assert_eq!(
        (&shown["state"], &shown["instances"][0]["completed"]),
        (&json!("completed"), &json!(true))
    );

    let diary = "/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&days_ahead=366";
    let diary = guided.ask(diary).await;
    assert_eq!((&diary["activities"], &diary["sales"]), (&json!([]), &json!([])));
    assert_eq!(guided.card().await["next_activity_date"], Value::Null);
    let of_kind = format!("/v1/activities?sale={}&kind=document", guided.sale);
    assert_eq!(guided.ask(&of_kind).await["activities"][0]["id"], json!(d1), "SG-18");

    guided
        .post(&format!("/v1/activities/{d1}/reopen"), json!({}))
        .await
        .expect_problem(422, "document_is_done");
    let edit = json!({"title": "Another"});
    let refused = guided.post(&format!("/v1/activities/{d1}/edit"), edit).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    guided.of_activity(&d1, "delete").await;
    assert_eq!(guided.item(guided.items.d1).await["state"], "not_created", "SG-17");
}

/// SG-13: every field of the form may say something else; without a subject the item's name is the title.
#[tokio::test]
async fn a_document_may_say_something_else_or_belong_to_no_guide_sg_5_sg_13() {
    let guided = Guided::new().await;
    let path = "/v1/activities/documents";
    let plain = guided.document(guided.items.d3).await;
    assert_eq!(guided.activity(&plain).await["title"], "Signed contract");
    let other = json!({"sale": guided.sale, "item": guided.items.d1, "title": "See you",
        "template": "Letter", "our_reference": "1001/OLA", "owner": "kari"});
    let id = guided.post(path, other).await.expect(201).json()["id"].clone();
    let seen = guided.activity(id.as_str().unwrap()).await;
    assert_eq!(
        [&seen["title"], &seen["template"], &seen["our_reference"], &seen["owner"]],
        ["See you", "Letter", "1001/OLA", "kari"]
    );
    let alone = guided.post(path, json!({"title": "Price list 2026"})).await.expect(201).json();
    let seen = guided.activity(alone["id"].as_str().unwrap()).await;
    assert_eq!((&seen["sale_id"], &seen["guide_item"]), (&Value::Null, &Value::Null));
    let untitled = guided.post(path, json!({})).await;
    untitled.expect_problem(422, "title_required");
    let homeless = guided.post(path, json!({"item": guided.items.d1, "title": "x"})).await;
    assert_eq!(homeless.status.as_u16() / 100, 4, "{}", homeless.text);
}
