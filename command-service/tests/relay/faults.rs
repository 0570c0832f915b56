//! What breaks between relay and NATS, and what must be seen afterwards: no hole, no duplicate.

use command_service::relay::{Pumped, Relay, Settings};
use local_stack::proxy::Mode;

use crate::nats::through;
use crate::world::{World, drain, settings};

/// Case 23: the dedupe window (100 ms) is over long before the relay gives up waiting (400 ms).
#[tokio::test]
async fn lost_acknowledgements_leave_no_duplicate_and_no_hole() {
    let world = World::new().await;
    let (proxy, _) = world.nats.behind_a_proxy().await;
    let mut relay = Relay::new(world.store.clone(), through(&proxy), settings());
    world.append("demo", 100).await;
    drain(&mut relay, 100).await;

    world.append("demo", 2_500).await;
    let acknowledged_before = relay.status().borrow().published;
    let (pumped, ()) = tokio::join!(relay.pump(), async { proxy.set(Mode::Deaf) });
    assert!(matches!(pumped, Pumped::Interrupted(_)), "{pumped:?}");
    assert!(matches!(relay.pump().await, Pumped::Interrupted(_)), "still deaf");
    assert_eq!(acknowledged_before, 100);

    proxy.set(Mode::Open);
    drain(&mut relay, 2_600).await;
    world.assert_stream_equals_log_from(1).await;
}

/// The acknowledgements of a whole window are lost after the server stored it.
#[tokio::test]
async fn messages_that_were_stored_without_an_answer_are_not_sent_twice() {
    let world = World::new().await;
    let (proxy, faults) = world.nats.behind_a_proxy().await;
    let mut relay = Relay::new(world.store.clone(), through(&proxy), settings());
    drain(&mut relay, 0).await;
    world.append("demo", 500).await;
    faults.deafen_at_first_event();
    assert!(matches!(relay.pump().await, Pumped::Interrupted(_)));
    assert!(world.stream().await.state.last_sequence > 0, "the server heard nothing");

    proxy.set(Mode::Open);
    drain(&mut relay, 500).await;
    world.assert_stream_equals_log_from(1).await;
}

/// Case 24.
#[tokio::test]
async fn a_message_lost_inside_the_window_holds_up_all_later_ones() {
    let world = World::new().await;
    let (proxy, faults) = world.nats.behind_a_proxy().await;
    let mut relay = Relay::new(world.store.clone(), through(&proxy), settings());
    drain(&mut relay, 0).await;
    world.append("demo", 900).await;
    faults.lose_one_event();
    assert!(matches!(relay.pump().await, Pumped::Interrupted(_)));
    assert!(faults.lost_it());
    assert_eq!(world.stream().await.state.last_sequence, 0, "later ones were refused");
    drain(&mut relay, 900).await;
    world.assert_stream_equals_log_from(1).await;
}

/// Case 25.
#[tokio::test]
async fn while_nats_is_down_the_log_goes_on_and_the_backlog_drains_afterwards() {
    let mut world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 50).await;
    drain(&mut relay, 50).await;
    world.nats.kill();
    for round in 1..=3 {
        world.append("demo", 500).await;
        assert!(matches!(relay.pump().await, Pumped::Interrupted(_)));
        assert_eq!(relay.status().borrow().backlog(), round * 500, "the alarm of operators");
    }
    assert_eq!(relay.status().borrow().interruptions, 3);
    world.nats.again().await;
    drain(&mut relay, 1_550).await;
    assert_eq!((relay.status().borrow().interruptions, relay.status().borrow().backlog()), (0, 0));
    world.assert_stream_equals_log_from(1).await;
}

/// Case 26.
#[tokio::test]
async fn a_wiped_store_is_filled_again_from_the_first_position() {
    let mut world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 1_200).await;
    drain(&mut relay, 1_200).await;
    world.nats.kill();
    world.nats.wipe();
    world.append("demo", 30).await;
    world.nats.again().await;
    drain(&mut relay, 1_230).await;
    assert_eq!(relay.status().borrow().regressions, 1);
    world.assert_stream_equals_log_from(1).await;
}

/// Case 26 with a replay window smaller than the log.
#[tokio::test]
async fn a_deleted_stream_begins_again_at_the_replay_window() {
    let world = World::new().await;
    let mut relay = world.relay_with(Settings { replay_window: Some(1_000), ..settings() });
    world.append("demo", 400).await;
    drain(&mut relay, 400).await;
    world.assert_stream_equals_log_from(1).await;

    world.append("demo", 2_000).await;
    world.nats.root().await.delete_stream("SALES_1").await.unwrap();
    drain(&mut relay, 2_400).await;
    let info = world.stream().await;
    assert_eq!((info.state.first_sequence, info.state.last_sequence), (1_401, 2_400));
    world.assert_stream_equals_log_from(1_401).await;

    world.append("demo", 10).await;
    drain(&mut relay, 2_410).await;
    world.assert_stream_equals_log_from(1_401).await;
}

/// Case 27: a server that never flushed comes back older than its acknowledgements.
#[tokio::test]
async fn a_lost_tail_is_filled_again_with_identical_bytes() {
    let mut world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 300).await;
    drain(&mut relay, 300).await;
    world.nats.kill();
    world.nats.backup();
    world.nats.again().await;
    world.append("demo", 300).await;
    drain(&mut relay, 600).await;
    world.nats.kill();
    world.nats.restore();
    world.nats.again().await;
    assert_eq!(world.stream().await.state.last_sequence, 300);

    drain(&mut relay, 600).await;
    assert_eq!(relay.status().borrow().regressions, 1);
    world.assert_stream_equals_log_from(1).await;
}

#[tokio::test]
async fn an_operator_can_make_the_stream_anew() {
    let world = World::new().await;
    let mut relay = world.relay_with(Settings { replay_window: Some(100), ..settings() });
    world.append("demo", 500).await;
    drain(&mut relay, 500).await;
    assert_eq!(relay.reset().await.unwrap(), 401);
    drain(&mut relay, 500).await;
    world.assert_stream_equals_log_from(401).await;
}
