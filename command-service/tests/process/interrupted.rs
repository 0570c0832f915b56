//! Crashes, lost answers, races and other replicas: one event reopens once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use command_service::process::{
    ProcessFault, Pumped, SendFault, SendOrder, StalledSaleReopen, Steps as _, run,
};
use command_service::sending::send_order;
use domain::sale::SaleCommand;
use event_store::Wakeups;
use events::{NewEvent, Probability};
use futures::FutureExt;
use service_runtime::clock::{Stopwatch, back_off};
use service_runtime::ids::new_id;

use crate::world::{World, at, sent};

const DUE: &str = "2026-09-01T00:00:00Z";

#[tokio::test]
async fn a_command_whose_answer_was_lost_is_not_carried_out_twice() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let inner = send_order(world.executor.clone());
    let send: SendOrder = Arc::new(move |wanted| {
        let answer = inner(wanted);
        async move {
            answer.await?;
            Err(SendFault("the answer was lost".into()))
        }
        .boxed()
    });
    let mut unlucky = StalledSaleReopen::new(world.store.clone(), send);
    assert!(matches!(unlucky.pump(at(DUE)).await, Err(ProcessFault::Send(_))));
    drop(unlucky);
    world.expire_lease().await;

    assert_eq!(sent(&mut world.manager(), DUE).await, 0);
    assert_eq!(world.types().await, ["sale.registered", "sale.stalled", "sale.reopened"]);
    assert!(world.timers().await.is_empty());
}

#[tokio::test]
async fn a_command_that_could_not_be_sent_is_sent_by_the_next_step() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let (inner, broken) = (send_order(world.executor.clone()), Arc::new(AtomicBool::new(true)));
    let fault = broken.clone();
    let send: SendOrder = Arc::new(move |wanted| {
        if fault.load(Ordering::SeqCst) {
            return async { Err(SendFault("no room".into())) }.boxed();
        }
        inner(wanted)
    });
    let mut manager = StalledSaleReopen::new(world.store.clone(), send);
    assert!(manager.pump(at(DUE)).await.is_err());
    assert_eq!(world.timers().await.len(), 1);
    broken.store(false, Ordering::SeqCst);
    assert_eq!(sent(&mut manager, DUE).await, 1);
}

#[tokio::test]
async fn terms_changed_between_look_and_command_win() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let world = Arc::new(world);
    let (inner, first) = (send_order(world.executor.clone()), Arc::new(AtomicBool::new(true)));
    let other = world.clone();
    let send: SendOrder = Arc::new(move |wanted| {
        let (answer, first, other) = (inner(wanted), first.clone(), other.clone());
        async move {
            if first.swap(false, Ordering::SeqCst) {
                other.change_terms("2026-12-01").await;
            }
            answer.await
        }
        .boxed()
    });
    let mut manager = StalledSaleReopen::new(world.store.clone(), send);
    assert_eq!(sent(&mut manager, DUE).await, 0);
    assert_eq!(world.types().await.last().unwrap(), "sale.stall-terms-changed");
    assert_eq!(sent(&mut manager, DUE).await, 0);
    assert_eq!(world.timers().await, [at("2026-12-01T00:00:00Z")]);
}

#[tokio::test]
async fn an_heir_goes_on_from_checkpoint_and_timers() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let mut first = world.manager();
    assert_eq!(sent(&mut first, "2026-03-10T09:00:00Z").await, 0);
    let mut heir = world.manager();
    assert_eq!(heir.pump(at(DUE)).await.unwrap(), Pumped::Standby);
    first.release().await.unwrap();
    assert_eq!(sent(&mut heir, DUE).await, 1);
}

#[tokio::test]
async fn a_replica_that_lost_its_lease_cannot_write() {
    let world = World::new().await;
    let (mut paused, mut heir) = (world.manager(), world.manager());
    assert_eq!(sent(&mut paused, "2026-03-10T09:00:00Z").await, 0);
    world.expire_lease().await;
    assert_eq!(sent(&mut heir, "2026-03-10T09:00:00Z").await, 0);
    world.stall("2026-09-01").await;
    assert!(matches!(paused.pump(at(DUE)).await, Err(ProcessFault::Fenced)));
    assert!(world.timers().await.is_empty());
    assert_eq!(sent(&mut heir, DUE).await, 1);
    assert_eq!(paused.pump(at(DUE)).await.unwrap(), Pumped::Standby);
}

/// Postgres may lose the newest steps when it dies, timers and checkpoint together: their flush was not waited for.
#[tokio::test]
async fn timers_that_were_lost_with_their_checkpoint_are_set_again_p3() {
    let world = World::new().await;
    let mut manager = world.manager();
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    let checkpoint: i64 = sqlx::query_scalar("SELECT position FROM es_ops.process")
        .fetch_one(world.store.pool())
        .await
        .unwrap();
    world.stall("2026-09-01").await;
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    assert_eq!(world.timers().await.len(), 1);
    let lost = "WITH lost AS (DELETE FROM es_ops.timer) UPDATE es_ops.process SET position = $1";
    sqlx::query(lost).bind(checkpoint).execute(world.database.owner()).await.unwrap();
    let watch = Stopwatch::start();
    while world.timers().await.is_empty() {
        // noticed when the lease is renewed
        assert!(watch.elapsed() < Duration::from_secs(10), "the timer is not set again");
        assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
        back_off(Duration::from_millis(50)).await;
    }
    assert_eq!(sent(&mut manager, DUE).await, 1);
}

/// A restore under a service that runs on, as no runbook has it: memory is ahead of the log, and nobody commits in between.
#[tokio::test]
async fn a_log_that_ends_before_what_was_seen_is_followed_from_there() {
    let world = World::new().await;
    let mut manager = world.manager();
    for percent in [60, 70] {
        let probability = Probability::parse(percent).unwrap();
        world.order(SaleCommand::OverrideProbability { probability }).await.unwrap();
        assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    }
    world.lose_the_newest_event().await;
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    world.stall("2026-09-01").await;
    assert_eq!(
        sent(&mut manager, DUE).await,
        1,
        "its position was seen before, with another event"
    );
}

#[tokio::test]
async fn an_event_that_cannot_be_read_halts_and_is_never_skipped() {
    let world = World::new().await;
    let unreadable = NewEvent {
        event_id: new_id(),
        event_type: "sale.stalled",
        schema_version: 1,
        payload: b"{\"reopen_date\":\"soon\"}".to_vec(),
        meta: serde_json::to_vec(&world.metadata()).unwrap(),
    };
    world.append_raw(unreadable, None).await;
    let mut manager = world.manager();
    for _ in 0..2 {
        let pumped = manager.pump(at(DUE)).await.unwrap();
        let Pumped::Halted(halt) = pumped else { panic!("{pumped:?}") };
        assert!(halt.to_string().contains("position 2"), "{halt}");
        assert_eq!(halted(&world).await, Some(halt.to_string()), "operators read it in the row");
    }
}

async fn halted(world: &World) -> Option<String> {
    sqlx::query_scalar("SELECT halted FROM es_ops.process")
        .fetch_one(world.store.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn who_can_go_on_again_clears_what_another_replica_said() {
    let world = World::new().await;
    let mut first = world.manager();
    assert_eq!(sent(&mut first, DUE).await, 0);
    first.release().await.unwrap();
    sqlx::query("UPDATE es_ops.process SET halted = 'an older program could not read it'")
        .execute(world.store.pool())
        .await
        .unwrap();
    assert_eq!(sent(&mut world.manager(), DUE).await, 0);
    assert_eq!(halted(&world).await, None);
}

#[tokio::test]
async fn a_running_manager_follows_log_and_clock_and_leaves_in_order() {
    let world = World::new().await;
    let running = world.tasks.spawn(run(world.manager(), world.clock.clone(), world.tasks.token()));
    world.stall("2026-09-01").await;
    world.clock.set(at(DUE));
    let mut wakeups = Wakeups::new(&world.store);
    let reopened = async {
        while world.types().await.last().is_none_or(|last| last != "sale.reopened") {
            wakeups.next().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reopened).await.unwrap();
    world.tasks.stop();
    running.await.unwrap();
    let owner: Option<uuid::Uuid> = sqlx::query_scalar("SELECT lease_owner FROM es_ops.process")
        .fetch_one(world.store.pool())
        .await
        .unwrap();
    assert_eq!(owner, None);
}
