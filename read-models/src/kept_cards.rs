//! The rows of sales whose versions memory told: from what is kept beside it, else by version from the table, to be kept.
//!
//! Memory showed only what the caller sees; each row is judged once more, as the SQL function `seen` would.

use std::sync::Arc;

use service_runtime::Problem;
use uuid::Uuid;

use crate::ask::{Snapshot, failed};
use crate::card::CardRow;
use crate::standing::{KeptRows, Standing, VersionOf};

/// Rows by version: `$1` the tenant, `$2` and `$3` streams and versions.
macro_rules! by_version {
    ($long:literal) => {
        concat!(
            "SELECT ",
            $long,
            include_str!("card_columns.sql"),
            include_str!("cards_by_version.sql")
        )
    };
}

/// Which columns of a sale are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Those of lists.
    Card,
    /// All tabs.
    Whole,
}

impl Shape {
    fn sql(self) -> &'static str {
        match self {
            Self::Card => by_version!(
                "NULL::text AS description, NULL::text AS note, NULL::text AS links, NULL::text AS stakeholders, NULL::text AS fields, "
            ),
            Self::Whole => by_version!(
                "s.description, s.note, s.links::text AS links, s.stakeholders::text AS stakeholders, s.fields::text AS fields, s.suggestions::text AS suggestions, "
            ),
        }
    }

    fn look_up(self, rows: &KeptRows, wanted: &[VersionOf]) -> Vec<Option<Arc<CardRow>>> {
        match self {
            Self::Card => rows.cards.look_up(wanted),
            Self::Whole => rows.whole.look_up(wanted),
        }
    }

    fn keep(self, rows: &KeptRows, row: &Arc<CardRow>) {
        match self {
            Self::Card => rows.cards.keep(row.version_of(), row),
            Self::Whole => rows.whole.keep(row.version_of(), row),
        }
    }
}

/// The rows of these versions, in this order; none inside for what is not in the table, or not seen.
pub(crate) async fn rows_at(
    snapshot: &mut Snapshot,
    standing: &Standing,
    shape: Shape,
    wanted: &[VersionOf],
) -> Result<Vec<Option<Arc<CardRow>>>, Problem> {
    let mut rows = shape.look_up(&standing.rows, wanted);
    let (mut streams, mut versions) = (Vec::new(), Vec::new());
    for ((stream, version), _) in wanted.iter().zip(&rows).filter(|(_, row)| row.is_none()) {
        streams.push(*stream);
        versions.push(*version);
    }
    if !streams.is_empty() {
        let read = read(snapshot, shape, (&streams, &versions)).await?;
        for row in &read {
            shape.keep(&standing.rows, row);
        }
        let of = |wanted: &VersionOf| read.iter().find(|row| row.version_of() == *wanted).cloned();
        for (row, wanted) in rows.iter_mut().zip(wanted).filter(|(row, _)| row.is_none()) {
            *row = of(wanted);
        }
    }
    if let Some(sight) = &snapshot.sight {
        for row in &mut rows {
            *row = row.take().filter(|row| row.is_seen(sight));
        }
    }
    Ok(rows)
}

async fn read(
    snapshot: &mut Snapshot,
    shape: Shape,
    (streams, versions): (&[Uuid], &[i64]),
) -> Result<Vec<Arc<CardRow>>, Problem> {
    let rows: Vec<CardRow> = sqlx::query_as(shape.sql())
        .bind(snapshot.tenant_id)
        .bind(streams)
        .bind(versions)
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
    Ok(rows.into_iter().map(Arc::new).collect())
}
