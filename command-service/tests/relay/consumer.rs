//! What a tenant's consumer gets with its own rights alone: every event, in order, in an open format.

use std::process::Command;

use async_nats::jetstream;
use command_service::relay::stream_name;

use crate::nats::variable;
use crate::world::{World, drain};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/consumers/read_all.py");

async fn a_mixed_log(world: &World) {
    for round in 0..5 {
        world.append("demo", 150 + round).await;
        world.append("other", 40).await;
    }
    let head = world.store.head().await.unwrap();
    drain(&mut world.relay(), head).await;
}

#[tokio::test]
async fn a_python_consumer_reads_every_event_in_order_and_can_prove_it() {
    let world = World::new().await;
    a_mixed_log(&world).await;
    let output = Command::new(variable("SALGSLOGG_TEST_PYTHON"))
        .args([SCRIPT, "--log", "1", "--tenant", "demo", "--url", &world.nats.url_for("demo")])
        .output()
        .unwrap();
    let (text, trouble) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{trouble}");
    let summary: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(summary["events"], 760);
    assert_eq!((&summary["first"], &summary["last"]), (&1.into(), &920.into()));
}

#[tokio::test]
async fn a_tenants_user_may_neither_publish_nor_read_another_consumer() {
    let world = World::new().await;
    a_mixed_log(&world).await;
    let client = world.nats.connect("demo").await;
    let demo = jetstream::new(client.clone());
    let last = world.stream().await.state.last_sequence;
    client.publish("sales.1.demo.sale.won", "{}".into()).await.unwrap();
    client.flush().await.unwrap();
    assert!(demo.get_stream(stream_name(1)).await.is_err());
    let root = world.nats.root().await;
    let other = jetstream::consumer::pull::Config {
        durable_name: Some("other".into()),
        ..Default::default()
    };
    root.create_consumer_on_stream(other, stream_name(1)).await.unwrap();
    let taken = demo
        .get_consumer_from_stream::<jetstream::consumer::pull::Config, _, _>(
            "other",
            stream_name(1),
        )
        .await;
    assert!(taken.is_err());
    assert_eq!(world.stream().await.state.last_sequence, last);
}
