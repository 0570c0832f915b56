//! Won and lost sales are skipped on demand (SO-25), and one steps from sale to sale (SO-26).

use serde_json::{Value, json};

use super::Shop;

/// Four sales by date: open, won, stalled, lost.
async fn four() -> (Shop, [String; 4]) {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for (n, title) in (1..).zip(["Open", "Won", "Stalled", "Lost"]) {
        let date = format!("2026-06-0{n}");
        ids.push(shop.sale(title, (&format!("{n}00"), "EUR"), &date, json!({})).await);
    }
    shop.won(&ids[1]).await;
    shop.stalled(&ids[2]).await;
    shop.lost(&ids[3]).await;
    (shop, ids.try_into().unwrap())
}

#[tokio::test]
async fn won_and_lost_sales_are_left_out_when_skipped_so_25() {
    let (shop, _) = four().await;
    assert_eq!(shop.titles("sort=number").await, ["Open", "Won", "Stalled", "Lost"]);
    assert_eq!(shop.titles("sort=number&skip_completed=false").await.len(), 4, "the default");
    assert_eq!(shop.titles("sort=number&skip_completed=true").await, ["Open", "Stalled"]);
    let both = "sort=number&skip_completed=true&status=won,stalled";
    assert_eq!(shop.titles(both).await, ["Stalled"]);
    assert!(shop.titles("skip_completed=true&status=lost").await.is_empty());
    // the completed tick is another thing: nobody set it (SO-21)
    assert_eq!(shop.titles("sort=number&completed=false").await.len(), 4);
    let board = shop.ask("/v1/pipeline?group_by=status&currency=EUR&skip_completed=true").await;
    let totals = &board["totals"];
    assert_eq!((&totals["won"]["count"], &totals["lost"]["count"]), (&json!(0), &json!(0)));
    assert_eq!(
        (&totals["open"]["amount"], &totals["stalled"]["amount"]),
        (&json!("100.00"), &json!("300.00"))
    );
}

async fn steps(shop: &Shop, sale: &str, question: &str) -> (Value, Value) {
    let beside = shop.ask(&format!("/v1/sales/{sale}/neighbours?{question}")).await;
    (beside["previous"]["title"].clone(), beside["next"]["title"].clone())
}

#[tokio::test]
async fn previous_and_next_follow_the_order_of_the_list_so_26() {
    let (shop, [open, won, stalled, lost]) = four().await;
    let (none, at) = (Value::Null, |title: &str| json!(title));
    let by_number = "sort=number";
    assert_eq!(steps(&shop, &open, by_number).await, (none.clone(), at("Won")));
    assert_eq!(steps(&shop, &won, by_number).await, (at("Open"), at("Stalled")));
    assert_eq!(steps(&shop, &lost, by_number).await, (at("Stalled"), none.clone()));
    assert_eq!(steps(&shop, &won, "sort=-number").await, (at("Stalled"), at("Open")));
    // by name, which is the database's order: Lost, Open, Stalled, Won
    assert_eq!(steps(&shop, &open, "sort=title").await, (at("Lost"), at("Stalled")));
    let skipping = "sort=number&skip_completed=true";
    assert_eq!(steps(&shop, &open, skipping).await, (none.clone(), at("Stalled")), "SO-25");
    assert_eq!(steps(&shop, &stalled, skipping).await, (at("Open"), none.clone()));
    // a won sale that is looked at has its place, though nobody steps to it
    assert_eq!(steps(&shop, &won, skipping).await, (at("Open"), at("Stalled")));
    assert_eq!(steps(&shop, &won, "sort=title&skip_completed=true").await, (at("Stalled"), none));
    let whole = shop.ask(&format!("/v1/sales/{won}/neighbours?sort=number")).await;
    assert_eq!(whole["previous"], json!({"id": open, "number": "1001", "title": "Open"}));
    assert_eq!(whole["next"], json!({"id": stalled, "number": "1003", "title": "Stalled"}));
    assert!(whole["position"].is_i64() && whole["as_of"].is_string());
}

#[tokio::test]
async fn one_steps_to_what_one_sees_and_from_what_there_is_so_26() {
    let (shop, [open, won, ..]) = four().await;
    let kari = shop.sale("Kari's", ("150", "EUR"), "2026-06-01", json!({"owner": "kari"})).await;
    let deleted = shop.sale("Deleted", ("160", "EUR"), "2026-06-01", json!({})).await;
    shop.on(&deleted, "delete", json!({})).await;
    shop.sellers_see_their_own().await;
    let ola = shop.world.token_in("demo", "ola", &["seller"], &["North"]);
    for sort in ["amount", "title"] {
        let path = format!("/v1/sales/{open}/neighbours?sort={sort}&status=open,won");
        let beside = shop.ask_as(&ola, &path).await;
        assert_eq!(beside["next"]["title"], "Won", "{sort}: neither hers nor a deleted one");
        for unseen in [&kari, &deleted, &"0198f0a0-0000-7000-8000-00000000dead".to_owned()] {
            let path = format!("/v1/sales/{unseen}/neighbours?sort={sort}");
            shop.world.get(&ola, &path).await.expect_problem(404, "not_found");
        }
    }
    let path = format!("/v1/sales/{won}/neighbours?limit=3");
    shop.world.get(&ola, &path).await.expect_problem(400, "unknown_parameter");
    shop.world.get(&ola, "/v1/sales/7/neighbours").await.expect_problem(400, "malformed_id");
}
