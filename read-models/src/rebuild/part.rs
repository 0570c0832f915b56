//! One part of a rebuild: the streams of a range of ids, read in pages, folded in memory, copied out. Rows and the
//! note that the part is done commit together, so a crash leaves whole parts and nothing else.

use std::sync::Arc;

use event_store::{EventStore, Sweep};
use events::Recorded;
use sqlx::{Acquire, PgConnection};
use uuid::Uuid;

use super::parking::Parking;
use super::{Fold, RebuildError, Sheets};
use crate::ReadModel;

/// Events held at once by a worker.
pub(super) const PAGE: i64 = 2_000;

/// Bytes of rows from which they are sent.
const SEND_FROM: usize = 1 << 20;

/// Events of a part, about: a part is what a crash can cost, and a transaction.
const EVENTS_OF_A_PART: i64 = 25_000;

/// How many parts a log of so many events is cut into: a power of two, so the ranges are equal.
pub(super) fn parts_for(events: i64) -> i32 {
    let wanted = u32::try_from(events / EVENTS_OF_A_PART).unwrap_or(u32::MAX);
    let parts = wanted.clamp(16, 1 << 16).next_power_of_two();
    i32::try_from(parts).expect("invariant: at most 65536")
}

/// The first and the last stream id of a part. Ids are hashes (uuid5), so equal ranges hold equal shares.
pub(super) fn range(part: i32, parts: i32) -> (Uuid, Uuid) {
    let number = |n: i32| u128::try_from(n).expect("invariant: parts are counted from 0");
    let width = u128::MAX / number(parts) + 1;
    let first = number(part) * width;
    (Uuid::from_u128(first), Uuid::from_u128(first + (width - 1)))
}

/// What all workers share.
pub(super) struct Work {
    pub model: Arc<dyn ReadModel>,
    pub store: EventStore,
    pub generation: i32,
    pub target: i64,
    pub parts: i32,
    /// Whether a stream that cannot be folded is set aside.
    pub parks: bool,
}

/// What a part came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartDone {
    /// Events folded.
    pub events: u64,
    /// Rows written.
    pub rows: u64,
}

impl Work {
    /// Makes the rows of one part; on an error nothing of it remains.
    pub(super) async fn fill(
        &self,
        connection: &mut PgConnection,
        part: i32,
    ) -> Result<PartDone, RebuildError> {
        let (first, last) = range(part, self.parts);
        let mut tx = connection.begin().await?;
        let mut filling = Filling::of(self);
        let mut after = (first, 0);
        loop {
            let sweep = Sweep {
                after,
                last,
                up_to: self.target,
                aggregates: self.model.reads(),
                limit: PAGE,
            };
            let page = self.store.read_streams(&sweep).await?;
            let full = i64::try_from(page.len()) == Ok(PAGE);
            filling.take(&page)?;
            if let Some(event) = page.last() {
                after = (event.stream_id, event.version);
            }
            filling.fold.hand_out(full.then_some(after.0), &mut filling.sheets);
            if filling.sheets.bytes() >= SEND_FROM || !full {
                filling.done.rows += copy(&mut tx, &mut filling.sheets).await?;
            }
            if !full {
                break;
            }
        }
        filling.parking.save(&mut tx, self).await?;
        self.note(&mut tx, part, filling.done).await?;
        tx.commit().await?;
        Ok(filling.done)
    }

    async fn note(
        &self,
        tx: &mut PgConnection,
        part: i32,
        done: PartDone,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO es_ops.rebuild_part (name, generation, log_id, part, events, row_count)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(self.model.name())
        .bind(self.generation)
        .bind(self.store.log_id())
        .bind(part)
        .bind(i64::try_from(done.events).unwrap_or(i64::MAX))
        .bind(i64::try_from(done.rows).unwrap_or(i64::MAX))
        .execute(tx)
        .await
        .map(drop)
    }
}

/// A part under way.
struct Filling {
    fold: Box<dyn Fold>,
    sheets: Sheets,
    parking: Parking,
    parks: bool,
    done: PartDone,
}

impl Filling {
    fn of(work: &Work) -> Self {
        Self {
            fold: work.model.fold(),
            sheets: Sheets::binary(),
            parking: Parking::default(),
            parks: work.parks,
            done: PartDone::default(),
        }
    }

    fn take(&mut self, page: &[Recorded]) -> Result<(), RebuildError> {
        for event in page {
            self.done.events += 1;
            if self.parking.queues(event) {
                continue;
            }
            match self.fold.take(event) {
                Ok(()) => {}
                Err(error) if self.parks => self.parking.park(event, &error),
                Err(error) => return Err(RebuildError::Poison(error)),
            }
        }
        Ok(())
    }
}

/// Sends the waiting rows, table by table; answers how many.
async fn copy(tx: &mut PgConnection, sheets: &mut Sheets) -> Result<u64, sqlx::Error> {
    let mut rows = 0;
    for (table, sheet) in sheets.take() {
        let statement =
            format!("COPY {} ({}) FROM STDIN WITH (FORMAT binary)", table.name, table.columns);
        let mut copying = tx.copy_in_raw(&statement).await?;
        copying.send(sheet).await?;
        rows += copying.finish().await?;
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_cover_every_stream_once() {
        for parts in [16, 64, 65_536] {
            assert_eq!(range(0, parts).0, Uuid::nil());
            assert_eq!(range(parts - 1, parts).1, Uuid::max());
            for part in 1..parts {
                let (before, first) = (range(part - 1, parts).1, range(part, parts).0);
                assert_eq!(before.as_u128() + 1, first.as_u128(), "{part} of {parts}");
            }
        }
    }

    #[test]
    fn a_long_log_has_more_parts_not_larger_ones() {
        let parts = [0, 100_000, 1_000_000, 10_000_000, i64::MAX].map(parts_for);
        assert_eq!(parts, [16, 16, 64, 512, 65_536]);
    }
}
