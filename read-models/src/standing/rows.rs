//! What changed in a tenant's tables since a position, and how it stood at another one.
//!
//! A stream changed since *p* has a current version above *p*, which an index finds. As of *q* it is that version
//! unless the table is ahead of *q*; then the version that held at *q* is looked up beside it.

use uuid::Uuid;

use super::agenda::ActivityRow;
use super::sales::SaleRow;
use crate::ask::Statements;

/// Rows of a page.
pub(super) const PAGE: i64 = 20_000;

/// Current, and beyond a position. The upper end leaves nothing out: of a range with one end the planner believes that it
/// is a third of the table, and reads all of it by another index.
macro_rules! beyond {
    ($table:literal, $position:literal) => {
        concat!(
            $table,
            ".next_position = 9223372036854775807 AND ",
            $table,
            ".position > ",
            $position,
            " AND ",
            $table,
            ".position < 9223372036854775807"
        )
    };
}
pub(crate) use beyond;

/// Current versions above `$2` and up to `$3`, the lowest first; those that held at `$3` of streams whose current one is
/// above it, each found by its key, since a join could be planned to read the table; those of streams. All of them only
/// where `$held` says so.
macro_rules! changed {
    ($columns:expr, $table:literal, $held:literal) => {
        Changed {
            page: concat!(
                "SELECT ", $columns, " FROM ", $table, " AS v
                  WHERE ", $held, " AND v.tenant_id = $1 AND v.next_position = 9223372036854775807 AND v.position > $2 AND v.position <= $3
                  ORDER BY v.position LIMIT $4"
            ),
            ahead: concat!(
                "SELECT ", $columns, " FROM
                  (SELECT c.stream_id FROM ", $table, " AS c
                    WHERE c.tenant_id = $1 AND ", beyond!("c", "$3"), " ORDER BY c.position OFFSET 0) AS c
                  CROSS JOIN LATERAL
                  (SELECT * FROM ", $table, " AS x
                    WHERE x.stream_id = c.stream_id AND x.position > $2 AND x.position <= $3 AND x.next_position > $3 LIMIT 1) AS v
                  WHERE ", $held, " LIMIT $4"
            ),
            streams: concat!(
                "SELECT ", $columns, " FROM ", $table, " AS v
                  WHERE ", $held, " AND v.tenant_id = $1 AND v.stream_id = ANY ($2) AND v.position <= $3 AND v.next_position > $3"
            ),
        }
    };
}

/// Statements over one table.
#[derive(Debug)]
pub(super) struct Changed {
    page: &'static str,
    ahead: &'static str,
    streams: &'static str,
}

/// The columns of a sale that are held, of `v`.
macro_rules! sale_columns {
    () => {
        "v.version, v.position, v.effective_at, v.recorded_at, v.stream_id, v.sale_id, v.number, v.status, v.stage_id,
         v.sale_type_id, v.owner, v.owner_group, v.source, v.category, v.competitor, v.credited, v.company_id, v.contact_id,
         COALESCE(v.reason, v.stall_reason) AS why, v.currency, v.amount_minor, v.weighted_minor, v.profit_minor, v.probability,
         v.sale_date, v.reopen_date, v.completed, v.stage_entered_at, v.registered_at, v.deleted,
         CASE v.visible_for WHEN 'owner' THEN 'owner' WHEN 'group' THEN 'group:' || v.visible_group END AS visible"
    };
}
pub(super) use sale_columns;

/// The columns of an activity that are held, of `v`.
macro_rules! activity_columns {
    () => {
        "v.version, v.position, v.effective_at, v.recorded_at, v.stream_id, v.activity_id, v.sale_id, v.from_day,
         v.to_day, v.starts_at, v.ends_at, v.owner, v.owner_group, v.completed_on, v.deleted"
    };
}
pub(super) use activity_columns;

pub(super) const SALES: Changed = changed!(sale_columns!(), "sale_version", "true");

/// Documents are in no diary and lie ahead of no sale (SG-13).
pub(super) const ACTIVITIES: Changed =
    changed!(activity_columns!(), "activity_version", "v.kind <> 'document'");

/// A row that knows its position.
pub(super) trait Positioned {
    /// Position of its version.
    fn position(&self) -> i64;
}

impl Positioned for SaleRow {
    fn position(&self) -> i64 {
        self.position
    }
}

impl Positioned for ActivityRow {
    fn position(&self) -> i64 {
        self.position
    }
}

/// From which position to which, of whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub tenant_id: i32,
    pub after: i64,
    pub to: i64,
}

impl Changed {
    /// One page of the changes, and up to where it is complete.
    pub async fn page<T>(
        &self,
        tx: &mut Statements,
        span: Span,
    ) -> Result<(Vec<T>, i64), sqlx::Error>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Positioned + Send + Unpin,
    {
        let rows: Vec<T> = sqlx::query_as(self.page)
            .bind(span.tenant_id)
            .bind(span.after)
            .bind(span.to)
            .bind(PAGE)
            .fetch_all(tx)
            .await?;
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == PAGE);
        // positions of a page rise; several versions of one event do not exist
        let last = rows.last().filter(|_| full).map_or(span.to, Positioned::position);
        Ok((rows, last))
    }

    /// What changed within the span and once more beyond it; none when that is more than a page.
    pub async fn overtaken<T>(
        &self,
        tx: &mut Statements,
        span: Span,
    ) -> Result<Option<Vec<T>>, sqlx::Error>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        let rows: Vec<T> = sqlx::query_as(self.ahead)
            .bind(span.tenant_id)
            .bind(span.after)
            .bind(span.to)
            .bind(PAGE)
            .fetch_all(tx)
            .await?;
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == PAGE);
        Ok((!full).then_some(rows))
    }

    /// These streams as they stood at the end of the span.
    pub async fn streams<T>(
        &self,
        tx: &mut Statements,
        span: Span,
        streams: &[Uuid],
    ) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        sqlx::query_as(self.streams)
            .bind(span.tenant_id)
            .bind(streams)
            .bind(span.to)
            .fetch_all(tx)
            .await
    }
}
