//! How much is stored: two counts that are equal prove that nothing was written between them.

use crate::world::World;

/// Rows of the log, its receipts, its tenants and its streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Newest position.
    pub head: i64,
    /// Rows of `es.event`.
    pub events: i64,
    /// Rows of `es.command`.
    pub receipts: i64,
    /// Rows of `es.tenant`.
    pub tenants: i64,
    /// Rows of `es.stream`.
    pub streams: i64,
}

impl World {
    /// Counts what is stored, past every grant.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn stored(&self) -> Stored {
        let (head, events, receipts, tenants, streams) = sqlx::query_as(
            "SELECT coalesce((SELECT max(last_position) FROM es.batch), 0), \
                    (SELECT count(*) FROM es.event), (SELECT count(*) FROM es.command), \
                    (SELECT count(*) FROM es.tenant), (SELECT count(*) FROM es.stream)",
        )
        .fetch_one(self.database.owner())
        .await
        .expect("the database answers");
        Stored { head, events, receipts, tenants, streams }
    }
}
