//! What a lane gets at once: a run of events, or what concerns it of a longer stretch of the log. Knows where it ends.

use event_store::Gleaned;
use events::Recorded;

/// Events directly after the position asked for, or none because there are none yet.
#[derive(Debug)]
pub struct Batch {
    /// In order, without a hole; of a gleaned batch those that concern the lane.
    pub events: Vec<Recorded>,
    /// Where they came from.
    pub origin: Origin,
    /// The last event of the log that it covers; none when it is empty.
    pub end: Option<Mark>,
    /// Positions covered, when events that do not concern the lane were left out.
    pub gleaned: Option<i64>,
}

impl Batch {
    /// A run without a hole.
    pub(super) fn of(events: Vec<Recorded>, origin: Origin) -> Self {
        let end = events.last().map(Mark::from);
        Self { events, origin, end, gleaned: None }
    }

    /// What concerns the lane of the stretch behind `after`.
    pub(super) fn gleaned(after: i64, found: Gleaned) -> Self {
        let end = Some(Mark { position: found.end, hash: found.end_hash });
        Self { events: found.events, origin: Origin::Log, end, gleaned: Some(found.end - after) }
    }
}

/// An event of the log that a checkpoint can stand at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its position.
    pub position: i64,
    /// Its content hash.
    pub hash: [u8; 32],
}

impl From<&Recorded> for Mark {
    fn from(event: &Recorded) -> Self {
        Self { position: event.position, hash: event.content_hash }
    }
}

/// Where events come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Live from JetStream.
    Stream,
    /// From the log in Postgres.
    Log,
}

impl Origin {
    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Log => "log",
        }
    }
}
