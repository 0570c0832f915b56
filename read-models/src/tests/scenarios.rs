//! The worked scenarios of the domain, as answers: figures exact.

use events::sale::{ReopenCause, ReopenedFrom};
use events::{Event, Probability, SaleEvent};
use http::StatusCode;
use serde_json::{Value, json};
use service_runtime::Role;

use super::facts::{
    FM, QT, SC, SIMPLE, advanced, all_profit, currency_stream, day, key, money, percent, rate,
    registered, registration, sale, worth,
};
use super::{World, instant, today};
use events::sale::Registration;

fn measure(count: i64, amount: &str, weighted: &str) -> Value {
    json!({"count": count, "amount": amount, "weighted": weighted})
}

#[tokio::test]
async fn s1_a_registered_sale_stands_in_its_first_stage() {
    let mut world = World::provisioned().await;
    world.record_at(Some(today()), &sale(1).stream(), &[registered(registration())]).await;
    world.follow().await;
    let board = world.ask("/v1/pipeline?group_by=stage&currency=EUR").await;
    assert_eq!(
        board["columns"],
        json!([{"key": FM.0, "name": "First meeting", "rank": 1, "count": 1, "amount": "63385.00", "weighted": "12677.00"}])
    );
    assert_eq!(board["totals"]["open"], measure(1, "63385.00", "12677.00"));
    assert_eq!(board["totals"]["lost"], measure(0, "0.00", "0.00"), "never an empty object");
    let card = &board["sales"][0];
    assert_eq!(card["number"], "1001");
    assert_eq!(card["amount"], json!({"amount": "500000.00", "currency": "NOK"}));
    assert_eq!(card["weighted"], json!({"amount": "100000.00", "currency": "NOK"}));
    assert_eq!(
        card["converted"],
        json!({"amount": "63385.00", "weighted": "12677.00", "profit": "63385.00", "currency": "EUR"})
    );
    assert_eq!(card["stage"], json!({"id": FM.0, "name": "First meeting"}));
    assert_eq!((&card["profit_percent"], &card["days_in_stage"]), (&json!("100.00"), &json!(0)));
    assert_eq!(
        (&card["owner"], &card["owner_name"], &card["group"]),
        (&json!("ola"), &json!("Ola"), &json!("North"))
    );
    assert_eq!(board["next"], Value::Null);
}

#[tokio::test]
async fn s1_a_sale_without_stages_falls_under_no_key() {
    let mut world = World::provisioned().await;
    let simple = Registration { sale_type: SIMPLE, stage: None, ..registration() };
    world.record(&sale(1).stream(), &[registered(simple)]).await;
    world.record(&sale(2).stream(), &[registered(registration())]).await;
    world.follow().await;
    let board = world.ask("/v1/pipeline").await;
    let keys: Vec<_> =
        board["columns"].as_array().unwrap().iter().map(|c| (&c["key"], &c["name"])).collect();
    assert_eq!(keys, [(&json!(FM.0), &json!("First meeting")), (&Value::Null, &Value::Null)]);
    assert_eq!(board["sales"][0]["stage"], Value::Null);
    let only = world.ask("/v1/sales?stage=none").await;
    assert_eq!(only["sales"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn s2_the_weighted_amount_follows_the_stage() {
    let mut world = World::provisioned().await;
    let stream = sale(1).stream();
    let override_to = |p| Event::Sale(SaleEvent::ProbabilityOverridden { probability: percent(p) });
    let steps = [
        (registered(registration()), "100000.00", "12677.00"),
        (advanced(QT, 50), "250000.00", "31692.50"),
        (override_to(65), "325000.00", "41200.25"),
        (advanced(SC, 80), "400000.00", "50708.00"),
        (advanced(FM, 20), "100000.00", "12677.00"),
    ];
    for (fact, kroner, euro) in steps {
        world.record(&stream, &[fact]).await;
        world.follow().await;
        let board = world.ask("/v1/pipeline").await;
        assert_eq!(board["totals"]["open"]["weighted"], euro);
        assert_eq!(board["sales"][0]["weighted"]["amount"], kroner);
    }
}

#[tokio::test]
async fn s7_a_stalled_sale_leaves_the_open_totals_and_shows_its_reopen_date() {
    let mut world = World::provisioned().await;
    let stream = sale(1).stream();
    world.record_at(Some(today()), &stream, &[registered(registration()), advanced(QT, 50)]).await;
    let (reopen_date, reason) = (day("2026-09-01"), key("budget-next-year"));
    let stalled = Event::Sale(SaleEvent::Stalled { reopen_date, reason });
    world.record_at(Some(today()), &stream, &[stalled]).await;
    world.follow().await;
    let board = world.ask("/v1/pipeline").await;
    assert_eq!((&board["columns"], &board["sales"]), (&json!([]), &json!([])));
    assert_eq!(board["totals"]["open"], measure(0, "0.00", "0.00"));
    assert_eq!(board["totals"]["stalled"], measure(1, "63385.00", "31692.50"));
    let lanes = world.ask("/v1/pipeline?group_by=status").await;
    assert_eq!(lanes["columns"][0]["key"], "stalled");
    let card = &lanes["sales"][0];
    assert_eq!(
        (&card["next_activity_date"], &card["stall_reason"]),
        (&json!("2026-09-01"), &json!("budget-next-year"))
    );
    let forecast = world.ask("/v1/forecast?from=2026-01-01&to=2026-12-31").await;
    assert_eq!(forecast["totals"]["open"], measure(0, "0.00", "0.00"));
    assert_eq!(forecast["rows"][0]["stalled"], measure(1, "63385.00", "31692.50"));

    let (from_status, cause) = (ReopenedFrom::Stalled, ReopenCause::ReopenDate);
    let reopened =
        SaleEvent::Reopened { from_status, cause, stage: Some(QT), probability: percent(50) };
    world.record_at(Some(instant("2026-08-31T22:00:00Z")), &stream, &[Event::Sale(reopened)]).await;
    world.follow().await;
    let board = world.ask("/v1/pipeline?as_of=2026-09-01").await;
    assert_eq!(board["totals"]["open"], measure(1, "63385.00", "31692.50"));
    assert_eq!(board["sales"][0]["next_activity_date"], Value::Null);
    assert_eq!(
        board["sales"][0]["days_in_stage"], 175,
        "reopening keeps the day the stage was entered"
    );
}

fn won(amount: &str) -> Event {
    let amount = money(amount, "NOK");
    Event::Sale(SaleEvent::Won {
        close_date: day("2026-03-09"),
        reason: key("best-product"),
        amount,
        margin: all_profit(&amount),
        probability: Probability::WON,
        stage_when_closed: Some(SC),
        competitor: None,
    })
}

#[tokio::test]
async fn s8_a_won_sale_counts_in_the_month_it_was_won() {
    let mut world = World::provisioned().await;
    let stream = sale(1).stream();
    world.record_at(Some(today()), &stream, &[registered(registration()), advanced(SC, 80)]).await;
    world.follow().await;
    let forecast =
        "/v1/forecast?from=2026-01-01&to=2026-12-31&period=month&group_by=owner&currency=EUR";
    let before = world.ask(forecast).await;
    assert_eq!(
        (&before["rows"][0]["period"], &before["rows"][0]["open"]["amount"]),
        (&json!("2026-06"), &json!("63385.00"))
    );
    world.record_at(Some(today()), &stream, &[won("480000")]).await;
    world.follow().await;
    let after = world.ask(forecast).await;
    assert_eq!(after["rows"].as_array().unwrap().len(), 1, "June loses its open value");
    let row = &after["rows"][0];
    assert_eq!((&row["period"], &row["owner"]), (&json!("2026-03"), &json!("ola")));
    assert_eq!(row["won"], measure(1, "60849.60", "60849.60"));
    assert_eq!((&row["target"], &row["attainment"]), (&Value::Null, &Value::Null));
    assert_eq!(after["totals"]["won"]["amount"], "60849.60");
    assert_eq!(world.ask("/v1/pipeline").await["columns"], json!([]));
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(
        (&card["close_date"], &card["reason"], &card["completed"]),
        (&json!("2026-03-09"), &json!("best-product"), &json!(false))
    );
    assert_eq!(card["stage_when_closed"], json!({"id": SC.0, "name": "Signing of contract"}));

    let completed = Event::Sale(SaleEvent::Completed {});
    let (from_status, cause) = (ReopenedFrom::Won, ReopenCause::Manual);
    let reopened =
        SaleEvent::Reopened { from_status, cause, stage: Some(SC), probability: percent(80) };
    world.record_at(Some(today()), &stream, &[completed, Event::Sale(reopened)]).await;
    world.follow().await;
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(
        (&card["status"], &card["completed"], &card["sale_date"]),
        (&json!("open"), &json!(false), &json!("2026-03-09"))
    );
    assert_eq!((&card["probability"], &card["overdue_sale_date"]), (&json!(80), &json!(true)));
    let again = world.ask(forecast).await;
    assert_eq!(again["totals"]["won"], measure(0, "0.00", "0.00"));
}

#[tokio::test]
async fn s9_a_lost_sale_weighs_nothing_and_is_found_by_competitor() {
    let mut world = World::provisioned().await;
    let lost = Event::Sale(SaleEvent::Lost {
        close_date: day("2026-03-10"),
        reason: key("price"),
        competitor: Some(key("acme")),
        probability: Probability::NONE,
        stage_when_closed: Some(FM),
    });
    world.record(&sale(1).stream(), &[registered(registration()), lost]).await;
    world.follow().await;
    let found = world.ask("/v1/sales?competitor=acme,other&reason=price&status=lost").await;
    assert_eq!(found["sales"][0]["weighted"]["amount"], "0.00");
    let totals = &world.ask("/v1/pipeline").await["totals"];
    assert_eq!(totals["lost"], measure(1, "63385.00", "0.00"));
}

#[tokio::test]
async fn s18_totals_over_several_currencies_as_of_any_day() {
    let mut world = World::provisioned().await;
    let march = |day: &str| Some(instant(&format!("2026-03-{day}T09:00:00Z")));
    world.record_at(march("10"), &sale(1).stream(), &[worth("500000", "NOK", 20)]).await;
    world.record_at(march("10"), &sale(2).stream(), &[worth("40000", "EUR", 80)]).await;
    world.record_at(march("10"), &sale(3).stream(), &[worth("20000", "GBP", 20)]).await;
    world.record_at(march("12"), &sale(1).stream(), &[advanced(QT, 50)]).await;
    let later = rate("NOK", "8.5", 100, "2026-03-20");
    world.record_at(march("20"), &currency_stream("NOK"), &[later]).await;
    world.follow().await;
    let open = |question| {
        let asked = world.ask(question);
        async { asked.await["totals"]["open"].clone() }
    };
    assert_eq!(open("/v1/pipeline?as_of=2026-03-15").await, measure(3, "134625.00", "69940.50"));
    assert_eq!(open("/v1/pipeline?as_of=2026-03-11").await, measure(3, "134625.00", "50925.00"));
    assert_eq!(
        open("/v1/pipeline?as_of=2026-03-20").await,
        measure(3, "113740.00", "59498.00"),
        "42 500.00 + 40 000.00 + 31 240.00; 21 250.00 + 32 000.00 + 6 248.00"
    );
    let card = world.ask(&format!("/v1/sales/{}?as_of=2026-03-20", sale(1))).await;
    assert_eq!(card["days_in_stage"], 8);
    let (status, _) = world
        .ask_as(&world.tenant, Role::Seller, &format!("/v1/sales/{}?as_of=2026-03-09", sale(1)))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it was not registered yet");
}
