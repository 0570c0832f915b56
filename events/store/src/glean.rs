//! A stretch of the log for somebody who reads a few aggregates only: what does not concern them is looked at where it
//! lies and never sent. Must not call a stretch whole that is not.

use events::{Aggregate, Recorded};

use crate::EventStore;
use crate::error::{StoreError, read_again};
use crate::read::select_event;

/// What of a stretch of the log concerns somebody, and where the stretch ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gleaned {
    /// In order; those between them are of other aggregates.
    pub events: Vec<Recorded>,
    /// The last position of the stretch.
    pub end: i64,
    /// Content hash of the event there, whatever it is.
    pub end_hash: [u8; 32],
}

impl EventStore {
    /// The events of these aggregates behind `after` and up to `end`. None when a position between them is not in the
    /// table, or when there are more than `at_most`: the log is read event by event then.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn glean(
        &self,
        after: i64,
        end: i64,
        aggregates: &[Aggregate],
        at_most: i64,
    ) -> Result<Option<Gleaned>, StoreError> {
        let aggregates: Vec<&str> = aggregates.iter().map(|kind| kind.as_str()).collect();
        let there: i64 = read_again(self.pool(), || {
            sqlx::query_scalar(
                "SELECT count(*) FROM es.event WHERE log_id = $1 AND position > $2 AND position <= $3",
            )
            .bind(self.log_id())
            .bind(after)
            .bind(end)
            .fetch_one(self.pool())
        })
        .await?;
        if there != end - after {
            return Ok(None);
        }
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND position > $2 AND position <= $3 \
                 AND split_part(event_type, '.', 1) = ANY ($4) ORDER BY position LIMIT $5"
            ))
            .bind(self.log_id())
            .bind(after)
            .bind(end)
            .bind(&aggregates)
            .bind(at_most + 1)
            .fetch_all(self.pool())
        });
        let events = self.recorded(rows.await?).await?;
        if i64::try_from(events.len()).is_ok_and(|found| found > at_most) {
            return Ok(None);
        }
        // all were there when they were counted; they may have been taken out since
        self.not_archived(after, end, None).await?;
        let end_hash = self.recorded_event_hash(end).await?;
        Ok(end_hash.map(|end_hash| Gleaned { events, end, end_hash }))
    }
}
