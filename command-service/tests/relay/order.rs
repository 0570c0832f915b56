//! Sequence = position: over many batches, with a repeat, with two relays, and by itself.

use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use command_service::relay::{Pumped, encode};
use service_runtime::Tasks;

use crate::world::{World, drain};

#[tokio::test]
async fn sequence_is_position_over_thousands_of_events_in_several_batches() {
    let world = World::new().await;
    let mut relay = world.relay();
    for (tenant, count, head) in
        [("demo", 2_300, 2_300), ("other", 1, 2_301), ("demo", 3_700, 6_001)]
    {
        world.append(tenant, count).await;
        assert!(matches!(relay.pump().await, Pumped::UpTo(position) if position == head));
    }
    world.assert_stream_equals_log_from(1).await;
    let status = relay.status().borrow().clone();
    assert_eq!((status.head, status.published, status.backlog()), (6_001, 6_001, 0));
    let acked: i64 = sqlx::query_scalar("SELECT acked FROM es_ops.relay WHERE log_id = 1")
        .fetch_one(world.store.pool())
        .await
        .unwrap();
    assert_eq!(acked, 6_001);
}

#[tokio::test]
async fn the_stream_is_made_as_designed_and_put_right_when_it_drifted() {
    let world = World::new().await;
    let mut relay = world.relay();
    drain(&mut relay, 0).await;
    let config = world.stream().await.config;
    assert!(config.deny_delete && config.deny_purge && config.allow_direct);
    assert_eq!(config.subjects, ["sales.1.>"]);
    assert_eq!(config.duplicate_window, Duration::from_millis(100));

    let mut drifted = config.clone();
    drifted.max_messages = 10;
    world.nats.root().await.update_stream(&drifted).await.unwrap();
    drain(&mut relay, 0).await;
    assert_eq!(world.stream().await.config, config);
}

/// Case 21.
#[tokio::test]
async fn replaying_the_last_thousand_messages_by_hand_changes_nothing() {
    let world = World::new().await;
    world.append("demo", 1_500).await;
    drain(&mut world.relay(), 1_500).await;
    let before = world.stream().await.state;

    let root = world.nats.root().await;
    for row in world.store.read_after(500, 1_000).await.unwrap() {
        let message = encode(&row).unwrap();
        let ack =
            root.publish_with_headers(message.subject, message.headers, message.payload).await;
        let refusal = ack.unwrap().await.unwrap_err();
        let source = std::error::Error::source(&refusal).unwrap();
        let reply = source.downcast_ref::<async_nats::jetstream::Error>().unwrap();
        assert_eq!(reply.error_code(), ErrorCode::STREAM_WRONG_LAST_SEQUENCE);
        assert_eq!(reply.error_code().0, 10_071);
    }
    let after = world.stream().await.state;
    assert_eq!((after.messages, after.last_sequence), (before.messages, before.last_sequence));
    world.assert_stream_equals_log_from(1).await;
}

/// Case 22.
#[tokio::test]
async fn two_relays_at_once_leave_one_message_per_sequence() {
    let world = World::new().await;
    world.remove_the_lease().await;
    let (mut left, mut right) = (world.relay(), world.relay());
    let mut refused = 0;
    for _ in 0..5 {
        world.append("demo", 1_000).await;
        let (one, two) = tokio::join!(left.pump(), right.pump());
        for pumped in [one, two] {
            assert!(!matches!(pumped, Pumped::Halted(_)), "{pumped:?}");
            refused += usize::from(matches!(pumped, Pumped::Interrupted(_)));
        }
    }
    drain(&mut left, 5_000).await;
    drain(&mut right, 5_000).await;
    assert!(refused > 0, "the relays never met");
    world.assert_stream_equals_log_from(1).await;
}

/// Case 2, without waiting for the lease to run out.
#[tokio::test]
async fn a_relay_without_the_lease_stands_by_and_takes_over() {
    let world = World::new().await;
    let mut heir = world.an_orphaned_stream().await;
    drain(&mut heir, 15).await;
    world.assert_stream_equals_log_from(1).await;

    heir.release().await.unwrap();
    drain(&mut world.relay(), 15).await;
}

#[tokio::test]
async fn a_running_relay_wakes_up_for_new_events_and_leaves_in_order() {
    let world = World::new().await;
    let tasks = Tasks::new();
    let relay = world.relay();
    let mut status = relay.status();
    let running = tasks.spawn(relay.run(tasks.token()));
    for head in [7, 14, 21] {
        world.append("demo", 7).await;
        let published = status.wait_for(|status| status.published == head);
        tokio::time::timeout(Duration::from_secs(10), published).await.unwrap().unwrap();
    }
    world.append("demo", 7).await;
    tasks.stop();
    running.await.unwrap();
    world.assert_stream_equals_log_from(1).await;
    assert_eq!(world.stream().await.state.last_sequence, 28);
    let owner: Option<uuid::Uuid> = sqlx::query_scalar("SELECT lease_owner FROM es_ops.relay")
        .fetch_one(world.store.pool())
        .await
        .unwrap();
    assert_eq!(owner, None);
}
