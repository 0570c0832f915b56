//! Processes come and go while the log grows: every part is in the hands of exactly one at any time, and no event is
//! missed (case 44).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use events::{Aggregate, Recorded};
use futures::FutureExt;
use futures::future::BoxFuture;
use projection_service::App;
use read_models::rebuild::Fold;
use read_models::{ApplyError, OnPoison, ReadModel};
use service_runtime::Tasks;
use sqlx::PgConnection;

use crate::support::tally::Tally;
use crate::support::{Stage, eventually};

/// How many are at work on one read model, and the most there ever were.
#[derive(Default)]
struct Hands {
    now: AtomicI64,
    most: AtomicI64,
}

/// The tally, with its hands counted while they work.
struct Counted(Arc<Hands>);

impl ReadModel for Counted {
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
            let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.0.most.fetch_max(now, Ordering::SeqCst);
            let done = Tally.apply(tx, events).await;
            self.0.now.fetch_sub(1, Ordering::SeqCst);
            done
        }
        .boxed()
    }
}

/// A process with workers of its own.
struct Running {
    tasks: Tasks,
    _app: App,
}

impl Running {
    async fn start(stage: &Stage, hands: &Arc<Hands>) -> Self {
        let app = stage.running(stage.config(), vec![Arc::new(Counted(Arc::clone(hands)))]).await;
        let tasks = Tasks::new();
        app.start_workers(&tasks);
        Self { tasks, _app: app }
    }

    async fn stop(self) {
        assert_eq!(self.tasks.drain(Duration::from_secs(10)).await.left, 0);
    }
}

/// Everything that happens to a part is written down by the database, in the order it happens.
async fn keep_a_ledger(stage: &Stage) {
    sqlx::raw_sql(
        "CREATE TABLE public.ledger (id bigserial, owner uuid, epoch bigint, before bigint, position bigint);
         GRANT ALL ON public.ledger, public.ledger_id_seq TO PUBLIC;
         CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO public.ledger (owner, epoch, before, position)
           VALUES (NEW.lease_owner, NEW.lease_epoch, OLD.position, NEW.position);
           RETURN NEW;
         END $$;
         CREATE TRIGGER note AFTER UPDATE ON es_ops.projection_part
           FOR EACH ROW WHEN (NEW.name = 'tally') EXECUTE FUNCTION public.note();",
    )
    .execute(stage.owner())
    .await
    .unwrap();
}

type Entry = (Option<uuid::Uuid>, i64, i64, i64);

/// Each epoch has one owner, epochs rise, and every event was taken by whoever owned the part then. Answers how many
/// owners moved the checkpoint.
async fn judge_the_ledger(stage: &Stage, head: i64) -> usize {
    let entries: Vec<Entry> =
        sqlx::query_as("SELECT owner, epoch, before, position FROM public.ledger ORDER BY id")
            .fetch_all(stage.owner())
            .await
            .unwrap();
    let (mut epoch, mut owner, mut position) = (0, None, 0);
    let mut movers = std::collections::BTreeSet::new();
    for entry in entries {
        let (whose, of, before, after) = entry;
        assert!(of >= epoch, "{entry:?}");
        if of > epoch {
            (epoch, owner) = (of, whose);
            assert!(owner.is_some(), "a new epoch begins with an owner");
        }
        assert!(whose == owner || whose.is_none(), "two owners in one epoch: {entry:?}");
        assert_eq!(before, position, "checkpoints follow one another");
        if after > before {
            assert_eq!(whose, owner, "{entry:?}");
            movers.insert(whose.unwrap());
        }
        position = after;
    }
    assert_eq!(position, head);
    movers.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_scale_from_one_to_four_and_back_case_44() {
    let mut stage = Stage::set().await;
    keep_a_ledger(&stage).await;
    let hands = Arc::new(Hands::default());
    let mut running = vec![Running::start(&stage, &hands).await];
    let work = async |stage: &mut Stage| {
        for _ in 0..5 {
            let rows = stage.append(100).await;
            stage.publish(&rows).await;
        }
        let head = stage.store.head().await.unwrap();
        eventually("somebody has done it", async || stage.checkpoint().await == head).await;
    };
    work(&mut stage).await;
    for _ in 0..3 {
        running.push(Running::start(&stage, &hands).await);
        work(&mut stage).await;
    }
    // the eldest, who owns the part, leaves first: each time somebody else must go on
    while running.len() > 1 {
        let (rows, leaving) = (stage.append(200).await, running.remove(0));
        tokio::join!(stage.publish(&rows), leaving.stop());
        work(&mut stage).await;
    }
    stage.assert_complete().await;
    let head = stage.store.head().await.unwrap();
    assert!(judge_the_ledger(&stage, head).await >= 2, "the part changed hands");
    assert_eq!(hands.most.load(Ordering::SeqCst), 1, "never two at work on one part");
    running.remove(0).stop().await;
}
