//! The simple table every projection fills, one row a sale, and the statement that takes one event in.

use crate::sale::Kind;

/// The table.
pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS peer_view \
    (sale uuid PRIMARY KEY, stage integer NOT NULL, events bigint NOT NULL, closed boolean NOT NULL)";

/// One event.
pub const UPSERT: &str = "INSERT INTO peer_view AS v (sale, stage, events, closed) VALUES ($1, $2, 1, $3) \
    ON CONFLICT (sale) DO UPDATE SET stage = greatest(v.stage, excluded.stage), events = v.events + 1, \
    closed = v.closed OR excluded.closed";

/// Stage and end as an event tells them.
pub fn row(kind: Kind) -> (i32, bool) {
    match kind {
        Kind::Registered => (0, false),
        Kind::Advanced(stage) => (i32::try_from(stage).unwrap_or(i32::MAX), false),
        Kind::Closed => (0, true),
    }
}
