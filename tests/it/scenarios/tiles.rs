//! The tiles of a manager's first page (SF-1 to SF-5), through HTTP, figures exact. Today is 2026-03-10.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::TODAY;

/// Ola's sales: one won last March, one won in January, one lost and one open in February, three open from March on.
async fn selling() -> (World, Fixture, String) {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = async |at: &str, title: &str, amount: &str, stage, day: &str| {
        let more = json!({"amount": {"amount": amount, "currency": "EUR"}, "stage": stage, "sale_date": day});
        fixture.sale(&world, at, title, more).await
    };
    let closed = async |at: &str, sale: &str, command: &str, day: &str| {
        let body = json!({"reason": "price", "close_date": day});
        fixture.at(&world, at, &format!("/v1/sales/{sale}/{command}"), body).await;
    };
    let (early, later) = ("2026-01-02T09:00:00Z", TODAY);
    let last_year = sale(early, "Last year", "400", fixture.fm, "2026-06-01").await;
    let won = sale(early, "Won", "1000", fixture.fm, "2026-06-01").await;
    let lost = sale(early, "Lost", "70", fixture.fm, "2026-06-01").await;
    sale(early, "Late", "200", fixture.qt, "2026-02-20").await;
    sale(early, "Now", "300", fixture.sc, "2026-03-31").await;
    sale(early, "Next", "5000", fixture.fm, "2026-04-01").await;
    sale(early, "After", "900", fixture.qt, "2026-05-01").await;
    closed(later, &last_year, "mark-sold", "2025-03-10").await;
    closed(later, &won, "mark-sold", "2026-01-31").await;
    closed(later, &lost, "mark-lost", "2026-02-15").await;
    let ola = world.token_in("demo", "ola", &["seller"], &["North"]);
    (world, fixture, ola)
}

/// What the sales behind a figure add up to.
async fn behind(world: &World, token: &str, drill: &Value) -> (usize, Vec<String>) {
    let list = world.get(token, drill.as_str().unwrap()).await.expect(200).json();
    let sales = list["sales"].as_array().unwrap();
    let titles = sales.iter().map(|sale| sale["title"].as_str().unwrap().to_owned());
    (sales.len(), titles.collect())
}

#[tokio::test]
async fn tiles_tell_exact_figures_sf_1_sf_2_sf_3_sf_5() {
    let (world, _, ola) = selling().await;
    let tile =
        async |path: &str| world.get(&ola, &format!("/v1/tiles/{path}")).await.expect(200).json();
    let mine = tile("my-forecast?currency=EUR").await;
    let figures = |of: &Value| (of["count"].clone(), of["amount"].clone(), of["weighted"].clone());
    let told: Vec<_> =
        mine["months"].as_array().unwrap().iter().map(|m| figures(&m["open"])).collect();
    let is =
        |count: i64, amount: &str, weighted: &str| (json!(count), json!(amount), json!(weighted));
    assert_eq!(
        told,
        [is(1, "200.00", "100.00"), is(1, "300.00", "240.00"), is(1, "5000.00", "1000.00")],
        "last month, this month, next month: {mine}"
    );
    assert_eq!(
        figures(&mine["months"][0]["closed"]).0,
        0,
        "January is over, and a loss is not won"
    );
    let (count, titles) = behind(&world, &ola, &mine["months"][2]["open"]["drill"]).await;
    assert_eq!((count, titles[0].as_str()), (1, "Next"));

    let number = tile("big-number?measure=weighted&status=open&currency=EUR").await;
    assert_eq!((number["value"].clone(), number["count"].clone()), (json!("1790.00"), json!(4)));
    let number = tile("big-number?measure=count&status=won").await;
    assert_eq!(number["value"], "2");

    let largest = tile("largest-upcoming?limit=2&currency=EUR").await;
    let titles: Vec<_> = largest["sales"].as_array().unwrap().iter().map(|s| &s["title"]).collect();
    assert_eq!(titles, ["Next", "After"], "by weighted amount: 1 000, 450");

    let years = tile("year-to-date?currency=EUR").await;
    assert_eq!(figures(&years["this"]), is(1, "1000.00", "1000.00"));
    assert_eq!(figures(&years["last"]), is(1, "400.00", "400.00"));
    assert_eq!((&years["last"]["to"], &years["percent"]), (&json!("2025-03-10"), &json!("250.00")));
    let eve = tile("year-to-date?currency=EUR&today=2026-01-30").await;
    assert_eq!(figures(&eve["this"]).0, 0, "won on the day after");
}

#[tokio::test]
async fn the_pace_of_activities_is_counted_by_kind_and_period_sf_4() {
    let (world, fixture, ola) = selling().await;
    let plan = async |kind: &str, day: &str| {
        let body = json!({"kind": kind, "title": "Talk", "owner": "ola", "start": format!("{day}T09:00:00Z"),
            "end": format!("{day}T10:00:00Z")});
        let answer = fixture.at(&world, TODAY, "/v1/activities", body).await;
        answer["id"].as_str().unwrap().to_owned()
    };
    let done = plan("call", "2026-03-09").await;
    plan("call", "2026-03-15").await;
    plan("meeting", "2026-03-02").await;
    fixture.at(&world, TODAY, &format!("/v1/activities/{done}/complete"), json!({})).await;
    let pace = world.get(&ola, "/v1/tiles/activity-pace?periods=2").await.expect(200).json();
    let kind = |period: usize, kind: &str| {
        let kinds = pace["periods"][period]["kinds"].as_array().unwrap();
        let found = kinds.iter().find(|found| found["kind"] == kind);
        found.map_or((0, 0), |k| (k["planned"].as_i64().unwrap(), k["completed"].as_i64().unwrap()))
    };
    assert_eq!(pace["periods"][1]["from"], "2026-03-09", "a Monday: {pace}");
    assert_eq!((kind(1, "call"), kind(1, "meeting")), ((1, 1), (0, 0)));
    assert_eq!((kind(0, "call"), kind(0, "meeting")), ((0, 0), (1, 0)));
}
