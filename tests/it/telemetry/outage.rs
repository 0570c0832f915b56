//! A collector is a luxury: when it is away or hangs, commands and shutdown go on; the last spans leave at the end.

use serde_json::json;
use system_tests::{Fleet, Member};
use tokio::net::TcpListener;

use super::client::Client;
use super::receiver::Receiver;

/// So long that nothing is sent before the end.
const NEVER_MS: &str = "3600000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_spans_leave_before_the_process_does() {
    let receiver = Receiver::start().await;
    let told =
        [("SALGSLOGG_OTLP_ENDPOINT", receiver.url.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", NEVER_MS)];
    let mut fleet = Fleet::start_told(1, 0, &told).await;
    Client::of(&fleet).sale_type().await;
    assert!(receiver.spans(|_| true).is_empty(), "nothing has left yet");
    assert!(fleet.stop(Member::Command(0)).await);
    assert_eq!(receiver.spans(|seen| seen.span.name == "DefineSaleType").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_hangs_holds_up_neither_commands_nor_the_end() {
    // connections are taken by the system, and nobody ever answers
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", deaf.local_addr().unwrap());
    let told = [
        ("SALGSLOGG_OTLP_ENDPOINT", address.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "10"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "8"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4"),
    ];
    let mut fleet = Fleet::start_told(1, 0, &told).await;
    let client = Client::of(&fleet);
    let kind = client.sale_type().await;
    for n in 0..50 {
        let sale = json!({"title": format!("Sale {n}"), "sale_type": kind});
        let (status, _, answer) = client.post("/v1/sales", "", &sale).await;
        assert_eq!(status, 201, "{answer}");
    }
    assert!(fleet.stop(Member::Command(0)).await, "it ends well");
    assert!(fleet.log_of(Member::Command(0)).contains("collector"), "and says what was lost");
}
