//! Two generations, row by row, as both stood at one position. Lanes go on meanwhile: a snapshot is compared, and what
//! one of them has beyond the other is taken back.

use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{RebuildError, generations};
use crate::schema::generation_schema;

/// Differing streams that are named for each table.
const NAMED: i32 = 10;

/// Which generations to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sides {
    /// One; usually the live one.
    pub from: i32,
    /// The other.
    pub to: i32,
    /// The position both are compared at.
    pub position: i64,
}

/// What was found in one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its name.
    pub table: String,
    /// Rows compared on each side.
    pub rows: (i64, i64),
    /// Rows only the one has.
    pub only_from: i64,
    /// Rows only the other has.
    pub only_to: i64,
    /// The first streams that differ, in the order of the log.
    pub streams: Vec<Uuid>,
}

impl Difference {
    /// Whether the two sides hold the same rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.only_from == 0 && self.only_to == 0
    }
}

/// Compares every table of two generations of `name`: `from`, else the live one, with `to`, else the newest other one
/// that is filled. With `every` = n one stream in n is compared. `connection` acts as `es_owner`.
///
/// # Errors
/// [`RebuildError::UnknownGeneration`], [`RebuildError::NotFilled`], [`RebuildError::NoneTo`],
/// [`RebuildError::NotComparable`].
pub async fn diff(
    connection: &mut PgConnection,
    log_id: i16,
    name: &str,
    (from, to): (Option<i32>, Option<i32>),
    every: i32,
) -> Result<(Sides, Vec<Difference>), RebuildError> {
    sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(&mut *connection)
        .await?;
    let compared = compare(connection, log_id, name, (from, to), every).await;
    sqlx::query("ROLLBACK").execute(connection).await?;
    compared
}

async fn compare(
    tx: &mut PgConnection,
    log_id: i16,
    name: &str,
    chosen: (Option<i32>, Option<i32>),
    every: i32,
) -> Result<(Sides, Vec<Difference>), RebuildError> {
    let sides = sides(tx, log_id, name, chosen).await?;
    let (from, to) = (generation_schema(name, sides.from), generation_schema(name, sides.to));
    let tables: Vec<(String, bool)> = sqlx::query_as(
        "SELECT c.relname::text, 2 = (SELECT count(*) FROM pg_attribute AS a
                                       WHERE a.attrelid = c.oid AND a.attname IN ('position', 'stream_id'))
                AND to_regclass(format('%I.%I', $2::text, c.relname)) IS NOT NULL
           FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
          WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname",
    )
    .bind(&to)
    .bind(&from)
    .fetch_all(&mut *tx)
    .await?;
    let mut differences = Vec::with_capacity(tables.len());
    for (table, comparable) in tables {
        if !comparable {
            return Err(RebuildError::NotComparable(table));
        }
        let found: (i64, i64, i64, i64, Vec<Uuid>) = sqlx::query_as(
            "SELECT rows_from, rows_to, only_from, only_to, streams
               FROM es_ops.compare_table($1, $2, $3, $4, $5, $6)",
        )
        .bind(&from)
        .bind(&to)
        .bind(&table)
        .bind(sides.position)
        .bind(every.max(1))
        .bind(NAMED)
        .fetch_one(&mut *tx)
        .await?;
        let (rows_from, rows_to, only_from, only_to, streams) = found;
        let rows = (rows_from, rows_to);
        differences.push(Difference { table, rows, only_from, only_to, streams });
    }
    Ok((sides, differences))
}

/// The two generations and the lower of their positions.
async fn sides(
    tx: &mut PgConnection,
    log_id: i16,
    name: &str,
    (from, to): (Option<i32>, Option<i32>),
) -> Result<Sides, RebuildError> {
    let mut all = generations::generations(tx, log_id).await?;
    all.retain(|one| one.name == name);
    if all.is_empty() {
        return Err(RebuildError::UnknownModel(name.to_owned()));
    }
    let of = |generation: i32| {
        let unknown = || RebuildError::UnknownGeneration { name: name.to_owned(), generation };
        all.iter().find(|one| one.generation == generation).ok_or_else(unknown)
    };
    let none = || RebuildError::NoneTo(name.to_owned(), "compare");
    let from = match from {
        Some(from) => of(from)?,
        None => all.iter().find(|one| one.state == "live").ok_or_else(none)?,
    };
    let other = |one: &&generations::Generation| {
        one.generation != from.generation && one.filled_at.is_some()
    };
    let to = match to {
        Some(to) => of(to)?,
        None => all.iter().rfind(other).ok_or_else(none)?,
    };
    for side in [from, to] {
        if side.filled_at.is_none() {
            let generation = side.generation;
            return Err(RebuildError::NotFilled { name: name.to_owned(), generation });
        }
    }
    let position = from.position.unwrap_or(0).min(to.position.unwrap_or(0));
    Ok(Sides { from: from.generation, to: to.generation, position })
}
