//! Which state of which tables: what two snapshots must have in common for one to stand for the other.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The tables of a snapshot, and the streams whose rows may still be written below its position.
///
/// Rows of a generation at a position follow from the log alone, with one exception: a parked stream stands still until
/// it is brought back, which writes rows below the checkpoint. So a state is told by tables, position and parked
/// streams; none of them is a clock or a transaction number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The generations.
    pub schemas: Vec<String>,
    /// The files of the tables and the database: others after a restore, a copy or `TRUNCATE`.
    pub files: Vec<i64>,
    /// When the server started: later after a restore from a base backup and after a failover.
    pub started: Option<DateTime<Utc>>,
    /// The tenant's parked streams, each with the position its queue begins at.
    pub parked: Vec<(Uuid, i64)>,
    /// What is shown is what was there at this position.
    pub position: i64,
}

impl Mark {
    /// Whether both are of the same tables, at whatever positions.
    pub fn same_tables(&self, other: &Self) -> bool {
        self.schemas == other.schemas && self.files == other.files && self.started == other.started
    }

    /// Whether a standing of this mark may answer for `other`, a snapshot that has come at least as far.
    pub fn same_rows(&self, other: &Self) -> bool {
        self.same_tables(other) && self.parked == other.parked
    }
}
