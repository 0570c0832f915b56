//! Moving the word `live`, in one transaction; back in time only when somebody says so.

use std::time::Duration;

use service_runtime::clock::{Stopwatch, back_off};
use sqlx::{Acquire, PgConnection};

use super::RebuildError;

/// How long a switch waits for the generation to be where the live one is. The live one's checkpoint is held
/// meanwhile, so this is also how long its lane can be held up.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What a switch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switched {
    /// The generation that was live; none if there was none.
    pub from: Option<i32>,
    /// The one that is.
    pub to: i32,
    /// Where it stood at the switch.
    pub position: i64,
}

/// Whether readers may be shown less than they have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Never: the generation is waited for.
    KeepPlace,
    /// Yes: the live one holds what the log has lost, since an older backup of the log was restored (case 32).
    StepBack,
}

/// A generation of the model, as the switch sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Candidate {
    generation: i32,
    state: String,
    filled: bool,
}

/// Makes a generation live: `generation`, else the newest that is built and waits. The one before is retired and
/// followed on. `connection` acts as `es_owner`.
///
/// # Errors
/// [`RebuildError::Behind`] when it does not reach the live one within five seconds and readers keep their place,
/// [`RebuildError::NotFilled`],
/// [`RebuildError::IsLive`], [`RebuildError::UnknownGeneration`], [`RebuildError::NoneTo`]; nothing has changed then.
pub async fn promote(
    connection: &mut PgConnection,
    name: &str,
    generation: Option<i32>,
    readers: Readers,
) -> Result<Switched, RebuildError> {
    switch(connection, name, readers, |all| match generation {
        Some(generation) => all
            .iter()
            .find(|one| one.generation == generation)
            .cloned()
            .ok_or(RebuildError::UnknownGeneration { name: name.to_owned(), generation }),
        None => all
            .iter()
            .rfind(|one| one.state == "building")
            .cloned()
            .ok_or_else(|| RebuildError::NoneTo(name.to_owned(), "promote")),
    })
    .await
}

/// Makes the generation live again that was so before, if it is still kept.
///
/// # Errors
/// As [`promote`].
pub async fn rollback(connection: &mut PgConnection, name: &str) -> Result<Switched, RebuildError> {
    // ordered by when they retired: the last one was live just before
    switch(connection, name, Readers::KeepPlace, |all| {
        let before = all.iter().rfind(|one| one.state == "retired");
        before.cloned().ok_or_else(|| RebuildError::NoneTo(name.to_owned(), "roll back to"))
    })
    .await
}

async fn switch(
    connection: &mut PgConnection,
    name: &str,
    readers: Readers,
    choose: impl FnOnce(&[Candidate]) -> Result<Candidate, RebuildError>,
) -> Result<Switched, RebuildError> {
    let mut tx = connection.begin().await?;
    match switch_within(&mut tx, name, readers, choose).await {
        Ok(switched) => {
            tx.commit().await?;
            Ok(switched)
        }
        Err(refusal) => {
            // at once: a dropped transaction holds its locks until the connection is used again
            tx.rollback().await?;
            Err(refusal)
        }
    }
}

async fn switch_within(
    tx: &mut PgConnection,
    name: &str,
    readers: Readers,
    choose: impl FnOnce(&[Candidate]) -> Result<Candidate, RebuildError>,
) -> Result<Switched, RebuildError> {
    sqlx::query("SET LOCAL lock_timeout = '5s'").execute(&mut *tx).await?;
    let all: Vec<Candidate> = sqlx::query_as(
        "SELECT generation, state, filled_at IS NOT NULL AS filled FROM es_ops.projection
          WHERE name = $1 ORDER BY retired_at NULLS FIRST, generation FOR NO KEY UPDATE",
    )
    .bind(name)
    .fetch_all(&mut *tx)
    .await?;
    if all.is_empty() {
        return Err(RebuildError::UnknownModel(name.to_owned()));
    }
    let to = choose(&all)?;
    let Candidate { generation, .. } = to;
    let name = || name.to_owned();
    if to.state == "live" {
        return Err(RebuildError::IsLive { name: name(), generation });
    }
    if to.state == "dropping" {
        return Err(RebuildError::UnknownGeneration { name: name(), generation });
    }
    if !to.filled {
        return Err(RebuildError::NotFilled { name: name(), generation });
    }
    let from = all.iter().find(|one| one.state == "live").map(|live| live.generation);
    let position = catch_up(tx, &name(), from, generation, readers).await?;
    sqlx::query(
        "UPDATE es_ops.projection SET state = 'retired', retired_at = clock_timestamp()
          WHERE name = $1 AND state = 'live'",
    )
    .bind(name())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE es_ops.projection SET state = 'live', live_at = clock_timestamp(), retired_at = NULL
          WHERE name = $1 AND generation = $2",
    )
    .bind(name())
    .bind(generation)
    .execute(&mut *tx)
    .await?;
    Ok(Switched { from, to: generation, position })
}

/// Holds the live generation where it is until the other one is there too, on every log; answers where that is on
/// the one that is furthest behind.
async fn catch_up(
    tx: &mut PgConnection,
    name: &str,
    live: Option<i32>,
    generation: i32,
    readers: Readers,
) -> Result<i64, RebuildError> {
    sqlx::query(
        "SELECT position FROM es_ops.projection_part WHERE name = $1 AND generation = $2
          ORDER BY log_id, part FOR NO KEY UPDATE",
    )
    .bind(name)
    .bind(live)
    .execute(&mut *tx)
    .await?;
    let waiting = Stopwatch::start();
    loop {
        // both at position 0 before their first event; another log's part may be missing on either side
        let (reached, wanted): (i64, i64) = sqlx::query_as(
            "SELECT reached, wanted
               FROM (SELECT COALESCE(t.position, 0) AS reached, COALESCE(l.position, 0) AS wanted
                       FROM (SELECT * FROM es_ops.projection_part WHERE name = $1 AND generation = $3) AS t
                       FULL JOIN (SELECT * FROM es_ops.projection_part WHERE name = $1 AND generation = $2) AS l
                              USING (log_id, part)
                     UNION ALL SELECT 0, 0) AS logs
              ORDER BY reached >= wanted, wanted DESC, reached LIMIT 1",
        )
        .bind(name)
        .bind(live)
        .bind(generation)
        .fetch_one(&mut *tx)
        .await?;
        if reached >= wanted || readers == Readers::StepBack {
            return Ok(reached);
        }
        if waiting.elapsed() >= PATIENCE {
            let (name, position) = (name.to_owned(), reached);
            return Err(RebuildError::Behind { name, generation, position, live: wanted });
        }
        back_off(LOOK_EVERY).await;
    }
}
