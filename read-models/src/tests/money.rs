//! Conversion: one rounding, at the end, in integers; sums of rounded rows; currencies without a rate.

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::World;
use super::facts::{currency_stream, rate, sale, worth};

/// Half away from zero, in wide integers.
fn reference(x: i64, numerator: i64, denominator: i64) -> i128 {
    let product = i128::from(x) * i128::from(numerator);
    let rounded = (2 * product.abs() + i128::from(denominator)) / (2 * i128::from(denominator));
    rounded * product.signum()
}

#[test]
fn sql_converts_as_wide_integers_do() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::empty());
    let pool = runtime.block_on(async { world.projector(1) });
    let figures = (any::<i64>(), 1_i64..=i64::MAX, 1_i64..=i64::MAX);
    let halves = (-1_000_i64..1_000, 1_i64..50, 1_i64..200);
    let mut runner = proptest::test_runner::TestRunner::default();
    let checked = runner.run(&prop_oneof![figures, halves], |(x, numerator, denominator)| {
        let sql: String = runtime.block_on(async {
            sqlx::query_scalar("SELECT converted($1, $2::numeric, $3::numeric)::text")
                .bind(x)
                .bind(rust_decimal::Decimal::from(numerator))
                .bind(rust_decimal::Decimal::from(denominator))
                .fetch_one(&pool)
                .await
                .unwrap()
        });
        prop_assert_eq!(sql, reference(x, numerator, denominator).to_string());
        Ok(())
    });
    checked.unwrap();
}

async fn world_with(sales: &[(&str, &str, i64)]) -> World {
    let mut world = World::provisioned().await;
    for (n, (amount, currency, chance)) in (1..).zip(sales) {
        world.record(&sale(n).stream(), &[worth(amount, currency, *chance)]).await;
    }
    world
}

#[tokio::test]
async fn a_total_is_the_sum_of_its_rounded_rows() {
    // 0.05 NOK = 0.0063385 EUR, three of them: 3 × 0.01, not 0.02
    let world = world_with(&[("0.05", "NOK", 50), ("0.05", "NOK", 50), ("0.05", "NOK", 50)]).await;
    world.follow().await;
    let open = &world.ask("/v1/pipeline").await["totals"]["open"];
    assert_eq!(open["amount"], "0.03");
    assert_eq!(open["weighted"], "0.00", "0.025 is 0.03 NOK a row, 0.0038 EUR");
}

#[tokio::test]
async fn each_pair_of_currencies_is_converted_with_one_rounding() {
    let mut world =
        world_with(&[("500000", "NOK", 20), ("20000", "GBP", 20), ("100", "EUR", 100)]).await;
    world.record(&currency_stream("JPY"), &[rate("JPY", "0.61", 100, "2020-01-01")]).await;
    world.record(&currency_stream("KWD"), &[rate("KWD", "2.8", 1, "2020-01-01")]).await;
    world.follow().await;
    for (asked, kroner, pounds, euro) in [
        ("EUR", "63385.00", "31240.00", "100.00"),
        ("NOK", "500000.00", "246430.54", "788.83"),
        ("GBP", "40579.39", "20000.00", "64.02"),
        ("JPY", "10390984", "5121311", "16393"),
        ("KWD", "22637.500", "11157.143", "35.714"),
    ] {
        let list = world.ask(&format!("/v1/sales?sort=number&currency={asked}")).await;
        let amounts: Vec<_> =
            (0..3).map(|n| list["sales"][n]["converted"]["amount"].clone()).collect();
        assert_eq!(amounts, [json!(kroner), json!(pounds), json!(euro)], "{asked}");
    }
}

#[tokio::test]
async fn a_sale_without_a_rate_stays_out_of_the_sums_and_is_named() {
    let world = world_with(&[("100", "USD", 50), ("100", "EUR", 50), ("5", "CHF", 50)]).await;
    world.follow().await;
    let board = world.ask("/v1/pipeline").await;
    assert_eq!(board["missing_rates"], json!(["CHF", "USD"]));
    assert_eq!(
        board["totals"]["open"],
        json!({"count": 3, "amount": "100.00", "weighted": "50.00"})
    );
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!((&card["amount"]["amount"], &card["converted"]), (&json!("100.00"), &Value::Null));

    let asked = world.ask("/v1/forecast?currency=USD").await;
    assert_eq!(
        asked["missing_rates"],
        json!(["CHF", "EUR", "USD"]),
        "without a rate of the asked currency"
    );
    assert_eq!(asked["totals"]["open"]["amount"], "100.00", "what is in it already is exact");
}

#[tokio::test]
async fn the_rate_is_the_latest_that_is_valid_then_and_known_then() {
    let mut world = world_with(&[("1000", "NOK", 50)]).await;
    let nok = currency_stream("NOK");
    for (text, from) in
        [("9", "2026-03-01"), ("10", "2026-03-01"), ("8", "2026-02-01"), ("7", "2026-04-01")]
    {
        world.record(&nok, &[rate("NOK", text, 100, from)]).await;
    }
    world.follow().await;
    let amount = async |moment: &str| {
        let board = world.ask(&format!("/v1/pipeline?{moment}")).await;
        board["totals"]["open"]["amount"].clone()
    };
    assert_eq!(
        amount("").await,
        "100.00",
        "of two for the same day the later in the log; April is not yet"
    );
    let log = world.log().await;
    let known = log[log.len() - 4].recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    assert_eq!(
        amount(&format!("known_at={known}")).await,
        "90.00",
        "only the first of them was known"
    );
    world.clock.set(super::instant("2026-03-31T21:59:00Z"));
    assert_eq!(amount("").await, "100.00");
    world.clock.set(super::instant("2026-03-31T22:00:00Z"));
    assert_eq!(amount("").await, "70.00", "April begins at midnight in Oslo");
}
