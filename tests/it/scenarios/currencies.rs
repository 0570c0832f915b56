//! S18: a pipeline in several currencies, today and as of other days.

use serde_json::json;
use system_tests::{Fixture, World};

use super::{TODAY, pipeline};

#[tokio::test]
async fn s18_multi_currency_pipeline_and_replay_so_38_so_40() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = async |title: &str, amount: &str, currency: &str, stage| {
        let more = json!({"amount": {"amount": amount, "currency": currency}, "stage": stage});
        fixture.sale(&world, TODAY, title, more).await
    };
    let nok = sale("Fjord", "500000", "NOK", fixture.fm).await;
    sale("Rhein", "40000", "EUR", fixture.sc).await;
    sale("Thames", "20000", "GBP", fixture.fm).await;
    let advance = format!("/v1/sales/{nok}/advance-stage");
    fixture.at(&world, "2026-03-12T10:00:00Z", &advance, json!({"stage": fixture.qt})).await;

    let now = pipeline(&world, &fixture, "").await;
    assert_eq!(
        now["totals"]["open"],
        json!({"count": 3, "amount": "134625.00", "weighted": "69940.50"})
    );
    let earlier = pipeline(&world, &fixture, "&as_of=2026-03-11").await;
    assert_eq!(earlier["totals"]["open"]["weighted"], "50925.00", "{earlier}");
    let later = pipeline(&world, &fixture, "&as_of=2026-03-20").await;
    let fjord = later["sales"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == nok.as_str())
        .unwrap()
        .clone();
    assert_eq!(fjord["days_in_stage"], 8);

    let cheaper = json!({"rate": "8.5", "unit": 100});
    fixture.at(&world, "2026-04-01T08:00:00Z", "/v1/currencies/NOK/set-rate", cheaper).await;
    world.set_clock("2026-04-02T08:00:00Z");
    let today = pipeline(&world, &fixture, "").await;
    assert_eq!(today["totals"]["open"]["amount"], "113740.00", "42 500 + 40 000 + 31 240");
    let before = pipeline(&world, &fixture, "&as_of=2026-03-31").await;
    assert_eq!(before["totals"]["open"]["amount"], "134625.00");
}

#[tokio::test]
async fn a_sale_without_a_rate_stays_out_of_the_sum_and_its_currency_is_named() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let more = json!({"amount": {"amount": "1000", "currency": "JPY"}});
    fixture.sale(&world, TODAY, "Fuji", more).await;
    let board = pipeline(&world, &fixture, "").await;
    assert_eq!(board["missing_rates"], json!(["JPY"]));
    assert_eq!(board["totals"]["open"]["amount"], "0.00");
    let in_yen = world.get(&fixture.importer, "/v1/pipeline?currency=JPY").await.expect(200).json();
    assert_eq!(in_yen["totals"]["open"]["amount"], "1000");
    assert_eq!(in_yen["missing_rates"], json!([]));
}
