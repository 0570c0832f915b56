//! Another type (scenario S6) and another currency (SO-9, SO-39).

use serde_json::{Value, json};

use super::Desk;

#[tokio::test]
async fn s6_a_type_is_changed_away_and_back_so_9_so_24() {
    let desk = Desk::new().await;
    let meeting = json!({"kind": "meeting", "title": "Customer meeting", "sale": desk.sale,
        "start": "2026-03-17T09:00:00Z"});
    desk.world.post(&desk.fixture.importer, "/v1/activities", &meeting).await.expect(201);
    let seen = |card: &Value| {
        let [stage, kind] = [&card["stage"]["id"], &card["sale_type"]["id"]];
        (stage.clone(), kind.clone(), card["probability"].clone(), card["category"].clone())
    };
    let (new, simple) = (json!(desk.fixture.new), json!(desk.fixture.simple));
    desk.on("change-sale-type", json!({"sale_type": simple})).await;
    let card = desk.card().await;
    assert_eq!(seen(&card), (json!(null), simple.clone(), json!(20), json!(null)));
    assert_eq!(card["next_activity_date"], "2026-03-17", "follow-ups stay");
    desk.on("change-sale-type", json!({"sale_type": new})).await;
    let back = (json!(desk.fixture.fm), new.clone(), json!(20), json!("New business"));
    assert_eq!(seen(&desk.card().await), back);
    let told = desk.changes_of("sale_type").await;
    assert_eq!(told[1..], [(new.clone(), simple.clone()), (simple.clone(), new)]);

    desk.on("change-sale-type", json!({"sale_type": simple})).await;
    let asked = json!({"sale_type": desk.fixture.new, "stage": desk.fixture.sc});
    desk.on("change-sale-type", asked).await;
    let card = desk.card().await;
    assert_eq!((&card["stage"]["id"], &card["probability"]), (&json!(desk.fixture.sc), &json!(80)));
    desk.on("mark-lost", json!({"reason": "price"})).await;
    desk.refused("change-sale-type", json!({"sale_type": simple}), 422, "sale_closed").await;
}

#[tokio::test]
async fn a_currency_is_changed_and_the_figures_stay_so_39_so_24() {
    let mut desk = Desk::new().await;
    let amount = json!({"amount": {"amount": "1000.50", "currency": "NOK"}});
    desk.sale = desk.fixture.sale(&desk.world, "2026-03-02T08:00:00Z", "Yen", amount).await;
    desk.on("set-margin", json!({"total_cost": {"amount": "400.49", "currency": "NOK"}})).await;
    let pipeline = |board: Value| board["totals"]["open"]["amount"].clone();
    let before = pipeline(desk.ask("/v1/pipeline?currency=EUR&title=yen").await);
    assert_eq!(before, "126.83");
    desk.on("change-currency", json!({"currency": "GBP"})).await;
    let after = pipeline(desk.ask("/v1/pipeline?currency=EUR&title=yen").await);
    assert_eq!(after, "1562.78", "the figure is taken in the new currency");
    desk.on("change-currency", json!({"currency": "JPY"})).await;
    let card = desk.card().await;
    assert_eq!(card["amount"], json!({"amount": "1001", "currency": "JPY"}));
    assert_eq!(card["total_cost"], json!({"amount": "400", "currency": "JPY"}));
    assert_eq!(
        (&card["profit"]["amount"], &card["profit_percent"]),
        (&json!("601"), &json!("60.04"))
    );
    let told = desk.changes_of("currency").await;
    assert_eq!(told[1..], [(json!("NOK"), json!("GBP")), (json!("GBP"), json!("JPY"))]);
    let amount = json!({"amount": {"amount": "1", "currency": "NOK"}});
    desk.refused("change-amount", amount, 422, "currency_differs").await;
    desk.on("mark-lost", json!({"reason": "price"})).await;
    desk.refused("change-currency", json!({"currency": "EUR"}), 422, "sale_closed").await;
}
