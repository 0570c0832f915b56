//! Told to stop, the service answers what it accepted, stores what it answered, and ends.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::json;
use system_tests::{Fixture, Reply, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_accepted_is_answered_and_stored_and_nothing_else_is() {
    let world = World::start().await;
    let replica = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let before = world.stored().await;
    let mut asked: FuturesUnordered<_> = (0..200)
        .map(|n| {
            let body = json!({"title": format!("Sale {n}"), "sale_type": fixture.new});
            let ask = replica.command("/v1/sales").bearer(&fixture.importer).json(&body);
            ask.open()
        })
        .collect();
    let mut answered = 0;
    while let Some(opened) = asked.next().await {
        // a connection that was never accepted is closed; its command must not be stored
        if let Ok(response) = opened {
            Reply::read(response).await.expect(201);
            answered += 1;
        }
        if answered == 20 {
            replica.tell_to_stop();
        }
    }
    assert!(answered >= 20);
    let drained = replica.stopped().await;
    assert_eq!(drained.left, 0, "the process would have ended by itself");
    assert_eq!(world.stored().await.events, before.events + answered);
}
