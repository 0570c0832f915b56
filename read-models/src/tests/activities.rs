//! Activities as lists, cards and histories show them, and what they do to sales.

use events::activity::ActivityTerms;
use events::sale::{Parties, ReopenCause, ReopenedFrom};
use events::values::Note;
use events::{ActivityEvent, Event, Party, SaleEvent, TypeName};
use serde_json::{Value, json};
use uuid::Uuid;

use super::agenda::{
    activity, activity_id, assigned, completed, days, deleted, planned, reopened, rescheduled,
    terms, times,
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
    world.to_do(today(), 1, Some(sale(1)), "2026-03-17").await;
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
    world.to_do(today(), 1, Some(sale(1)), "2026-04-01").await;
    world.to_do(today(), 2, Some(sale(2)), "2026-03-01").await;
    world.to_do(today(), 3, Some(sale(2)), "2026-05-01").await;
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
    world.to_do(today(), 1, Some(sale(1)), "2026-03-17").await;
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

#[tokio::test]
async fn a_card_tells_everything_and_its_version() {
    let mut world = World::provisioned().await;
    world.record_at(Some(today()), &sale(1).stream(), &[registered(registration())]).await;
    let company = Party { id: Uuid::from_u128(7), name: TypeName::parse("Fjord AS").unwrap() };
    let edited = Event::Activity(ActivityEvent::Edited(ActivityTerms {
        description: Some(Note::parse("Bring the offer").unwrap()),
        parties: Parties { company: Some(company), ..Parties::default() },
        alarm_minutes: Some(30),
        ..terms("Customer meeting", Some(sale(1)))
    }));
    let slot = times("2026-03-17T23:00:00Z", "2026-03-18T00:00:00Z");
    let facts = [planned("Meeting", None, slot), edited, assigned("per")];
    world.record_at(Some(today()), &activity(1), &facts).await;
    world.follow().await;
    let path = format!("/v1/activities/{}", activity_id(1));
    let card = world.ask(&path).await;
    let expected = json!({
        "id": activity_id(1), "version": 3, "kind": "meeting", "title": "Customer meeting",
        "start": "2026-03-17T23:00:00Z", "end": "2026-03-18T00:00:00Z", "all_day": false,
        "start_day": "2026-03-18", "end_day": "2026-03-18", "owner": "per", "owner_name": "Per", "group": "South",
        "sale_id": sale(1), "sale_number": "1001", "sale_title": "Fjord ERP",
        "company": {"id": Uuid::from_u128(7), "name": "Fjord AS"}, "contact": null, "project": null,
        "alarm_minutes": 30, "alarm_at": "2026-03-17T22:30:00Z", "completed": false, "completed_on": null,
        "overdue": false, "planned_on": "2026-03-10", "updated_at": "2026-03-10T09:00:00Z",
        "description": "Bring the offer",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&card[field], value, "{field}");
    }
    assert_eq!(world.ask(&format!("{path}?today=2026-03-19")).await["overdue"], true);
    assert_eq!(world.refused(&format!("{path}?as_of=2026-03-09")).await, (404, "not_found".into()));
    world.record(&activity(1), &[deleted()]).await;
    world.follow().await;
    assert_eq!(world.refused(&path).await, (404, "not_found".into()), "deleted");
    assert_eq!(world.refused("/v1/activities/no-id").await.0, 400);
}

#[tokio::test]
async fn a_history_tells_every_change_also_of_a_deleted_activity() {
    let mut world = World::provisioned().await;
    let facts = [
        planned("Call", Some(sale(1)), times("2026-03-17T09:00:00Z", "2026-03-17T09:15:00Z")),
        rescheduled(days("2026-03-18", "2026-03-19")),
        assigned("kari"),
        completed("2026-03-19"),
        reopened(),
        deleted(),
    ];
    world.record_at(Some(today()), &activity(1), &facts).await;
    world.follow().await;
    let path = format!("/v1/activities/{}/history", activity_id(1));
    let history = world.ask(&path).await;
    let events = history["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "activity.planned",
            "activity.rescheduled",
            "activity.assigned",
            "activity.completed",
            "activity.reopened",
            "activity.deleted"
        ]
    );
    let first: Vec<_> = events[0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["field"].as_str().unwrap())
        .collect();
    assert_eq!(first, ["kind", "title", "start", "end", "owner", "group", "sale_id", "deleted"]);
    assert_eq!(
        events[1]["changes"],
        json!([{"field": "start", "from": "2026-03-17T09:00:00Z", "to": "2026-03-18"},
               {"field": "end", "from": "2026-03-17T09:15:00Z", "to": "2026-03-19"}])
    );
    assert_eq!(
        events[2]["changes"],
        json!([{"field": "owner", "from": "ola", "to": "kari", "from_name": "Ola", "to_name": "Kari"},
               {"field": "group", "from": "North", "to": "South"}])
    );
    assert_eq!(
        events[3]["changes"],
        json!([{"field": "completed_on", "from": null, "to": "2026-03-19"}])
    );
    assert_eq!(events[5]["changes"], json!([{"field": "deleted", "from": "false", "to": "true"}]));
    let nobody = format!("/v1/activities/{}/history", activity_id(2));
    assert_eq!(world.refused(&nobody).await, (404, "not_found".into()));
}

#[tokio::test]
async fn the_list_filters_by_field_sorts_and_pages() {
    let mut world = World::provisioned().await;
    world.to_do(today(), 1, Some(sale(1)), "2026-03-08").await;
    world.to_do(today(), 2, None, "2026-03-10").await;
    let call = planned("Call Kari", None, times("2026-03-09T23:30:00Z", "2026-03-10T01:00:00Z"));
    world.record(&activity(3), &[call, assigned("per")]).await;
    world.record(&activity(2), &[completed("2026-03-10")]).await;
    let week = planned("Fair", None, days("2026-03-05", "2026-03-15"));
    world.record(&activity(4), &[week]).await;
    world.follow().await;
    let titles = async |parameters: &str| {
        let list = world.ask(&format!("/v1/activities?{parameters}")).await;
        let rows = list["activities"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(titles("").await, "Fair, To-do 1, To-do 2, Call Kari", "half past midnight in Oslo");
    assert_eq!(titles("sort=-end").await, "Fair, Call Kari, To-do 2, To-do 1");
    assert_eq!(titles("sort=title").await, "Call Kari, Fair, To-do 1, To-do 2");
    assert_eq!(titles("sort=completed_on&limit=1").await, "To-do 2");
    assert_eq!(titles("owner=per").await, "Call Kari");
    assert_eq!(titles("group=North&completed=false").await, "Fair, To-do 1");
    assert_eq!(titles(&format!("sale={}", sale(1))).await, "To-do 1");
    assert_eq!(titles("kind=meeting").await, "Call Kari");
    assert_eq!(titles("overdue=true").await, "To-do 1");
    assert_eq!(
        titles("overdue=true&today=2026-03-11").await,
        "To-do 1, Call Kari",
        "done ones are not overdue"
    );
    assert_eq!(titles("from=2026-03-10&to=2026-03-10").await, "Fair, To-do 2, Call Kari");
    assert_eq!(titles("to=2026-03-07").await, "Fair");
    assert_eq!(titles("title=TO-DO").await, "To-do 1, To-do 2");
    assert_eq!(titles("owner=nobody").await, "");
    let first = world.ask("/v1/activities?limit=3").await;
    let next = first["next"].as_str().unwrap();
    world.record(&activity(4), &[deleted()]).await;
    world.follow().await;
    let rest = world.ask(&format!("/v1/activities?limit=3&cursor={next}")).await;
    assert_eq!(rest["activities"].as_array().unwrap().len(), 1, "as it was on the first page");
    assert_eq!(rest["activities"][0]["title"], "Call Kari");
    for question in [
        "/v1/activities?from=2026-03-02&to=2026-03-01",
        "/v1/activities?kind=party",
        "/v1/activities?sort=colour",
        "/v1/activities?sale=1001",
        "/v1/activities?limit=501",
    ] {
        assert_eq!(world.refused(question).await, (400, "bad_parameter".into()), "{question}");
    }
    let unknown = world.refused("/v1/activities?colour=red").await;
    assert_eq!(unknown, (400, "unknown_parameter".into()));
}
