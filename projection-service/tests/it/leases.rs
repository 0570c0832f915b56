//! One process a lane: the lease decides who works, the epoch decides whose work counts (case 35).

use std::sync::Arc;

use events::{Aggregate, Recorded};
use futures::FutureExt;
use futures::future::BoxFuture;
use projection_service::AppError;
use read_models::rebuild::Fold;
use read_models::{ApplyError, OnPoison, ReadModel};
use service_runtime::Tasks;
use sqlx::PgConnection;
use tokio::sync::Notify;

use crate::support::tally::Tally;
use crate::support::{Stage, bulk, eventually};

/// The tally of a process that can be stopped in the middle of a batch, as SIGSTOP does.
pub struct Pausing {
    pub entered: Arc<Notify>,
    pub go_on: Arc<Notify>,
}

impl ReadModel for Pausing {
    fn name(&self) -> &'static str {
        Tally.name()
    }

    fn version(&self) -> i32 {
        Tally.version()
    }

    fn tables(&self) -> &'static str {
        Tally.tables()
    }

    fn reads(&self) -> &'static [Aggregate] {
        Tally.reads()
    }

    fn on_poison(&self) -> OnPoison {
        Tally.on_poison()
    }

    fn fold(&self) -> Box<dyn Fold> {
        Tally.fold()
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        async move {
            self.entered.notify_one();
            self.go_on.notified().await;
            Tally.apply(tx, events).await
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_lane_belongs_to_one_process_until_its_lease_ends() {
    let mut stage = Stage::set().await;
    let (first, second) = (stage.tallying().await, stage.tallying().await);
    stage.append(5).await;
    first.run_until_caught_up().await.unwrap();
    stage.append(5).await;
    assert!(matches!(second.run_until_caught_up().await, Err(AppError::NotOurs("tally"))));
    stage.leases_end().await;
    second.run_until_caught_up().await.unwrap();
    stage.assert_complete().await;
}

#[tokio::test]
async fn an_owner_that_slept_through_its_lease_is_refused_case_35() {
    let mut stage = Stage::set().await;
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let pausing = Pausing { entered: Arc::clone(&entered), go_on: Arc::clone(&go_on) };
    let old = stage.running(stage.config(), vec![Arc::new(pausing)]).await;
    stage.append(10).await;
    let asleep = async {
        entered.notified().await;
        stage.leases_end().await;
        let new = stage.tallying().await;
        new.run_until_caught_up().await.unwrap();
        stage.assert_complete().await;
        go_on.notify_one();
    };
    let (refused, ()) = tokio::join!(old.run_until_caught_up(), asleep);
    assert!(matches!(refused, Err(AppError::NotOurs("tally"))), "ES010");
    stage.assert_complete().await;
}

#[tokio::test]
async fn an_owner_that_missed_a_takeover_between_batches_is_refused_case_35() {
    let mut stage = Stage::set().await;
    let (old, new) = (stage.tallying().await, stage.tallying().await);
    stage.append(5).await;
    old.run_until_caught_up().await.unwrap();
    stage.leases_end().await;
    stage.append(5).await;
    new.run_until_caught_up().await.unwrap();
    stage.append(5).await;
    assert!(matches!(old.run_until_caught_up().await, Err(AppError::NotOurs("tally"))));
    assert_eq!(stage.checkpoint().await, 10, "nothing of the old owner's batch was kept");
    new.run_until_caught_up().await.unwrap();
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_clean_shutdown_gives_the_lease_up_at_once() {
    let mut stage = Stage::set().await;
    let (first, second) = (stage.tallying().await, stage.tallying().await);
    let (tasks, rows) = (Tasks::new(), stage.append(20).await);
    first.start_workers(&tasks);
    stage.publish(&rows).await;
    eventually("the worker has caught up", async || stage.checkpoint().await == 20).await;
    assert_eq!(tasks.drain(std::time::Duration::from_secs(10)).await.left, 0);
    stage.append(5).await;
    second.run_until_caught_up().await.unwrap();
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_long_batch_keeps_its_lease() {
    let mut stage = Stage::set().await;
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let pausing = Pausing { entered: Arc::clone(&entered), go_on: Arc::clone(&go_on) };
    let mut config = stage.config();
    (config.pace.projection_renew_ms, config.pace.projection_lease_ttl_ms) = (20, 1_000);
    let app = stage.running(config, vec![Arc::new(pausing)]).await;
    stage.append(3).await;
    let meanwhile = async {
        entered.notified().await;
        let until = "SELECT lease_until FROM es_ops.projection_part WHERE name = 'tally'";
        let read = async || -> chrono::DateTime<chrono::Utc> {
            sqlx::query_scalar(until).fetch_one(stage.owner()).await.unwrap()
        };
        let first = read().await;
        eventually("the lease is renewed", async || read().await > first).await;
        go_on.notify_one();
    };
    let (caught_up, ()) = tokio::join!(app.run_until_caught_up(), meanwhile);
    caught_up.unwrap();
    stage.assert_complete().await;
}

/// Its statements meet rows of the process that took over, which says nothing against the event.
#[tokio::test]
async fn an_owner_that_was_overtaken_calls_no_event_poison_case_35() {
    let stage = Stage::set().await;
    let tenant = bulk::house(&stage).await;
    let sale = || read_models::all().into_iter().filter(|model| model.name() == "sale").collect();
    let first = stage.running(stage.config(), sale()).await;
    let second = stage.running(stage.config(), sale()).await;
    first.run_until_caught_up().await.unwrap();
    bulk::sales(&stage, &tenant, 0..1).await;
    stage.leases_end().await;
    second.run_until_caught_up().await.unwrap();
    let late = first.run_until_caught_up().await;
    assert!(matches!(late, Err(AppError::NotOurs(_))), "{late:?}");
    bulk::sales(&stage, &tenant, 1..2).await;
    second.run_until_caught_up().await.unwrap();
}
