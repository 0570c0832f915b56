//! What a printed sale shows (SO-33): a client prints the card, its history and its activities; all of it is there.

use serde_json::json;

use super::Shop;

#[tokio::test]
async fn everything_a_printed_sale_shows_is_on_its_card_so_33() {
    let shop = Shop::open().await;
    let party = |n: u8, name: &str| json!({"id": format!("0198f0a0-0000-7000-8000-0000000000f{n}"), "name": name});
    let field =
        json!({"key": "licences", "name": {"en": "Licences", "nb": "Lisenser"}, "kind": "number"});
    let path = "/v1/tenants/demo/define-custom-field";
    shop.fixture.at(&shop.world, "2026-01-01T00:00:00Z", path, field).await;
    let more = json!({"company": party(1, "Fjord AS"), "contact": party(2, "Nina"),
        "project": party(3, "ERP 2026"), "description": "Larger", "source": "fair", "credited": "north-sales",
        "competitor": "acme", "external_reference": "crm-17", "note": "Call them"});
    let sale = shop.sale("Fjord ERP", ("500000", "NOK"), "2026-06-10", more).await;
    shop.on(&sale, "set-margin", json!({"total_cost": {"amount": "300000", "currency": "NOK"}}))
        .await;
    shop.on(&sale, "set-custom-fields", json!({"fields": {"licences": "12"}})).await;
    let link = json!({"kind": "url", "target": "https://fjord.example", "name": "Fjord"});
    shop.on(&sale, "add-link", link).await;
    let involved = json!({"stakeholders": [{"company": party(1, "Fjord AS"), "contact": party(4, "Odd"), "role": "user"}]});
    shop.on(&sale, "add-stakeholders", involved).await;
    let card = shop.ask(&format!("/v1/sales/{sale}?currency=EUR")).await;
    for (place, expected) in [
        ("/number", json!("1001")),
        ("/title", json!("Fjord ERP")),
        ("/status", json!("open")),
        ("/icon", json!("coin")),
        ("/stage/name", json!("First meeting")),
        ("/sale_type/name", json!("Sale to new customer")),
        ("/category", json!("New business")),
        ("/probability", json!(20)),
        ("/owner_name", json!("ola")),
        ("/group", json!("North")),
        ("/company/name", json!("Fjord AS")),
        ("/contact/name", json!("Nina")),
        ("/project/name", json!("ERP 2026")),
        ("/amount", json!({"amount": "500000.00", "currency": "NOK"})),
        ("/weighted/amount", json!("100000.00")),
        ("/converted/amount", json!("63385.00")),
        ("/total_cost/amount", json!("300000.00")),
        ("/profit/amount", json!("200000.00")),
        ("/profit_percent", json!("40.00")),
        ("/sale_date", json!("2026-06-10")),
        ("/source", json!("fair")),
        ("/credited", json!("north-sales")),
        ("/competitor", json!("acme")),
        ("/external_reference", json!("crm-17")),
        ("/description", json!("Larger")),
        ("/note", json!("Call them")),
        ("/links/0/name", json!("Fjord")),
        ("/stakeholders/0/contact/name", json!("Odd")),
        ("/fields/0/name", json!("Licences")),
        ("/fields/0/value", json!("12")),
        ("/registered_on", json!("2026-03-01")),
        ("/registered_by", json!("ola")),
        ("/updated_by", json!("ola")),
        ("/visible_for", json!("all")),
        ("/completed", json!(false)),
    ] {
        assert_eq!(card.pointer(place), Some(&expected), "{place}: {card}");
    }
}
