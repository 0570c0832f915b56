//! What every process manager that sends one command an event is put through: it is interrupted on both sides of its
//! command, a log is read again, is old, or was brought in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use command_service::call::Call;
use command_service::process::{
    ProcessFault, Pumped, Reaction, Rules, SendFault, SendOrder, Steps as _,
};
use command_service::sending::send_order;
use events::rights::{Principal, Role};
use futures::FutureExt;

use crate::world::{World, at, call};

pub fn manager<R: Rules>(world: &World) -> Reaction<R> {
    Reaction::new(world.store.clone(), send_order(world.executor.clone()))
}

pub async fn sent<R: Rules>(manager: &mut Reaction<R>, now: &str) -> usize {
    match manager.pump(at(now)).await.unwrap() {
        Pumped::UpTo { sent, .. } => sent,
        other => panic!("{other:?}"),
    }
}

/// Every event of a type in the log: stream, actor, payload.
pub async fn found(world: &World, kind: &str) -> Vec<(String, String, serde_json::Value)> {
    let all = world.store.read_after(0, 10_000).await.unwrap();
    let of_kind = all.into_iter().filter(|row| row.event_type == kind);
    of_kind
        .map(|row| {
            let meta = row.metadata().unwrap();
            (meta.stream, meta.actor, serde_json::from_slice(&row.payload).unwrap())
        })
        .collect()
}

/// A sender whose command is carried out and whose answer is lost, the first time.
fn losing_the_first_answer(world: &World) -> SendOrder {
    let (inner, first) = (send_order(world.executor.clone()), Arc::new(AtomicBool::new(true)));
    Arc::new(move |wanted| {
        let (answer, lost) = (inner(wanted), first.swap(false, Ordering::SeqCst));
        async move {
            let answer = answer.await?;
            if lost { Err(SendFault("the answer was lost".into())) } else { Ok(answer) }
        }
        .boxed()
    })
}

/// A sender that dies before its command is carried out, the first time.
fn dying_before_it_sends(world: &World) -> SendOrder {
    let (inner, first) = (send_order(world.executor.clone()), Arc::new(AtomicBool::new(true)));
    Arc::new(move |wanted| {
        if first.swap(false, Ordering::SeqCst) {
            return async { Err(SendFault("killed".into())) }.boxed();
        }
        inner(wanted)
    })
}

/// Interrupts a manager between reading its event and having its command answered, in both ways; then an heir goes on.
pub async fn fires_once_though_interrupted<R: Rules>(world: &World, now: &str, kind: &str) {
    for send in [dying_before_it_sends(world), losing_the_first_answer(world)] {
        let mut unlucky = Reaction::<R>::new(world.store.clone(), send);
        let pumped = unlucky.pump(at(now)).await;
        assert!(matches!(pumped, Err(ProcessFault::Send(_))), "{pumped:?}");
        drop(unlucky);
        world.expire_lease().await;
    }
    let mut heir = manager::<R>(world);
    sent(&mut heir, now).await;
    assert_eq!(sent(&mut heir, now).await, 0, "nothing is left to do");
    assert_eq!(found(world, kind).await.len(), 1, "once");
    assert!(world.timers().await.is_empty());
}

/// The whole log is read again by one that knows nothing of what was done.
pub async fn quiet_on_replay<R: Rules>(world: &World, now: &str, kind: &str) {
    let before = found(world, kind).await.len();
    sqlx::query("DELETE FROM es_ops.process").execute(world.database.owner()).await.unwrap();
    sqlx::query("DELETE FROM es_ops.timer").execute(world.database.owner()).await.unwrap();
    let mut anew = manager::<R>(world);
    for _ in 0..2 {
        sent(&mut anew, now).await;
    }
    assert_eq!(found(world, kind).await.len(), before, "what was said is not said again");
}

/// The log was recorded more than a day before anybody looked at it: nobody is told, and nothing waits.
pub async fn quiet_about_what_is_old<R: Rules>(world: &World, now: &str) {
    let aged = "ALTER TABLE es.event DISABLE TRIGGER immutable; \
        UPDATE es.event SET recorded_at = recorded_at - interval '25 hours', \
        effective_at = effective_at - interval '25 hours'";
    sqlx::raw_sql(aged).execute(world.database.owner()).await.unwrap();
    let mut late = manager::<R>(world);
    assert_eq!(sent(&mut late, now).await, 0, "what is late reminds nobody");
    assert!(world.timers().await.is_empty());
    late.release().await.unwrap();
}

/// Somebody who brings history in.
pub fn importer() -> Principal {
    let roles = [Role::Importer].into_iter().collect();
    Principal { user: call().actor, groups: Vec::new(), roles }
}

pub fn imported(at_time: &str) -> Call {
    let effective_at: Option<DateTime<Utc>> = Some(at(at_time));
    Call { principal: Some(importer()), effective_at, ..call() }
}
