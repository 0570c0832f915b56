//! S8 and S9: sold, completed, reopened; lost.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{TODAY, card, fjord, pipeline};

async fn forecast(world: &World, fixture: &Fixture) -> Value {
    let path =
        "/v1/forecast?from=2026-01-01&to=2026-12-31&period=month&group_by=owner&currency=EUR";
    world.get(&fixture.importer, path).await.expect(200).json()
}

fn row<'a>(forecast: &'a Value, period: &str) -> Option<&'a Value> {
    forecast["rows"].as_array().unwrap().iter().find(|row| row["period"] == period)
}

#[tokio::test]
async fn s8_sold_completed_reopened_so_17_so_20_so_21_so_22() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    fixture
        .at(&world, TODAY, &format!("/v1/sales/{sale}/advance-stage"), json!({"stage": fixture.sc}))
        .await;
    let before = forecast(&world, &fixture).await;
    assert_eq!(row(&before, "2026-06").unwrap()["open"]["weighted"], "50708.00");

    let sold = json!({"reason": "best-product", "close_date": "2026-03-09",
        "amount": {"amount": "480000", "currency": "NOK"}});
    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/mark-sold"), sold).await;
    let after = forecast(&world, &fixture).await;
    let march = row(&after, "2026-03").unwrap();
    assert_eq!(
        (&march["owner"], &march["won"]["count"], &march["won"]["amount"]),
        (&json!("ola"), &json!(1), &json!("60849.60"))
    );
    let june = row(&after, "2026-06");
    assert!(june.is_none_or(|june| june["open"]["count"] == 0), "{after}");
    let board = pipeline(&world, &fixture, "").await;
    assert_eq!(board["columns"], json!([]), "{board}");
    assert_eq!(board["totals"]["won"]["amount"], "60849.60");
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["status"], &seen["probability"], &seen["sale_date"]),
        (&json!("won"), &json!(100), &json!("2026-03-09"))
    );
    assert_eq!(seen["stage_when_closed"]["id"], json!(fixture.sc), "{seen}");

    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/complete"), json!({})).await;
    assert_eq!(card(&world, &fixture, &sale).await["completed"], true);
    let amount = json!({"amount": {"amount": "1", "currency": "NOK"}});
    let refused =
        world.post(&fixture.importer, &format!("/v1/sales/{sale}/change-amount"), &amount).await;
    refused.expect_problem(422, "sale_closed");

    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/reopen"), json!({})).await;
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["status"], &seen["probability"], &seen["sale_date"]),
        (&json!("open"), &json!(80), &json!("2026-03-09"))
    );
    assert_eq!((&seen["completed"], &seen["stage"]["id"]), (&json!(false), &json!(fixture.sc)));
    let reopened = forecast(&world, &fixture).await;
    assert_eq!(row(&reopened, "2026-03").unwrap()["won"]["amount"], "0.00");
    let open =
        world.post(&fixture.importer, &format!("/v1/sales/{sale}/complete"), &json!({})).await;
    open.expect_problem(422, "not_closed");
}

#[tokio::test]
async fn s9_lost_once_so_18() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    let path = format!("/v1/sales/{sale}/mark-lost");
    let lost = json!({"reason": "price", "competitor": "acme"});
    fixture.at(&world, TODAY, &path, lost.clone()).await;
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["status"], &seen["probability"], &seen["sale_date"]),
        (&json!("lost"), &json!(0), &json!("2026-03-10"))
    );
    assert_eq!((&seen["reason"], &seen["competitor"]), (&json!("price"), &json!("acme")));
    assert_eq!(seen["weighted"]["amount"], "0.00");
    world.post(&fixture.importer, &path, &lost).await.expect_problem(422, "already_closed");
}
