//! History and event feed: what the log itself answers.

use events::{Event, SaleEvent, Title};
use serde_json::{Value, json};
use service_runtime::Role;

use super::facts::{FM, QT, advanced, registered, registration, sale};
use super::{World, instant, today};

#[tokio::test]
async fn a_history_tells_every_changed_field() {
    let mut world = World::provisioned().await;
    let stream = sale(1).stream();
    world.record_at(Some(today()), &stream, &[registered(registration())]).await;
    world.record_at(Some(instant("2026-03-12T09:00:00Z")), &stream, &[advanced(QT, 50)]).await;
    let title = Title::parse("Fjord CRM").unwrap();
    world.record(&stream, &[Event::Sale(SaleEvent::TitleChanged { title })]).await;
    world.follow().await;
    let path = format!("/v1/sales/{}/history", sale(1));
    let history = world.ask(&path).await;
    let events = history["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["sale.registered", "sale.stage-advanced", "sale.title-changed"]);
    assert_eq!(
        events[1]["changes"],
        json!([
            {"field": "stage", "from": FM.0, "to": QT.0, "from_name": "First meeting", "to_name": "Quotation"},
            {"field": "probability", "from": "20", "to": "50"},
        ])
    );
    assert_eq!(
        events[2]["changes"],
        json!([{"field": "title", "from": "Fjord ERP", "to": "Fjord CRM"}])
    );
    let amount =
        events[0]["changes"].as_array().unwrap().iter().find(|change| change["field"] == "amount");
    assert_eq!(
        amount.unwrap(),
        &json!({"field": "amount", "from": null, "to": {"amount": "500000.00", "currency": "NOK"}})
    );
    assert_eq!((&events[1]["version"], &events[1]["actor"]), (&json!(2), &json!("ola")));
    assert_eq!(events[1]["previous"], events[0]["position"]);
    assert_eq!(events[1]["effective_at"], "2026-03-12T09:00:00Z");
    let then = world.ask(&format!("{path}?as_of=2026-03-11")).await;
    assert_eq!(then["events"].as_array().unwrap().len(), 1);
    let (status, code) = world.refused(&format!("{path}?as_of=2026-03-09")).await;
    assert_eq!((status, code.as_str()), (404, "not_found"));
}

#[tokio::test]
async fn the_feed_is_the_log_line_by_line() {
    let mut world = World::provisioned().await;
    for n in 1..=3 {
        let stream = sale(n).stream();
        world
            .record_at(Some(today()), &stream, &[registered(registration()), advanced(QT, 50)])
            .await;
    }
    let feed = world.ask("/v1/events?after=0&limit=10000").await;
    let log = world.log().await;
    let lines = feed.as_array().unwrap();
    assert_eq!(lines.len(), log.len());
    for (line, event) in lines.iter().zip(&log) {
        assert_eq!(line["position"], event.position);
        assert_eq!(line["previous"], event.previous);
        assert_eq!(line["id"], event.event_id.to_string());
        assert_eq!(line["data"], serde_json::from_slice::<Value>(&event.payload).unwrap());
    }
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["type"], &last["stream"]),
        (&json!("sale.stage-advanced"), &json!(sale(3).stream().to_string()))
    );
    assert_eq!(
        (&last["effective_at"], &last["actor"]),
        (&json!("2026-03-10T09:00:00Z"), &json!("ola"))
    );
    assert_eq!(
        (&last["number"], &lines[lines.len() - 2]["number"]),
        (&Value::Null, &json!("1003"))
    );

    let of_one = world.ask(&format!("/v1/events?aggregate=sale&id={}", sale(2))).await;
    assert_eq!(of_one.as_array().unwrap().len(), 2);
    let typed = world.ask("/v1/events?type=sale.registered,stage.added&limit=4").await;
    assert_eq!(typed.as_array().unwrap().len(), 4);
    let after = last["position"].as_i64().unwrap() - 1;
    assert_eq!(world.ask(&format!("/v1/events?after={after}")).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_feed_longer_than_a_page_has_no_seam() {
    let mut world = World::provisioned().await;
    let many: Vec<Event> =
        (0..1_200).map(|n| advanced(if n % 2 == 0 { QT } else { FM }, 50)).collect();
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    world.record(&sale(1).stream(), &many).await;
    let feed = world.ask("/v1/events?limit=10000&type=sale.stage-advanced").await;
    let versions: Vec<i64> =
        feed.as_array().unwrap().iter().map(|line| line["version"].as_i64().unwrap()).collect();
    assert_eq!(versions, (2..=1_201).collect::<Vec<i64>>());
    assert_eq!(
        world.ask("/v1/events?limit=1100&type=sale.stage-advanced").await.as_array().unwrap().len(),
        1_100
    );
}

#[tokio::test]
async fn projections_tell_position_and_lag() {
    let mut world = World::provisioned().await;
    world.follow().await;
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    let (_, body) = world.ask_as(&world.tenant, Role::Seller, "/v1/projections").await;
    let of = |name: &str| {
        let rows = body["projections"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap().clone()
    };
    assert_eq!(of("activity")["lag"], 1);
    let sale_model = of("sale");
    assert_eq!((&sale_model["name"], &sale_model["generation"]), (&json!("sale"), &json!(1)));
    assert_eq!((&sale_model["state"], &sale_model["lag"]), (&json!("live"), &json!(1)));
    assert_eq!(sale_model["halted"], Value::Null);
    let past = "/v1/projections?as_of=2026-03-01";
    let (_, refused) = world.ask_as(&world.tenant, Role::Seller, past).await;
    assert_eq!(refused["code"], "unknown_parameter", "they are told of as they stand now");
}
