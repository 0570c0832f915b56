//! What is worth most, and what closes when (SO-42, SO-43).

use serde_json::json;

use super::Shop;

/// Sales of several currencies and chances. One EUR is 1 / 0.12677 NOK; nobody has a rate for USD.
async fn some() -> Shop {
    let shop = Shop::open().await;
    for (title, worth, date, probability) in [
        ("Small", ("1000", "EUR"), "2026-04-10", 90), // 900 weighted
        ("Large", ("5000", "EUR"), "2026-05-10", 10), // 500
        ("Nordic", ("50000", "NOK"), "2026-06-10", 50), // 6338.50; 3169.25
        ("Unrated", ("99999", "USD"), "2026-05-11", 99),
        ("Sold", ("8000", "EUR"), "2026-05-12", 50),
        ("Gone", ("7000", "EUR"), "2026-05-13", 50),
        ("Asleep", ("6000", "EUR"), "2026-05-14", 60),
    ] {
        let sale = shop.sale(title, worth, date, json!({"probability": probability})).await;
        match title {
            "Sold" => {
                let body = json!({"reason": "price", "close_date": "2026-03-02"});
                shop.on(&sale, "mark-sold", body).await;
            }
            "Gone" => shop.lost(&sale).await,
            "Asleep" => shop.stalled(&sale).await,
            _ => {}
        }
    }
    shop
}

#[tokio::test]
async fn open_sales_are_listed_by_weighted_amount_down_to_a_least_one_so_42_sf_3() {
    let shop = some().await;
    let upcoming = "status=open&sort=-weighted";
    assert_eq!(shop.titles(upcoming).await, ["Nordic", "Small", "Large", "Unrated"]);
    let least = |amount: &str| format!("{upcoming}&min_weighted={amount}");
    assert_eq!(shop.titles(&least("500")).await, ["Nordic", "Small", "Large"]);
    assert_eq!(shop.titles(&least("500.01")).await, ["Nordic", "Small"]);
    assert_eq!(shop.titles(&least("900.00&limit=1")).await, ["Nordic"], "and a count");
    assert_eq!(shop.titles(&least("3169.25")).await, ["Nordic"], "as rounded");
    assert!(shop.titles(&least("3169.26")).await.is_empty());
    // in kroner: 900 EUR are 7099.47 NOK
    assert_eq!(shop.titles(&least("7099.47&currency=NOK")).await, ["Nordic", "Small"]);
    assert_eq!(shop.titles(&least("7099.48&currency=NOK")).await, ["Nordic"]);
    // in a currency of its own the unrated one is exact, and nothing else has a rate
    assert_eq!(shop.titles(&least("98999.01&currency=USD")).await, ["Unrated"]);
}

#[tokio::test]
async fn sales_are_found_by_date_least_amount_and_status_so_43() {
    let shop = some().await;
    let between = "sort=number&sale_date_from=2026-05-01&sale_date_to=2026-05-31";
    assert_eq!(shop.titles(between).await, ["Large", "Unrated", "Asleep"]);
    // what is won or lost has its close date for a sale date
    let march = "sort=number&sale_date_from=2026-03-01&sale_date_to=2026-03-31";
    assert_eq!(shop.titles(march).await, ["Sold", "Gone"]);
    assert_eq!(shop.titles(&format!("{march}&status=lost")).await, ["Gone"]);
    assert_eq!(shop.titles(&format!("{march}&min_amount=7000.01")).await, ["Sold"]);
    assert_eq!(shop.titles(&format!("{between}&min_amount=5000")).await, ["Large", "Asleep"]);
    assert_eq!(shop.titles(&format!("{between}&min_amount=5000.01")).await, ["Asleep"]);
    assert_eq!(shop.titles(&format!("{between}&status=open,won,lost,stalled")).await.len(), 3);
    // the same by title, which SQL answers
    let titled = format!("{between}&title=a&min_amount=6000");
    assert_eq!(shop.titles(&titled).await, ["Asleep"]);
}

#[tokio::test]
async fn a_least_amount_is_a_decimal_so_42_so_43() {
    let shop = Shop::open().await;
    for name in ["min_amount", "min_weighted"] {
        for bad in ["-1", "1e3", "many", "", "1.23456", "1234567890123456789"] {
            let path = format!("/v1/sales?{name}={bad}");
            let refused = shop.world.get(&shop.fixture.importer, &path).await;
            let problem = refused.expect_problem(400, "bad_parameter").json();
            assert_eq!(problem["errors"][0]["parameter"], name, "{bad}");
        }
    }
}
