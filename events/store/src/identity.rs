//! Which event stands at a position: how a follower sees that it and the log tell one history.

use crate::EventStore;
use crate::error::{StoreError, read_again};

impl EventStore {
    /// Content hashes of the events at `positions`, in the same order; none behind the head. One query.
    pub async fn recorded_event_hashes(
        &self,
        positions: &[i64],
    ) -> Result<Vec<Option<[u8; 32]>>, StoreError> {
        let found: Vec<(i64, [u8; 32])> = read_again(self.pool(), || {
            sqlx::query_as(
                "SELECT position, content_hash FROM es.event WHERE log_id = $1 AND position = ANY ($2)",
            )
            .bind(self.log_id())
            .bind(positions)
            .fetch_all(self.pool())
        })
        .await?;
        let hash =
            |position: &i64| found.iter().find(|(at, _)| at == position).map(|(_, hash)| *hash);
        Ok(positions.iter().map(hash).collect())
    }
}
