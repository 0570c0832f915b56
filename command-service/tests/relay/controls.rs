//! Negative controls: the same faults with the protection taken away. Each must do the damage that the protection
//! prevents, and the comparison of stream and log must see it.

use command_service::relay::{Halt, Pumped, Relay, Settings, encode};

use crate::halts::{forget_after, publish_foreign};
use crate::nats::through;
use crate::world::{World, drain, settings};

const EXPECTED: &str = "Nats-Expected-Last-Sequence";

/// A header that says nothing to the server.
const UNEXPECTED: &str = "Nats-Anything-Last-Sequence";

/// What a relay with a cursor of its own sends that says nothing about the sequence it expects.
async fn publish_blindly(world: &World, after: i64, count: i64) {
    let root = world.nats.root().await;
    for row in world.store.read_after(after, count).await.unwrap() {
        let message = encode(&row).unwrap();
        let mut headers = async_nats::HeaderMap::new();
        for (name, values) in message.headers.iter() {
            if name.to_string() != EXPECTED {
                headers.insert(name.clone(), values[0].clone());
            }
        }
        let sent = root.publish_with_headers(message.subject, headers, message.payload).await;
        sent.unwrap().await.unwrap();
    }
}

/// The log, message for message, as the relay would.
async fn publish_properly(world: &World, after: i64, count: i64) {
    let root = world.nats.root().await;
    for row in world.store.read_after(after, count).await.unwrap() {
        let message = encode(&row).unwrap();
        let sent =
            root.publish_with_headers(message.subject, message.headers, message.payload).await;
        sent.unwrap().await.unwrap();
    }
}

/// What was sent to `world` and what became of it differ.
async fn assert_differs(world: &World, what: &str) {
    assert_eq!(world.stream_differs_from(1).await.as_deref(), Some(what));
}

/// Case 2: where a lease does not end, whoever died with it keeps everybody waiting, however late it is.
#[tokio::test]
async fn without_an_end_of_its_lease_nobody_publishes_what_a_dead_relay_had_committed_case_2() {
    let world = World::new().await;
    world.database.rewrite("es_ops.claim_relay", "OR r.lease_until < clock_timestamp()", "").await;
    let mut heir = world.an_orphaned_stream().await;
    for _ in 0..20 {
        assert!(matches!(heir.pump().await, Pumped::Standby));
    }
    assert_differs(&world, "10 messages of 15 events").await;
}

/// Cases 21 and 23: whoever sends again what was not acknowledged doubles it, once the window for duplicates is over.
#[tokio::test]
async fn without_the_expected_sequence_a_replay_is_stored_twice() {
    let world = World::new().await;
    world.append("demo", 150).await;
    drain(&mut world.relay(), 150).await;
    publish_blindly(&world, 50, 100).await;
    assert_eq!(world.stream().await.state.messages, 250);
    assert_differs(&world, "250 messages of 150 events").await;
}

/// Case 22.
#[tokio::test]
async fn without_the_expected_sequence_two_relays_double_and_mix_everything() {
    let world = World::new().await;
    world.remove_the_lease().await;
    let (proxy, faults) = world.nats.behind_a_proxy().await;
    let relay = || Relay::new(world.store.clone(), through(&proxy), settings());
    let (mut left, mut right) = (relay(), relay());
    drain(&mut left, 0).await;
    faults.say_instead(EXPECTED, UNEXPECTED);
    world.append("demo", 2_000).await;
    tokio::join!(left.pump(), right.pump());
    let told = world.stream_differs_from(1).await;
    assert!(told.is_some(), "two relays without any protection did no harm");
}

/// Case 24: what follows a lost message takes its place, and everything is shifted by one.
#[tokio::test]
async fn without_the_expected_sequence_a_lost_message_shifts_all_later_ones() {
    let world = World::new().await;
    let (proxy, faults) = world.nats.behind_a_proxy().await;
    let mut relay = Relay::new(world.store.clone(), through(&proxy), settings());
    drain(&mut relay, 0).await;
    world.append("demo", 200).await;
    faults.say_instead(EXPECTED, UNEXPECTED);
    faults.lose_one_event();
    assert!(matches!(relay.pump().await, Pumped::Interrupted(_)));
    assert_differs(&world, "position 1: is another message").await;
    // the second protection: the relay compares contents before it goes on
    assert!(matches!(relay.pump().await, Pumped::Halted(Halt::HistoriesDiffer { .. })));
}

/// Case 26: a server that does not know the setting begins at 1, which reading it back notices.
#[tokio::test]
async fn without_a_first_sequence_a_new_stream_begins_at_the_wrong_number() {
    let world = World::new().await;
    let (proxy, faults) = world.nats.behind_a_proxy().await;
    world.append("demo", 500).await;
    let window = Settings { replay_window: Some(100), ..settings() };
    let mut relay = Relay::new(world.store.clone(), through(&proxy), window);
    faults.say_instead("\"first_seq\":401", "\"first_seq\":  1");
    let Pumped::Halted(halt) = relay.pump().await else { panic!("it was not noticed") };
    assert_eq!(halt, Halt::StreamSettings("first_seq"));
    let begins = world.stream().await.state.last_sequence + 1;
    assert_eq!(begins, 1, "401 was asked for");
}

/// Case 27: whoever trusts its own acknowledgements goes on behind a tail that is no longer there.
#[tokio::test]
async fn a_cursor_of_ones_own_never_refills_a_lost_tail() {
    let mut world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 100).await;
    drain(&mut relay, 100).await;
    world.nats.kill();
    world.nats.backup();
    world.nats.again().await;
    world.append("demo", 100).await;
    drain(&mut relay, 200).await;
    world.nats.kill();
    world.nats.restore();
    world.nats.again().await;
    world.append("demo", 50).await;
    publish_blindly(&world, 200, 50).await;
    assert_differs(&world, "position 101: is another message").await;
}

/// Case 28: the relay cannot know of it, the comparison names it, and making the stream anew mends it.
#[tokio::test]
async fn a_message_missing_in_the_middle_is_named_and_comes_back_with_a_reset() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 100).await;
    drain(&mut relay, 100).await;
    let root = world.nats.root().await;
    let config = world.stream().await.config;
    root.delete_stream("SALES_1").await.unwrap();
    let open = async_nats::jetstream::stream::Config { deny_delete: false, ..config };
    let stream = root.create_stream(open).await.unwrap();
    publish_properly(&world, 0, 100).await;
    stream.delete_message(40).await.unwrap();

    drain(&mut relay, 100).await;
    assert_differs(&world, "position 40: is missing").await;
    relay.reset().await.unwrap();
    drain(&mut relay, 100).await;
    world.assert_stream_equals_log_from(1).await;
}

/// Case 31: a relay that went on behind a foreign message would leave one of the log's out for ever.
#[tokio::test]
async fn without_a_halt_at_a_foreign_message_an_event_is_never_published() {
    let world = World::new().await;
    world.append("demo", 10).await;
    drain(&mut world.relay(), 10).await;
    publish_foreign(&world.nats.root().await).await;
    world.append("demo", 5).await;
    publish_properly(&world, 11, 4).await;
    assert_differs(&world, "position 11: is another message").await;
}

/// Case 32: a relay that went on behind a restored log would mix two histories.
#[tokio::test]
async fn without_a_halt_a_restored_log_and_its_stream_tell_two_histories() {
    let world = World::new().await;
    world.append("demo", 40).await;
    world.append("demo", 30).await;
    drain(&mut world.relay(), 70).await;
    forget_after(&world, 40).await;
    world.append("demo", 45).await;
    publish_properly(&world, 70, 15).await;
    assert_differs(&world, "position 41: is another message").await;
}
