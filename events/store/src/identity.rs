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
            // LATERAL … LIMIT pins probes of an index: the plan may have been made on an empty table, and is kept
            sqlx::query_as(
                "SELECT e.position, e.content_hash FROM unnest($2::bigint[]) AS wanted (position) \
                   CROSS JOIN LATERAL (SELECT x.position, x.content_hash FROM es.event AS x \
                                        WHERE x.log_id = $1 AND x.position = wanted.position LIMIT 1) AS e",
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
