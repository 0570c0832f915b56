//! The columns of the two lists of sales (SO-37, SD-21).

use serde_json::{Value, json};

use super::Shop;

/// A sale with every column filled.
async fn filled() -> (Shop, String) {
    let shop = Shop::open().await;
    let party = |n: u8, name: &str| json!({"id": format!("0198f0a0-0000-7000-8000-0000000000f{n}"), "name": name});
    let more = json!({"company": party(1, "Fjord AS"), "contact": party(2, "Nina"), "stage": shop.fixture.qt});
    let sale = shop.sale("Fjord ERP", ("500000", "NOK"), "2026-03-12", more).await;
    let call = json!({"kind": "to_do", "title": "Call", "sale": sale, "end": "2026-03-11"});
    shop.fixture.at(&shop.world, "2026-03-01T09:00:00Z", "/v1/activities", call).await;
    (shop, sale)
}

fn has_the_columns(row: &Value) {
    for (column, expected) in [
        ("/completed", json!(false)),
        ("/icon", json!("coin")),
        ("/sale_date", json!("2026-03-12")),
        ("/amount", json!({"amount": "500000.00", "currency": "NOK"})),
        ("/stage/name", json!("Quotation")),
        ("/next_activity_date", json!("2026-03-11")),
        ("/title", json!("Fjord ERP")),
        ("/contact/name", json!("Nina")),
        ("/company/name", json!("Fjord AS")),
        ("/owner", json!("ola")),
    ] {
        assert_eq!(row.pointer(column), Some(&expected), "{column}");
    }
}

#[tokio::test]
async fn the_list_of_sales_has_its_columns_so_37() {
    let (shop, sale) = filled().await;
    let list = shop.ask("/v1/sales").await;
    has_the_columns(&list["sales"][0]);
    shop.won(&sale).await;
    shop.on(&sale, "complete", json!({})).await;
    let list = shop.ask("/v1/sales").await;
    let row = &list["sales"][0];
    assert_eq!((&row["icon"], &row["completed"]), (&json!("tick"), &json!(true)));
}

#[tokio::test]
async fn the_diarys_list_of_sales_has_its_columns_sd_21() {
    let (shop, _) = filled().await;
    let diary = shop.ask("/v1/diary?owner=ola&from=2026-03-10&to=2026-03-14").await;
    has_the_columns(&diary["sales"][0]);
}
