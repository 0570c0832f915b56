//! What activities do to sales: S4 and S7 as far as activities reach, filters and sorting by what lies ahead.

use events::sale::{ReopenCause, ReopenedFrom};
use events::{ActivityEvent, Event, SaleEvent};
use serde_json::{Value, json};

use super::agenda::{
    activity, completed, days, deleted, planned, reopened, rescheduled, terms, times,
};
use super::facts::{QT, advanced, day, key, percent, registered, registration, sale};
use super::{World, instant, today};
use crate::activity::ActivityModel;
use crate::sale::SaleModel;

fn at(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    Some(instant(text))
}

/// The sale's three figures of activities, on its card, in the list and on the board.
async fn marks(world: &World, parameters: &str) -> Value {
    let card = world.ask(&format!("/v1/sales/{}?{parameters}", sale(1))).await;
    let marks = |card: &Value| {
        json!([card["next_activity_date"], card["overdue_activity"], card["reopen_date"]])
    };
    let list = world.ask(&format!("/v1/sales?number=1001&{parameters}")).await;
    assert_eq!(marks(&list["sales"][0]), marks(&card));
    let board = world.ask(&format!("/v1/pipeline?group_by=status&number=1001&{parameters}")).await;
    assert_eq!(marks(&board["sales"][0]), marks(&card));
    marks(&card)
}

#[tokio::test]
async fn s4_next_activity_and_overdue_mark_so_35_sd_15_a1_a2() {
    let mut world = World::provisioned().await;
    world.record_at(Some(today()), &sale(1).stream(), &[registered(registration())]).await;
    world.follow().await;
    assert_eq!(marks(&world, "").await, json!([null, false, null]));
    let g1 = planned(
        "Customer meeting",
        Some(sale(1)),
        times("2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z"),
    );
    world.record_at(at("2026-03-10T10:00:00Z"), &activity(1), &[g1]).await;
    world.follow().await;
    assert_eq!(marks(&world, "").await, json!(["2026-03-17", false, null]));
    let diary = world.ask("/v1/diary").await;
    assert_eq!(
        (&diary["sales"][0]["rules"], &diary["sales"][0]["red"]),
        (&json!([2]), &json!(false))
    );
    assert_eq!(marks(&world, "today=2026-03-17").await, json!(["2026-03-17", false, null]));
    assert_eq!(marks(&world, "today=2026-03-18").await, json!(["2026-03-17", true, null]));
    let diary = world.ask("/v1/diary?today=2026-03-18").await;
    assert_eq!(
        (&diary["sales"][0]["rules"], &diary["sales"][0]["red"]),
        (&json!([3]), &json!(true))
    );

    let more = planned("Call", Some(sale(1)), days("2026-03-20", "2026-03-20"));
    world.record_at(at("2026-03-10T11:00:00Z"), &activity(2), &[more]).await;
    world.follow().await;
    assert_eq!(
        marks(&world, "today=2026-03-18").await,
        json!(["2026-03-17", true, null]),
        "the oldest"
    );
    world.record_at(at("2026-03-18T09:00:00Z"), &activity(1), &[completed("2026-03-18")]).await;
    world.follow().await;
    assert_eq!(marks(&world, "today=2026-03-18").await, json!(["2026-03-20", false, null]));
    assert_eq!(
        marks(&world, "as_of=2026-03-17&today=2026-03-18").await,
        json!(["2026-03-17", true, null])
    );
    assert_eq!(
        marks(&world, "as_of=2026-03-10T09:30:00Z&today=2026-03-18").await,
        json!([null, false, null])
    );
    let moved = rescheduled(days("2026-03-25", "2026-03-25"));
    world.record_at(at("2026-03-18T09:30:00Z"), &activity(2), &[moved]).await;
    world.follow().await;
    assert_eq!(marks(&world, "").await[0], "2026-03-25");
    world.record_at(at("2026-03-18T10:00:00Z"), &activity(1), &[reopened()]).await;
    world.follow().await;
    assert_eq!(marks(&world, "").await[0], "2026-03-17", "open again");
    world.record_at(at("2026-03-18T10:30:00Z"), &activity(1), &[deleted()]).await;
    let elsewhere = Event::Activity(ActivityEvent::Edited(terms("Call", None)));
    world.record_at(at("2026-03-18T10:30:00Z"), &activity(2), &[elsewhere]).await;
    world.follow().await;
    assert_eq!(
        marks(&world, "today=2026-04-01").await,
        json!([null, false, null]),
        "deleted; linked elsewhere"
    );
}

#[tokio::test]
async fn s7_the_reopen_date_stands_for_the_next_activity_so_15_sd_20() {
    let mut world = World::provisioned().await;
    let stream = sale(1).stream();
    world.record_at(Some(today()), &stream, &[registered(registration()), advanced(QT, 50)]).await;
    world.plan_to_do(today(), 1, Some(sale(1)), "2026-03-17").await;
    let (reopen_date, reason) = (day("2026-09-01"), key("budget-next-year"));
    let stalled = Event::Sale(SaleEvent::Stalled { reopen_date, reason });
    world.record_at(Some(today()), &stream, &[stalled]).await;
    world.follow().await;
    assert_eq!(marks(&world, "").await, json!(["2026-09-01", false, "2026-09-01"]));
    let listed = world.ask("/v1/diary").await["sales"][0].clone();
    assert_eq!(
        (&listed["rules"], &listed["next_activity_date"]),
        (&json!([4]), &json!("2026-09-01"))
    );
    assert_eq!(
        marks(&world, "today=2026-03-18").await,
        json!(["2026-09-01", true, "2026-09-01"]),
        "an activity can be overdue all the same"
    );
    let filtered = async |parameters: &str| {
        let list = world.ask(&format!("/v1/sales?{parameters}")).await;
        list["sales"].as_array().unwrap().len()
    };
    assert_eq!(filtered("next_activity_from=2026-09-01&next_activity_to=2026-09-01").await, 1);
    assert_eq!(filtered("next_activity_to=2026-08-31").await, 0);
    let (from_status, cause) = (ReopenedFrom::Stalled, ReopenCause::ReopenDate);
    let reopened =
        SaleEvent::Reopened { from_status, cause, stage: Some(QT), probability: percent(50) };
    world.record_at(at("2026-08-31T22:00:00Z"), &stream, &[Event::Sale(reopened)]).await;
    world.follow().await;
    assert_eq!(marks(&world, "today=2026-09-01").await, json!(["2026-03-17", true, null]));
    assert_eq!(
        marks(&world, "as_of=2026-08-31T21:59:59Z&today=2026-09-01").await,
        json!(["2026-09-01", true, "2026-09-01"])
    );
}

#[tokio::test]
async fn sales_are_filtered_and_sorted_by_what_lies_ahead() {
    let mut world = World::provisioned().await;
    for n in 1..=4 {
        world.record(&sale(n).stream(), &[registered(registration())]).await;
    }
    world.plan_to_do(today(), 1, Some(sale(1)), "2026-04-01").await;
    world.plan_to_do(today(), 2, Some(sale(2)), "2026-03-01").await;
    world.plan_to_do(today(), 3, Some(sale(2)), "2026-05-01").await;
    let late =
        planned("Late", Some(sale(3)), times("2026-03-31T22:30:00Z", "2026-04-01T07:00:00Z"));
    world.record(&activity(4), &[late]).await;
    world.follow().await;
    let numbers = async |parameters: &str| {
        let list = world.ask(&format!("/v1/sales?{parameters}")).await;
        let board = world.ask(&format!("/v1/pipeline?{parameters}")).await;
        assert_eq!(board["sales"], list["sales"]);
        let count = board["totals"]["open"]["count"].as_u64().unwrap();
        let numbers: Vec<String> = list["sales"]
            .as_array()
            .unwrap()
            .iter()
            .map(|card| card["number"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(count, numbers.len() as u64, "columns and totals are filtered alike");
        numbers.join(" ")
    };
    assert_eq!(
        numbers("sort=next_activity_date").await,
        "1002 1001 1003 1004",
        "none last, ties by number"
    );
    assert_eq!(numbers("sort=-next_activity_date").await, "1001 1003 1002 1004");
    assert_eq!(numbers("overdue_activity=true&sort=number").await, "1002");
    assert_eq!(numbers("overdue_activity=false&sort=number").await, "1001 1003 1004");
    assert_eq!(numbers("next_activity_from=2026-03-02&sort=number").await, "1001 1003");
    assert_eq!(numbers("next_activity_from=2026-03-01&next_activity_to=2026-03-31").await, "1002");
    for (question, code) in [
        ("/v1/sales?next_activity_from=2026-04-02&next_activity_to=2026-04-01", "bad_parameter"),
        ("/v1/pipeline?overdue_activity=yes", "bad_parameter"),
        ("/v1/forecast?next_activity_to=soon", "bad_parameter"),
    ] {
        assert_eq!(world.refused(question).await, (400, code.to_owned()), "{question}");
    }
}

#[tokio::test]
async fn an_answer_takes_back_the_read_model_that_is_ahead() {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    world.follow().await;
    world.plan_to_do(today(), 1, Some(sale(1)), "2026-03-17").await;
    world.follow_with(&ActivityModel).await;
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(card["next_activity_date"], Value::Null, "sales are not there yet");
    assert_eq!(world.ask("/v1/diary").await["activities"], json!([]));
    world.follow_with(&SaleModel).await;
    let card = world.ask(&format!("/v1/sales/{}", sale(1))).await;
    assert_eq!(card["next_activity_date"], "2026-03-17");
    world.record(&sale(2).stream(), &[registered(registration())]).await;
    world.follow_with(&SaleModel).await;
    assert_eq!(world.ask("/v1/sales").await["sales"].as_array().unwrap().len(), 1);
}
