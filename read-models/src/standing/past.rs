//! The past of a tenant: all versions in memory, and who brings them up to date.
//!
//! A page is the streams that changed since a position, each with all its versions beyond where the last whole reading
//! ended. A version that is held already is passed over, so a page may be read twice.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use service_runtime::Problem;
use service_runtime::clock::Stopwatch;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::Mark;
use super::agenda::ActivityRow;
use super::keep::{Held, Keep, Refreshed};
use super::rows::{activity_columns, beyond, sale_columns};
use super::sales::SaleRow;
use super::versions::{Newest, Past, SaleNumbers};
use crate::ask::{Snapshot, WallClock, failed};

/// How long one question goes on filling before it asks SQL; the next one goes on from there.
const FILLING: Duration = Duration::from_millis(2500);

/// Streams of a page.
const PAGE: i64 = 10_000;

/// Streams whose newest version lies above `$2`, the lowest first; and the versions of streams `$4` above `$2` up to `$3`;
/// where `$held` says so.
macro_rules! versions {
    ($columns:expr, $table:literal, $held:literal) => {
        Statements {
            streams: concat!(
                "SELECT stream_id, position FROM ", $table, " AS v
                  WHERE ", $held, " AND v.tenant_id = $1 AND ", beyond!("v", "$2"), " ORDER BY v.position LIMIT $3"
            ),
            versions: concat!(
                "SELECT ", $columns, " FROM ", $table, " AS v
                  WHERE ", $held, " AND v.tenant_id = $1 AND v.position > $2 AND v.position <= $3 AND v.stream_id = ANY ($4)
                  ORDER BY v.stream_id, v.version"
            ),
        }
    };
}

/// Statements over one table.
#[derive(Debug, Clone, Copy)]
struct Statements {
    streams: &'static str,
    versions: &'static str,
}

const SALES: Statements = versions!(sale_columns!(), "sale_version", "true");
/// Documents are in no diary and lie ahead of no sale (SG-13).
const ACTIVITIES: Statements =
    versions!(activity_columns!(), "activity_version", "v.kind <> 'document'");

/// How far a table was read: whole up to `from`, and beyond it for the streams whose newest version is not above `to`.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    from: i64,
    to: i64,
    whole: bool,
}

/// The writer's side of a tenant's past.
#[derive(Debug, Default)]
pub(crate) struct PastKeeper {
    past: Past,
    numbers: SaleNumbers,
    newest_sales: Newest,
    newest_items: Newest,
    sales: Reach,
    items: Reach,
    /// Streams that were parked when something was read, and may have been brought back since.
    unsure: HashSet<Uuid>,
    /// The earliest effect and the earliest recording of what was read since the past was whole, in microseconds.
    least: Option<(i64, i64)>,
}

impl Held for Past {
    fn mark(&self) -> &Mark {
        &self.mark
    }
}

impl Keep for PastKeeper {
    type Held = Past;

    fn reached(&self) -> i64 {
        self.sales.from.max(self.items.from)
    }

    fn bytes(&self) -> usize {
        let streams = self.newest_sales.len() + self.newest_items.len();
        let index = streams * Newest::BYTES + self.numbers.len() * SaleNumbers::BYTES;
        self.past.bytes() + index
    }

    async fn refresh(
        &mut self,
        snapshot: &mut Snapshot,
        mark: &Mark,
        limit: usize,
    ) -> Result<Refreshed<Past>, Problem> {
        let other_zone = self.past.zone.is_some_and(|zone| zone != snapshot.zone);
        let other = !self.past.mark.same_tables(mark) || mark.position < self.reached();
        if other || other_zone {
            *self = Self::default();
            self.past.mark = mark.clone();
        }
        self.past.zone = Some(snapshot.zone);
        self.past.clock = WallClock::of(snapshot.zone);
        self.unsure.extend(mark.parked.iter().map(|(stream, _)| *stream));
        (self.sales.whole, self.items.whole) = (false, false);
        let watch = Stopwatch::start();
        while !(self.sales.whole && self.items.whole) {
            if self.bytes() > limit {
                return Ok(Refreshed::TooLarge);
            }
            let full = self.read_page(snapshot, mark.position).await?;
            if full && watch.elapsed() > FILLING {
                return Ok(Refreshed::Partly);
            }
        }
        self.read_unsure(snapshot, mark).await?;
        let whole = Reach { from: mark.position, to: mark.position, whole: true };
        (self.sales, self.items) = (whole, whole);
        self.past.mark = mark.clone();
        self.past.met = self.numbers.len();
        self.past.moments.bring_on(mark.position, self.least.take());
        Ok(Refreshed::Whole(Arc::new(self.past.clone())))
    }
}

impl PastKeeper {
    /// Whether the page was full, so that another one follows.
    async fn read_page(&mut self, snapshot: &mut Snapshot, to: i64) -> Result<bool, Problem> {
        if !self.sales.whole {
            let (streams, reach) = SALES.page(snapshot, self.sales).await?;
            let rows = SALES.versions(snapshot, self.sales.from, to, &streams).await?;
            self.take_sales(&rows);
            self.sales = reach;
            return Ok(!reach.whole);
        }
        let (streams, reach) = ACTIVITIES.page(snapshot, self.items).await?;
        let rows = ACTIVITIES.versions(snapshot, self.items.from, to, &streams).await?;
        self.take_activities(&rows);
        self.items = reach;
        Ok(!reach.whole)
    }

    /// Streams that may have been brought back below the position.
    async fn read_unsure(&mut self, snapshot: &mut Snapshot, mark: &Mark) -> Result<(), Problem> {
        if self.unsure.is_empty() {
            return Ok(());
        }
        let streams: Vec<Uuid> = self.unsure.iter().copied().collect();
        let sales = SALES.versions(snapshot, 0, mark.position, &streams).await?;
        self.take_sales(&sales);
        let activities = ACTIVITIES.versions(snapshot, 0, mark.position, &streams).await?;
        self.take_activities(&activities);
        self.unsure = mark.parked.iter().map(|(stream, _)| *stream).collect();
        Ok(())
    }

    /// A version was read that holds from then on.
    fn read(&mut self, effective_at: DateTime<Utc>, recorded_at: DateTime<Utc>) {
        let (effective, recorded) =
            (effective_at.timestamp_micros(), recorded_at.timestamp_micros());
        let (e, r) = self.least.unwrap_or((effective, recorded));
        self.least = Some((e.min(effective), r.min(recorded)));
    }

    fn take_sales(&mut self, rows: &[SaleRow]) {
        for row in rows {
            if row.version > self.newest_sales.version(row.stream_id) {
                let number = self.numbers.meet(row.sale_id);
                self.read(row.effective_at, row.recorded_at);
                self.past.push_sale(&mut self.newest_sales, row, number);
            }
        }
    }

    fn take_activities(&mut self, rows: &[ActivityRow]) {
        for row in rows {
            if row.version > self.newest_items.version(row.stream_id) {
                let number = row.sale_id.map(|sale| self.numbers.meet(sale));
                self.read(row.effective_at, row.recorded_at);
                self.past.push_activity(&mut self.newest_items, row, number);
            }
        }
    }
}

impl Statements {
    /// The next streams, and how far that reaches.
    async fn page(
        self,
        snapshot: &mut Snapshot,
        reach: Reach,
    ) -> Result<(Vec<Uuid>, Reach), Problem> {
        let found: Vec<(Uuid, i64)> = sqlx::query_as(self.streams)
            .bind(snapshot.tenant_id)
            .bind(reach.to)
            .bind(PAGE)
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))?;
        let full = i64::try_from(found.len()).is_ok_and(|found| found == PAGE);
        let to = found.last().map_or(reach.to, |(_, position)| *position);
        let streams = found.into_iter().map(|(stream, _)| stream).collect();
        Ok((streams, Reach { to, whole: !full, ..reach }))
    }

    async fn versions<T>(
        self,
        snapshot: &mut Snapshot,
        after: i64,
        to: i64,
        streams: &[Uuid],
    ) -> Result<Vec<T>, Problem>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if streams.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query_as(self.versions)
            .bind(snapshot.tenant_id)
            .bind(after)
            .bind(to)
            .bind(streams)
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))
    }
}
