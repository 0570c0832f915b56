//! What keeps a range that lies in a file from being read as if it were empty.

use events::Recorded;
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};

impl EventStore {
    /// Refuses when a position behind `after` and up to `up_to` lies in an archive, of a stream if one is named. Asked after
    /// the rows were read: rows are taken out in the transaction that notes the archive, and whoever waited for it reads
    /// what it left.
    ///
    /// # Errors
    /// [`StoreError::Archived`] with the first file that is needed.
    pub(crate) async fn not_archived(
        &self,
        after: i64,
        up_to: i64,
        stream: Option<Uuid>,
    ) -> Result<(), StoreError> {
        let row: Option<(i64, i64, String)> = read_again(self.pool(), || {
            sqlx::query_as(
                "SELECT first_position, last_position, file_name FROM es.archive AS a \
                  WHERE log_id = $1 AND last_position > $2 AND first_position <= $3 \
                    AND ($4::uuid IS NULL OR EXISTS (SELECT FROM es.stream AS s \
                          WHERE s.log_id = $1 AND s.stream_id = $4 AND s.first_position <= a.last_position)) \
                  ORDER BY first_position LIMIT 1",
            )
            .bind(self.log_id())
            .bind(after)
            .bind(up_to)
            .bind(stream)
            .fetch_optional(self.pool())
        })
        .await?;
        match row {
            None => Ok(()),
            Some((first, last, file)) => Err(StoreError::Archived { first, last, file }),
        }
    }

    /// [`not_archived`](Self::not_archived) for a page of the whole log behind `after`; asks only where a hole is seen.
    pub(crate) async fn whole(&self, after: i64, page: &[Recorded]) -> Result<(), StoreError> {
        let mut due = after.max(0);
        for event in page {
            if event.position != due + 1 {
                return self.not_archived(due, event.position - 1, None).await;
            }
            due = event.position;
        }
        Ok(())
    }

    /// The same for a stream behind a version. A stream that exists is never empty: its newest event stays.
    pub(crate) async fn whole_stream(
        &self,
        stream: Uuid,
        after_version: i64,
        events: &[Recorded],
    ) -> Result<(), StoreError> {
        let gap =
            events.iter().zip(after_version.max(0) + 1..).any(|(event, due)| event.version != due);
        if gap { self.not_archived(0, i64::MAX, Some(stream)).await } else { Ok(()) }
    }
}
