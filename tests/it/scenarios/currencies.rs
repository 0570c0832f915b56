//! S18: a pipeline in several currencies, today and as of other days.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{TODAY, pipeline};

/// Amount and weighted amount of every column.
fn columns(board: &Value) -> Vec<String> {
    let columns = board["columns"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    columns.map(|one| format!("{} {}", text(&one["amount"]), text(&one["weighted"]))).collect()
}

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
    let mut sales = later["sales"].as_array().unwrap().iter();
    let fjord = sales.find(|row| row["id"] == nok.as_str()).unwrap();
    assert_eq!(fjord["days_in_stage"], 8);

    // the same on the board, column by column, and in groups
    let board = async |question: &str| {
        let path = format!("/v1/board?currency=EUR{question}");
        world.get(&fixture.importer, &path).await.expect(200).json()
    };
    assert_eq!(
        columns(&board("").await),
        ["31240.00 6248.00", "63385.00 31692.50", "40000.00 32000.00"]
    );
    let earlier = board("&as_of=2026-03-11").await;
    assert_eq!(columns(&earlier), ["94625.00 18925.00", "0.00 0.00", "40000.00 32000.00"]);
    assert_eq!(earlier["totals"]["open"]["weighted"], "50925.00");
    let later = board("&as_of=2026-03-20").await;
    assert_eq!(later["columns"][1]["cards"][0]["days_in_stage"], 8);
    let known = board("&known_at=2026-03-11T09:00:00Z").await;
    assert_eq!(known["totals"]["open"]["count"], 0, "all of it was entered later");
    let path = "/v1/sales/grouped?group_by=currency&as_of=2026-03-11";
    let grouped = world.get(&fixture.importer, path).await.expect(200).json();
    assert_eq!(grouped["totals"]["weighted"]["sum"], "50925.00");
    assert_eq!(
        (&grouped["groups"][2]["key"], &grouped["groups"][2]["weighted"]["sum"]),
        (&json!("NOK"), &json!("12677.00"))
    );

    let cheaper = json!({"rate": "8.5", "unit": 100});
    fixture.at(&world, "2026-04-01T08:00:00Z", "/v1/currencies/NOK/set-rate", cheaper).await;
    world.set_clock("2026-04-02T08:00:00Z");
    let today = board("").await;
    assert_eq!(today["columns"][1]["amount"], "42500.00");
    assert_eq!(today["totals"]["open"]["weighted"], "59498.00", "21 250 + 32 000 + 6 248");
    let before = board("&as_of=2026-03-31").await;
    assert_eq!(before["totals"]["open"]["weighted"], "69940.50", "the rate of that day");
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
