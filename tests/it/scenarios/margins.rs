//! S3: cost, profit, percent.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{TODAY, card};

fn nok(amount: &str) -> Value {
    json!({"amount": amount, "currency": "NOK"})
}

#[tokio::test]
async fn s3_cost_profit_and_percent_so_10_so_11_so_12() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, TODAY, "Margins", json!({"amount": nok("200000")})).await;
    let margin = async |cost: &str, profit: &str, percent: Value| {
        let seen = card(&world, &fixture, &sale).await;
        assert_eq!(seen["total_cost"], nok(cost), "{seen}");
        assert_eq!(seen["profit"], nok(profit), "{seen}");
        assert_eq!(seen["profit_percent"], percent, "{seen}");
    };

    fixture.on(&world, &sale, "set-margin", json!({"total_cost": nok("140000")})).await;
    margin("140000.00", "60000.00", json!("30.00")).await;
    fixture.on(&world, &sale, "set-margin", json!({"profit_percent": 40})).await;
    margin("120000.00", "80000.00", json!("40.00")).await;
    fixture.on(&world, &sale, "set-margin", json!({"profit": nok("50000")})).await;
    margin("150000.00", "50000.00", json!("25.00")).await;
    fixture.on(&world, &sale, "change-amount", json!({"amount": nok("250000")})).await;
    margin("150000.00", "100000.00", json!("40.00")).await;
    fixture.on(&world, &sale, "change-amount", json!({"amount": nok("0")})).await;
    margin("150000.00", "-150000.00", json!(null)).await;

    let path = format!("/v1/sales/{sale}/set-margin");
    let reply = world.post(&fixture.importer, &path, &json!({"profit_percent": 10})).await;
    reply.expect_problem(422, "percent_without_amount");
}
