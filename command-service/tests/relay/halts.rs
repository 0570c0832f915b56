//! Contradictions between log and stream: the relay stops, says why, and goes on when they are gone.

use async_nats::jetstream::Context;
use command_service::relay::{Halt, Pumped, Relay};

use crate::world::{World, drain};

async fn halt_of(relay: &mut Relay) -> Halt {
    match relay.pump().await {
        Pumped::Halted(halt) => {
            assert_eq!(relay.status().borrow().halted.as_ref(), Some(&halt));
            halt
        }
        other => panic!("{other:?}"),
    }
}

/// What a restore from an older backup does to the log.
pub async fn forget_after(world: &World, position: i64) {
    unlock_the_log(world).await;
    for statement in [
        "DELETE FROM es.event WHERE position > $1",
        "DELETE FROM es.batch WHERE last_position > $1",
    ] {
        sqlx::query(statement).bind(position).execute(world.database.owner()).await.unwrap();
    }
    // each group of these tests is a stream of its own
    let unborn = "DELETE FROM es.stream WHERE NOT EXISTS
                   (SELECT FROM es.event WHERE event.stream_id = stream.stream_id)";
    sqlx::query(unborn).execute(world.database.owner()).await.unwrap();
}

/// Only the owner can, and only by taking the guards away.
async fn unlock_the_log(world: &World) {
    sqlx::raw_sql("DROP TRIGGER immutable ON es.event; DROP TRIGGER immutable ON es.batch")
        .execute(world.database.owner())
        .await
        .unwrap();
}

pub async fn publish_foreign(root: &Context) -> u64 {
    root.publish("sales.1.demo.sale.won", "{}".into()).await.unwrap().await.unwrap().sequence
}

/// Case 32.
#[tokio::test]
async fn a_stream_ahead_of_the_log_halts_with_the_two_numbers() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 40).await;
    world.append("demo", 30).await;
    drain(&mut relay, 70).await;
    forget_after(&world, 40).await;
    let halt = halt_of(&mut relay).await;
    assert_eq!(halt, Halt::StreamAhead { stream: 70, log: 40 });
    assert_eq!(halt.to_string(), "stream ahead of the log: stream at 70, log at 40");
    assert_eq!(halt_of(&mut heir(&world, relay).await).await, halt);
}

/// A relay started afresh after the first has gone.
async fn heir(world: &World, mut relay: Relay) -> Relay {
    relay.release().await.unwrap();
    world.relay()
}

#[tokio::test]
async fn another_history_at_the_same_positions_halts_until_the_stream_is_made_anew() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 40).await;
    world.append("demo", 30).await;
    drain(&mut relay, 70).await;
    forget_after(&world, 40).await;
    world.append("demo", 35).await;
    assert_eq!(halt_of(&mut relay).await, Halt::HistoriesDiffer { position: 70 });

    relay.reset().await.unwrap();
    drain(&mut relay, 75).await;
    assert_eq!(relay.status().borrow().halted, None);
    world.assert_stream_equals_log_from(1).await;
}

/// Case 31.
#[tokio::test]
async fn a_foreign_message_halts_the_relay() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 10).await;
    drain(&mut relay, 10).await;
    assert_eq!(publish_foreign(&world.nats.root().await).await, 11);
    assert_eq!(halt_of(&mut relay).await, Halt::ForeignMessage { sequence: 11 });
    world.append("demo", 5).await;
    assert_eq!(halt_of(&mut relay).await, Halt::ForeignMessage { sequence: 11 });

    relay.reset().await.unwrap();
    drain(&mut relay, 15).await;
    world.assert_stream_equals_log_from(1).await;
}

/// Case 31, the treacherous form: our message of that sequence is refused, the next one accepted.
#[tokio::test]
async fn a_foreign_message_under_one_of_ours_is_found_too() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 10).await;
    drain(&mut relay, 10).await;
    world.append("demo", 20).await;
    let root = world.nats.root().await;
    publish_foreign(&root).await;
    for row in world.store.read_after(11, 5).await.unwrap() {
        let message = command_service::relay::encode(&row).unwrap();
        let ack =
            root.publish_with_headers(message.subject, message.headers, message.payload).await;
        ack.unwrap().await.unwrap();
    }
    assert_eq!(halt_of(&mut relay).await, Halt::ForeignMessage { sequence: 11 });
    assert_eq!(
        halt_of(&mut heir(&world, relay).await).await,
        Halt::ForeignMessage { sequence: 11 }
    );
}

#[tokio::test]
async fn a_hole_in_the_log_is_never_skipped() {
    let world = World::new().await;
    let mut relay = world.relay();
    world.append("demo", 30).await;
    unlock_the_log(&world).await;
    let lose = async |from: i64, to: i64| {
        let lost = sqlx::query("DELETE FROM es.event WHERE position BETWEEN $1 AND $2");
        lost.bind(from).bind(to).execute(world.database.owner()).await.unwrap();
    };
    lose(17, 17).await;
    let halt = halt_of(&mut relay).await;
    assert_eq!(halt, Halt::Hole { expected: 17, found: Some(18) });
    assert_eq!(world.stream().await.state.last_sequence, 0);

    lose(18, 30).await;
    assert_eq!(halt_of(&mut relay).await, Halt::Hole { expected: 17, found: None });
}

#[tokio::test]
async fn a_stream_that_cannot_be_ours_halts_the_relay() {
    let world = World::new().await;
    let config = async_nats::jetstream::stream::Config {
        name: "SALES_1".into(),
        subjects: vec!["sales.1.>".into()],
        storage: async_nats::jetstream::stream::StorageType::Memory,
        ..Default::default()
    };
    world.nats.root().await.create_stream(config).await.unwrap();
    assert!(matches!(halt_of(&mut world.relay()).await, Halt::StreamSettings(_)));
}
