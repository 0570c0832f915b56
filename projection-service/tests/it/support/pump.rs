//! A lane pumped by hand, step by step, and what it has set aside.

use std::sync::Arc;

use event_store::EventStore;
use event_store::listen::Wakeups;
use projection_service::config::Pace;
use projection_service::generation;
use projection_service::runner::{Lane, LaneError, Part, Step};
use projection_service::source::Source;
use read_models::ReadModel;
use service_runtime::config::Secret;
use service_runtime::ids::new_id;
use sqlx::FromRow;

use super::Stage;

pub struct Pump {
    pub lane: Lane,
    generation: i32,
    source: Arc<Source>,
}

impl Pump {
    /// A process that owns a lane of generation 1 of `model`, reading the log.
    pub fn new(stage: &Stage, model: impl ReadModel + 'static) -> Self {
        Self::paced(stage, model, 1, Pace::default())
    }

    /// The same of any generation, at a pace of its own.
    pub fn paced(
        stage: &Stage,
        model: impl ReadModel + 'static,
        generation: i32,
        pace: Pace,
    ) -> Self {
        let url = stage.database.url_for("salgslogg_projector");
        Self::sharing(&reading(stage), &Secret::new(url), model, generation, pace)
    }

    /// The same with the read models behind `url`, reading with others.
    pub fn sharing(
        source: &Arc<Source>,
        url: &Secret,
        model: impl ReadModel + 'static,
        generation: i32,
        pace: Pace,
    ) -> Self {
        let part = Part { model: model.name(), generation, log_id: 1, part: 0 };
        let pool = generation::projecting(url, part.model, generation).unwrap();
        let lane = Lane::new(Arc::new(model), part, pool, new_id(), hasty(pace));
        Self { lane, generation, source: Arc::clone(source) }
    }

    pub async fn step(&mut self) -> Result<Step, LaneError> {
        self.lane.step(&self.source).await
    }

    /// Whether the lane has seen the whole log and nobody wishes for another try.
    pub async fn is_done(&self) -> bool {
        let store = self.source.store();
        let text = "SELECT EXISTS (SELECT FROM es_ops.parked_stream
                     WHERE name = $1 AND generation = $2 AND redrive_requested_at IS NOT NULL)";
        let wished: bool = sqlx::query_scalar(text)
            .bind(self.lane.model())
            .bind(self.generation)
            .fetch_one(store.pool())
            .await
            .unwrap();
        !wished && self.lane.position() == Some(store.head().await.unwrap())
    }

    /// Steps until there is nothing left to do, or the lane cannot go on; answers the last step.
    pub async fn run(&mut self) -> Step {
        for _ in 0..10_000 {
            match self.step().await.unwrap() {
                Step::Applied { .. } | Step::Failed(_) | Step::Idle => {}
                last @ (Step::NotOurs | Step::Halted(_)) => return last,
            }
            if self.is_done().await {
                return Step::Idle;
            }
        }
        panic!("never at rest");
    }
}

/// What lanes pumped by hand read.
pub fn reading(stage: &Stage) -> Arc<Source> {
    let log = stage.database.url_for("salgslogg_projector");
    let store = EventStore::new(event_store::connect(&log, 2).unwrap(), 1);
    let wakeups = Wakeups::new(&store);
    let nats = Secret::new(stage.nats.url_for("projection"));
    Arc::new(Source::new(store, &nats, wakeups, hasty(Pace::default())))
}

/// Nobody publishes here: the log is asked soon.
fn hasty(pace: Pace) -> Pace {
    Pace { projection_poll_ms: 10, projection_linger_ms: 1, ..pace }
}

/// A row of `es_ops.parked_stream`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Aside {
    pub stream_id: uuid::Uuid,
    pub stream: String,
    pub tenant: String,
    pub from_position: i64,
    pub failed_position: i64,
    pub event_type: String,
    pub reason: String,
    pub error: String,
    pub attempts: i32,
    pub queued: i64,
}

/// Everything a model has set aside, in the order it was met.
pub async fn aside(stage: &Stage, model: &str) -> Vec<Aside> {
    let text = "SELECT stream_id, stream, tenant, from_position, failed_position, event_type, reason, error, attempts, queued
                  FROM es_ops.parked_stream WHERE name = $1 ORDER BY generation, from_position";
    sqlx::query_as(text).bind(model).fetch_all(stage.owner()).await.unwrap()
}

/// The positions that wait behind the streams of a model, stream by stream.
pub async fn queue(stage: &Stage, model: &str) -> Vec<(uuid::Uuid, Vec<i64>)> {
    let text = "SELECT stream_id, array_agg(position ORDER BY position) FROM es_ops.parked_event
                 WHERE name = $1 GROUP BY generation, stream_id ORDER BY min(position)";
    sqlx::query_as(text).bind(model).fetch_all(stage.owner()).await.unwrap()
}

/// Asks for another try of everything, as an operator does.
pub async fn wish(stage: &Stage) {
    let text = "UPDATE es_ops.parked_stream SET redrive_requested_at = clock_timestamp()";
    sqlx::query(text).execute(stage.owner()).await.unwrap();
}

/// Changes the policy of every generation of a model, as an operator does.
pub async fn decree(stage: &Stage, model: &str, policy: read_models::OnPoison) {
    let text = "UPDATE es_ops.projection SET on_poison = $2 WHERE name = $1";
    sqlx::query(text).bind(model).bind(policy.as_str()).execute(stage.owner()).await.unwrap();
}
