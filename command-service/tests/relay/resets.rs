//! The stream made anew at an operator's request: asked in the database, carried out by the relay that holds the
//! lease, and nothing lost for those who follow.

use command_service::relay::{Halt, Pumped, Settings};
use event_store::EventStore;
use event_store::relay_row::{RelayState, ask_relay_reset, relay_state};

use crate::halts::forget_after;
use crate::world::{World, drain, settings};

/// The log as the operator's login sees it.
fn operator(world: &World) -> EventStore {
    let pool = event_store::connect(&world.database.url_for("salgslogg_operator"), 2).unwrap();
    EventStore::new(pool, 1)
}

async fn ask(world: &World, from: Option<i64>) {
    ask_relay_reset(&operator(world), "SALES_1", from).await.unwrap();
}

async fn state(world: &World) -> RelayState {
    relay_state(&operator(world)).await.unwrap()
}

#[tokio::test]
async fn the_relay_with_the_lease_makes_the_stream_anew() {
    let world = World::new().await;
    let (mut leader, mut other) = (world.relay(), world.relay());
    world.append("demo", 500).await;
    drain(&mut leader, 500).await;
    ask(&world, Some(401)).await;
    assert!(matches!(other.pump().await, Pumped::Standby));
    assert_eq!(
        world.stream().await.state.first_sequence,
        1,
        "a relay without the lease does nothing"
    );
    let waiting = state(&world).await;
    assert_eq!(waiting.reset_from, Some(401));
    assert_eq!(waiting.reset_asked_by.as_deref(), Some("salgslogg_operator"));

    world.append("demo", 20).await;
    drain(&mut leader, 520).await;
    world.assert_stream_equals_log_from(401).await;
    let stream = world.nats.root().await.get_stream("SALES_1").await.unwrap();
    stream.consumer_info("demo").await.expect("the tenant's consumer is there again");
    let done = state(&world).await;
    assert_eq!((done.stream_gen, done.reset_done_from, done.reset_asked_at), (2, Some(401), None));
    assert_eq!((done.head, done.acked, done.backlog()), (520, 520, 0));

    world.append("demo", 5).await;
    drain(&mut leader, 525).await;
    assert_eq!(state(&world).await.stream_gen, 2, "once asked, once done");
}

/// Case 32 with its runbook, which ends under a new generation of the stream.
#[tokio::test]
async fn the_runbook_of_a_restored_log_ends_the_halt() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 40).await;
    world.append("demo", 30).await;
    drain(&mut relay, 70).await;
    forget_after(&world, 40).await;
    assert!(matches!(relay.pump().await, Pumped::Halted(Halt::StreamAhead { .. })));
    let halted = state(&world).await;
    assert_eq!(halted.halted.as_deref(), Some("stream ahead of the log: stream at 70, log at 40"));
    assert_eq!(halted.halted_code.as_deref(), Some("stream_ahead"));
    assert_eq!(halted.halted_position, Some(41));
    assert!(halted.halted_at.is_some());

    ask(&world, None).await;
    drain(&mut relay, 40).await;
    let healed = state(&world).await;
    assert_eq!((healed.halted, healed.halted_code, healed.halted_at), (None, None, None));
    assert_eq!((healed.stream_gen, healed.acked), (2, 40));
    world.append("demo", 35).await;
    drain(&mut relay, 75).await;
    world.assert_stream_equals_log_from(1).await;
}

/// A halt whose reason went away by itself is not told for ever, not even by another relay.
#[tokio::test]
async fn a_halt_that_ended_is_cleared_by_whoever_relays_next() {
    let world = World::new().await;
    let mut first = world.relay();
    world.append("demo", 10).await;
    drain(&mut first, 10).await;
    let root = world.nats.root().await;
    root.publish("sales.1.demo.sale.won", "{}".into()).await.unwrap().await.unwrap();
    assert!(matches!(first.pump().await, Pumped::Halted(Halt::ForeignMessage { sequence: 11 })));
    assert_eq!(state(&world).await.halted_position, Some(11));
    first.release().await.unwrap();
    root.delete_stream("SALES_1").await.unwrap();
    drain(&mut world.relay(), 10).await;
    assert_eq!(state(&world).await.halted, None);
}

/// The relay died after it had made the stream and before it could say so.
#[tokio::test]
async fn a_reset_that_was_interrupted_is_done_once_more_and_counts_once() {
    let world = World::new().await;
    let mut dying = world.relay();
    world.append("demo", 50).await;
    drain(&mut dying, 50).await;
    ask(&world, Some(31)).await;
    dying.reset().await.unwrap();
    dying.release().await.unwrap();
    drain(&mut world.relay(), 50).await;
    world.assert_stream_equals_log_from(31).await;
    assert_eq!(state(&world).await.stream_gen, 2);
}

/// A relay that slept through the end of its lease makes the stream anew under the one that leads now, and dies.
#[tokio::test]
async fn a_stream_made_anew_behind_the_leaders_back_gets_its_messages_and_consumers_again() {
    let world = World::new().await;
    let (mut leader, mut sleeper) = (world.relay(), world.relay());
    world.append("demo", 50).await;
    drain(&mut leader, 50).await;
    sleeper.reset().await.unwrap();
    drain(&mut leader, 50).await;
    world.assert_stream_equals_log_from(1).await;
    let stream = world.nats.root().await.get_stream("SALES_1").await.unwrap();
    stream.consumer_info("demo").await.expect("the tenant's consumer is there again");
}

#[tokio::test]
async fn a_beginning_outside_the_log_and_a_login_without_the_right_are_refused() {
    let world = World::new().await;
    world.append("demo", 10).await;
    for from in [0, -1, 12] {
        let refused = ask_relay_reset(&operator(&world), "SALES_1", Some(from)).await.unwrap_err();
        let event_store::StoreError::Unavailable(sqlx::Error::Database(refusal)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code().as_deref(), Some("ES003"), "{from}");
    }
    ask(&world, Some(11)).await;
    let refused = ask_relay_reset(&world.store, "SALES_1", None).await;
    assert!(refused.is_err(), "command-service may carry a reset out, not ask for one");
    let mut relay = world.relay();
    drain(&mut relay, 10).await;
    assert_eq!(world.stream().await.state.messages, 0);
    world.append("demo", 3).await;
    drain(&mut relay, 13).await;
    world.assert_stream_equals_log_from(11).await;
}

/// The stream keeps what its limits say, and a new one begins where they would have left it.
#[tokio::test]
async fn a_stream_with_a_limit_forgets_its_oldest_messages_and_nothing_else() {
    let world = World::new().await;
    let mut relay = world.relay_with(Settings { max_msgs: 1_000, ..settings() });
    for _ in 0..5 {
        world.append("demo", 1_000).await;
        drain(&mut relay, world.store.head().await.unwrap()).await;
    }
    let info = world.stream().await;
    assert_eq!((info.state.first_sequence, info.state.last_sequence), (4_001, 5_000));
    assert_eq!(info.config.max_messages, 1_000);
    world.assert_stream_equals_log_from(4_001).await;
    ask(&world, None).await;
    drain(&mut relay, 5_000).await;
    assert_eq!(state(&world).await.reset_done_from, Some(4_001));
    world.assert_stream_equals_log_from(4_001).await;
}
