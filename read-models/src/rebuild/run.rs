//! A rebuild from its beginning to the moment a lane takes over: which generation, which parts are left, workers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use event_store::EventStore;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Acquire, ConnectOptions, PgConnection};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::part::{PartDone, Work, parts_for};
use super::{RebuildError, generations, model};
use crate::{OnPoison, ReadModel, schema};

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Parts whose rows are written, those of earlier runs included.
    pub parts_done: i32,
    /// All parts; they are of about equal size.
    pub parts: i32,
    /// Events folded in this run.
    pub events: u64,
    /// Rows written in this run.
    pub rows: u64,
}

/// A generation being built. Only one at a time for each read model, whoever runs it: an advisory lock lasts as
/// long as this value's connection.
pub struct Rebuild {
    operator: PgConnectOptions,
    guard: PgConnection,
    work: Arc<Work>,
    left: VecDeque<i32>,
}

impl std::fmt::Debug for Rebuild {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (generation, target) = (self.work.generation, self.work.target);
        write!(f, "Rebuild of {} as {generation} up to {target}", self.work.model.name())
    }
}

impl Rebuild {
    /// Begins a generation of the read model called `name`, or goes on with the one that was interrupted.
    /// `operator` is a login that may act as `es_owner`; `store` reads the log.
    ///
    /// # Errors
    /// [`RebuildError::UnknownModel`], [`RebuildError::UnderWay`], [`RebuildError::Waiting`],
    /// [`RebuildError::OtherRelease`], or a database that is away.
    pub async fn begin(
        operator: &PgConnectOptions,
        store: EventStore,
        name: &str,
    ) -> Result<Self, RebuildError> {
        Self::begin_model(operator, store, model(name)?).await
    }

    /// As [`begin`](Self::begin), of a given read model.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn begin_model(
        operator: &PgConnectOptions,
        store: EventStore,
        model: Arc<dyn ReadModel>,
    ) -> Result<Self, RebuildError> {
        let name = model.name();
        let mut guard = connect(operator).await?;
        let alone: bool = sqlx::query_scalar(
            "SELECT pg_try_advisory_lock(hashtextextended('salgslogg rebuild ' || $1, 0))",
        )
        .bind(name)
        .fetch_one(&mut guard)
        .await?;
        if !alone {
            return Err(RebuildError::UnderWay(name.to_owned()));
        }
        let log_id = store.log_id();
        let generation = match unfinished(&mut guard, model.as_ref()).await? {
            Some(generation) => generation,
            None => start(&mut guard, &store, model.as_ref()).await?,
        };
        let (target, parts, on_poison): (i64, i32, String) = sqlx::query_as(
            "SELECT target, parts, on_poison FROM es_ops.rebuild JOIN es_ops.projection USING (name, generation)
              WHERE name = $1 AND generation = $2 AND log_id = $3",
        )
        .bind(name)
        .bind(generation)
        .bind(log_id)
        .fetch_one(&mut guard)
        .await?;
        let left: Vec<i32> = sqlx::query_scalar(
            "SELECT part FROM generate_series(0, $4 - 1) AS part WHERE part NOT IN (
               SELECT part FROM es_ops.rebuild_part WHERE name = $1 AND generation = $2 AND log_id = $3)
             ORDER BY part",
        )
        .bind(name)
        .bind(generation)
        .bind(log_id)
        .bind(parts)
        .fetch_all(&mut guard)
        .await?;
        let parks = on_poison == OnPoison::ParkStream.as_str();
        let work = Arc::new(Work { model, store, generation, target, parts, parks });
        Ok(Self { operator: operator.clone(), guard, work, left: left.into() })
    }

    /// The generation that is being built.
    #[must_use]
    pub fn generation(&self) -> i32 {
        self.work.generation
    }

    /// Its rows will hold every event up to here; a lane applies the rest.
    #[must_use]
    pub fn target(&self) -> i64 {
        self.work.target
    }

    /// Where it stands before this run: parts of an interrupted one count.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let left = i32::try_from(self.left.len()).unwrap_or(i32::MAX);
        Progress { parts_done: self.work.parts - left, parts: self.work.parts, events: 0, rows: 0 }
    }

    /// Fills the parts that are left, `jobs` at a time, and tells `progress` after each. A worker holds one page of
    /// the log and a MiB of rows, whatever the log's length. Safe to drop and to run again: whole parts stay.
    ///
    /// # Errors
    /// An event that cannot be folded, or a database that is away; parts that are done stay done.
    pub async fn fill(
        &mut self,
        jobs: usize,
        mut progress: impl FnMut(Progress),
    ) -> Result<(), RebuildError> {
        let queue = Arc::new(Mutex::new(self.left.clone()));
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut workers = JoinSet::new();
        for _ in 0..jobs.clamp(1, 64).min(self.left.len().max(1)) {
            let mut connection = connect(&self.operator).await?;
            let (work, queue, tell) = (Arc::clone(&self.work), Arc::clone(&queue), tell.clone());
            workers.spawn(async move {
                work.enter(&mut connection).await?;
                while let Some(part) = next(&queue) {
                    let done = work.fill(&mut connection, part).await?;
                    if tell.send((part, done)).is_err() {
                        break; // whoever listened has gone
                    }
                }
                Ok::<(), RebuildError>(())
            });
        }
        drop(tell);
        let mut now = self.progress();
        while let Some((part, PartDone { events, rows })) = told.recv().await {
            self.left.retain(|other| *other != part);
            now.parts_done += 1;
            (now.events, now.rows) = (now.events + events, now.rows + rows);
            progress(now);
        }
        while let Some(ended) = workers.join_next().await {
            ended.map_err(|_| RebuildError::Worker)??;
        }
        Ok(())
    }

    /// Makes indexes, row-level security and statistics, and sets the checkpoint: a lane takes over.
    ///
    /// # Errors
    /// When a part is missing or the database is away; [`begin`](Self::begin) it again then.
    pub async fn finish(mut self) -> Result<i32, RebuildError> {
        let mut tx = self.guard.begin().await?;
        sqlx::query("SET LOCAL maintenance_work_mem = '256MB'").execute(&mut *tx).await?;
        sqlx::query("SELECT es_ops.finish_rebuild($1, $2, $3)")
            .bind(self.work.model.name())
            .bind(self.work.generation)
            .bind(self.work.store.log_id())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        // said, not left to the end of the connection: the server notices that later, and refuses the next one until then
        sqlx::query("SELECT pg_advisory_unlock(hashtextextended('salgslogg rebuild ' || $1, 0))")
            .bind(self.work.model.name())
            .execute(&mut self.guard)
            .await?;
        Ok(self.work.generation)
    }
}

impl Work {
    /// Makes a connection see nothing but the generation. Its commits need no flush of their own: rows and the note
    /// of a part are lost or kept together, and the last commit flushes them all.
    async fn enter(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::query(
            "SELECT set_config('search_path', $1, false), set_config('synchronous_commit', 'off', false)",
        )
        .bind(schema::generation_schema(self.model.name(), self.generation))
        .execute(connection)
        .await
        .map(drop)
    }
}

fn next(queue: &Mutex<VecDeque<i32>>) -> Option<i32> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

/// A connection of its own with the rights of `es_owner`.
pub(super) async fn connect(operator: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let options =
        operator.clone().application_name("salgslogg rebuild").disable_statement_logging();
    let mut connection = options.connect().await?;
    sqlx::query("SET ROLE es_owner").execute(&mut connection).await?;
    Ok(connection)
}

/// The generation an interrupted rebuild left, if this program can go on with it.
async fn unfinished(
    connection: &mut PgConnection,
    model: &dyn ReadModel,
) -> Result<Option<i32>, RebuildError> {
    let building = generations::building(connection, model.name()).await?;
    let Some((generation, filled, hash)) = building else {
        return Ok(None);
    };
    let name = model.name().to_owned();
    if filled {
        return Err(RebuildError::Waiting { name, generation });
    }
    if hash != schema::code_hash(model) {
        return Err(RebuildError::OtherRelease { name, generation });
    }
    Ok(Some(generation))
}

/// Makes the next generation, up to the log's head as it is now.
async fn start(
    connection: &mut PgConnection,
    store: &EventStore,
    model: &dyn ReadModel,
) -> Result<i32, RebuildError> {
    let target = store.head().await?;
    let mut tx = connection.begin().await?;
    let generation: i32 = sqlx::query_scalar(
        "SELECT COALESCE(max(generation), 0) + 1 FROM es_ops.projection WHERE name = $1",
    )
    .bind(model.name())
    .fetch_one(&mut *tx)
    .await?;
    schema::begin_generation(&mut tx, model, generation, "building").await?;
    sqlx::query("SELECT es_ops.begin_rebuild($1, $2, $3, $4, $5)")
        .bind(model.name())
        .bind(generation)
        .bind(store.log_id())
        .bind(target)
        .bind(parts_for(target))
        .execute(&mut *tx)
        .await?;
    // which history it is of: a lane that finds another event there will not go on from it
    let hash = store.recorded_event_hash(target).await?;
    sqlx::query(
        "UPDATE es_ops.rebuild SET target_hash = $4 WHERE name = $1 AND generation = $2 AND log_id = $3",
    )
    .bind(model.name())
    .bind(generation)
    .bind(store.log_id())
    .bind(hash)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(generation)
}
