//! W3C trace context from the request through the event and the message to the read model, as a collector sees it.

use std::time::Duration;

use serde_json::{Value, json};
use service_runtime::Traceparent;
use system_tests::eventually::eventually;
use system_tests::{Fleet, Member};

use super::client::Client;
use super::receiver::{Receiver, Seen};

const PATIENCE: Duration = Duration::from_secs(60);

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// OTLP's numbers.
const SERVER: i32 = 2;
const CONSUMER: i32 = 5;

fn sent() -> String {
    format!("00-{TRACE}-{CALLER}-01")
}

/// The only span that fits, once it has arrived.
async fn span(receiver: &Receiver, what: &str, fits: impl Fn(&Seen) -> bool) -> Seen {
    let mut found = Vec::new();
    eventually(what, PATIENCE, async || {
        found = receiver.spans(&fits);
        !found.is_empty()
    })
    .await;
    assert_eq!(found.len(), 1, "{what}: {found:?}");
    found.remove(0)
}

/// Lines of a log that belong to the trace.
fn lines(log: &str) -> Vec<Value> {
    let lines =
        log.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    lines.filter(|line| line["trace_id"] == TRACE).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_trace_leads_from_the_request_to_the_read_model() {
    let receiver = Receiver::start().await;
    let told = [
        ("SALGSLOGG_OTLP_ENDPOINT", receiver.url.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("SALGSLOGG_LOG", "info,service_runtime=debug"),
    ];
    let mut fleet = Fleet::start_told(1, 1, &told).await;
    let client = Client::of(&fleet);
    let sale = json!({"title": "Fjord ERP", "sale_type": client.sale_type().await});
    let (status, trace, answer) = client.post("/v1/sales", &sent(), &sale).await;
    assert_eq!((status.as_u16(), trace.as_str()), (201, TRACE), "{answer}");

    // the request's span is the caller's child, the command's is the request's
    let request = span(&receiver, "the request's span arrives", |seen| {
        seen.trace() == TRACE && seen.span.kind == SERVER
    })
    .await;
    assert_eq!(request.service, "command-service");
    assert_eq!(request.span.name, "POST /v1/sales");
    assert_eq!(request.parent(), CALLER);
    assert_eq!(request.attribute("http.response.status_code").as_deref(), Some("201"));
    let command = span(&receiver, "the command's span arrives", |seen| {
        seen.trace() == TRACE && seen.span.name == "RegisterSale"
    })
    .await;
    assert_eq!(command.parent(), request.id());
    let cause = (TRACE.to_owned(), command.id());
    let append = |seen: &Seen| seen.span.name == "append" && seen.links().contains(&cause);
    span(&receiver, "the batch is linked to the command", append).await;

    // the event and its message name the command's span
    let position = answer["position"].as_i64().unwrap();
    let stored = fleet.store.read_after(position - 1, 1).await.unwrap().remove(0);
    let traceparent = stored.metadata().unwrap().traceparent.unwrap();
    assert_eq!(traceparent, format!("00-{TRACE}-{}-01", command.id()));
    assert!(Traceparent::parse(&traceparent).is_some());
    fleet.settled().await;
    let header = fleet.header(position.unsigned_abs(), "traceparent").await;
    assert_eq!(header.as_deref(), Some(traceparent.as_str()));

    // the projection's batch is linked to it
    let apply = span(&receiver, "the projection's batch is linked to the command", |seen| {
        seen.span.name == "apply sale" && seen.links().contains(&cause)
    })
    .await;
    assert_eq!(apply.service, "projection-service");
    assert_eq!(apply.span.kind, CONSUMER);
    assert_eq!(apply.attribute("messaging.destination.name").as_deref(), Some("SALES_1"));

    // the log has a line of it, and a problem shows it
    let answered = lines(&fleet.log_of(Member::Command(0)));
    let line = answered.iter().find(|line| line["message"] == "answered").expect("a line says so");
    assert_eq!((&line["status"], &line["route"]), (&json!(201), &json!("/v1/sales")));
    let (status, trace, problem) = client.post("/v1/sales", &sent(), &json!({})).await;
    assert_eq!((status.as_u16(), trace.as_str()), (400, TRACE));
    assert_eq!(problem["trace_id"], TRACE, "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_manager_or_a_bulk_line_does_has_a_span_of_its_own() {
    let receiver = Receiver::start().await;
    let told = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("OTEL_SERVICE_NAME", "sales-of-acme"),
    ];
    let fleet = Fleet::start_told(1, 0, &told).await;
    let kind = Client::of(&fleet).sale_type().await;
    let line = |n: usize| {
        let body = json!({"title": format!("Sale {n}"), "sale_type": kind});
        format!("{}\n", json!({"command": "RegisterSale", "body": body}))
    };
    let answer = reqwest::Client::new()
        .post(format!("{}/v1/commands", fleet.command_urls()[0]))
        .bearer_auth(fleet.token())
        .header("traceparent", sent())
        .header("content-type", "application/x-ndjson")
        .body((0..3).map(line).collect::<String>())
        .send()
        .await
        .unwrap();
    let answer = answer.text().await.unwrap();
    assert_eq!(answer.matches(r#""status":201"#).count(), 3, "{answer}");
    eventually("every line has its span", PATIENCE, async || {
        let lines =
            receiver.spans(|seen| seen.trace() == TRACE && seen.span.name == "RegisterSale");
        lines.len() == 3 && lines.iter().all(|seen| seen.service == "sales-of-acme")
    })
    .await;
}
