//! Which lanes run in this process: one for each generation whose rows are complete and whose shape is this program's,
//! be it live, built and waiting, or retired and kept. The rows of `es_ops.projection` say so; nothing is restarted
//! when they change. Must not know what a lane does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use event_store::EventStore;
use read_models::{Progress, ReadModel, schema};
use service_runtime::clock::back_off;
use service_runtime::{Clock, Tasks, ids};
use sqlx::PgPool;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::Config;
use crate::generation;
use crate::lag::Gauge;
use crate::metrics;
use crate::runner::{self, Lane, LaneError, Part};
use crate::source::Source;

/// How often the generations are looked up.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A generation: name of the read model, number.
type Key = (&'static str, i32);

/// The lanes of a process.
pub(crate) struct Lanes {
    config: Config,
    models: Vec<Arc<dyn ReadModel>>,
    /// Connections to `es_ops` that may only read.
    directory: PgPool,
    owner: Uuid,
    progress: Progress,
    running: Mutex<BTreeMap<Key, Running>>,
    /// Parts that were followed once. A last step or measurement may end after the lane has gone, so they are shown
    /// as ended again and again.
    ended: Mutex<BTreeMap<Key, Part>>,
}

struct Running {
    lane: Arc<Mutex<Lane>>,
    gauge: Gauge,
    stop: CancellationToken,
    worker: Option<JoinHandle<()>>,
}

/// A worker ended although nobody told it to.
#[derive(Debug, thiserror::Error)]
#[error("the lane of {0} generation {1} fell over")]
struct FellOver(&'static str, i32);

impl Lanes {
    /// No lanes yet, for `models`. Those to come tell `progress` how far they are.
    pub(crate) fn new(
        config: Config,
        models: Vec<Arc<dyn ReadModel>>,
        progress: Progress,
    ) -> Result<Self, sqlx::Error> {
        let directory = generation::directory(&config.query_url)?;
        Ok(Self {
            config,
            models,
            directory,
            owner: ids::new_id(),
            progress,
            running: Mutex::default(),
            ended: Mutex::default(),
        })
    }

    /// Connections to `es_ops` that may only read.
    pub(crate) fn directory(&self) -> &PgPool {
        &self.directory
    }

    /// Makes lanes for generations that have come and ends those of generations that are going. `begin` is told of
    /// each lane without a worker and may start one.
    pub(crate) async fn discover(
        &self,
        mut begin: impl FnMut(&Arc<Mutex<Lane>>, CancellationToken) -> Option<JoinHandle<()>>,
    ) -> Result<(), LaneError> {
        let wanted = self.wanted().await?;
        let mut running = self.running.lock().await;
        let going: Vec<Key> = running
            .keys()
            .filter(|key| !wanted.iter().any(|(other, _)| other == *key))
            .copied()
            .collect();
        for key in going {
            if let Some(lane) = running.remove(&key) {
                tracing::info!(model = key.0, generation = key.1, "the lane ends");
                lane.stop.cancel();
                if lane.worker.is_none() {
                    lane.lane.lock().await.release().await?;
                }
                metrics::ended(&lane.gauge.part);
                self.progress.forget(key.0, key.1);
                self.ended.lock().await.insert(key, lane.gauge.part);
            }
        }
        for (key, model) in wanted {
            if running.contains_key(&key) {
                continue;
            }
            let (name, generation) = key;
            let pool = generation::projecting(&self.config.read_url, name, generation)?;
            let part = Part { model: name, generation, log_id: self.config.log_id, part: 0 };
            let gauge = Gauge { part: part.clone(), pool: pool.clone() };
            let lane = Lane::new(model, part, pool, self.owner, self.config.pace)
                .telling(self.progress.clone());
            let (lane, stop) = (Arc::new(Mutex::new(lane)), CancellationToken::new());
            tracing::info!(model = name, generation, "the lane begins");
            self.ended.lock().await.remove(&key);
            running.insert(key, Running { lane, gauge, stop, worker: None });
        }
        for lane in running.values_mut().filter(|lane| lane.worker.is_none()) {
            lane.worker = begin(&lane.lane, lane.stop.clone());
        }
        Ok(())
    }

    /// The generations this process should follow.
    async fn wanted(&self) -> Result<Vec<(Key, Arc<dyn ReadModel>)>, sqlx::Error> {
        let found: Vec<(String, i32, String)> = sqlx::query_as(
            "SELECT name, generation, code_hash FROM es_ops.projection
              WHERE filled_at IS NOT NULL AND state <> 'dropping' ORDER BY name, generation",
        )
        .fetch_all(&self.directory)
        .await?;
        let ours = |(name, generation, hash): (String, i32, String)| {
            let model = self.models.iter().find(|model| model.name() == name)?;
            let same = schema::code_hash(model.as_ref()) == hash;
            same.then(|| ((model.name(), generation), Arc::clone(model)))
        };
        Ok(found.into_iter().filter_map(ours).collect())
    }

    /// Runs every lane in a task of its own and follows the generations until `tasks` is told to stop. Ends before
    /// that only when a lane fell over.
    pub(crate) async fn supervise(self: Arc<Self>, source: Arc<Source>, tasks: Tasks) {
        let stop = tasks.token();
        while !stop.is_cancelled() {
            let found = self.discover(|lane, stop| {
                let work = runner::work(Arc::clone(lane), Arc::clone(&source), stop);
                Some(tasks.spawn(work))
            });
            if let Err(error) = found.await {
                tracing::warn!(%error, "the generations cannot be looked up now");
            }
            if let Err(error) = self.standing().await {
                tracing::error!(%error, "a lane is lost");
                break;
            }
            stop.run_until_cancelled(back_off(LOOK_EVERY)).await;
        }
        for lane in self.running.lock().await.values() {
            lane.stop.cancel();
        }
    }

    async fn standing(&self) -> Result<(), FellOver> {
        for (key, lane) in self.running.lock().await.iter() {
            if lane.worker.as_ref().is_some_and(JoinHandle::is_finished) {
                return Err(FellOver(key.0, key.1));
            }
        }
        Ok(())
    }

    /// Whether any generation of a read model is followed here.
    pub(crate) async fn follow(&self, model: &str) -> bool {
        self.running.lock().await.keys().any(|(name, _)| *name == model)
    }

    /// Every lane, in order of name and generation.
    pub(crate) async fn all(&self) -> Vec<Arc<Mutex<Lane>>> {
        let running: MutexGuard<'_, _> = self.running.lock().await;
        running.values().map(|lane| Arc::clone(&lane.lane)).collect()
    }

    /// Measures the lag of every lane once.
    pub(crate) async fn measure(&self, store: &EventStore, clock: &Clock) {
        let gauges: Vec<Gauge> =
            self.running.lock().await.values().map(|lane| lane.gauge.clone()).collect();
        for gauge in gauges {
            if let Err(error) = gauge.measure(store, clock).await {
                tracing::debug!(%error, "the lag cannot be measured now");
            }
        }
        for part in self.ended.lock().await.values() {
            metrics::ended(part);
        }
    }
}
