//! Reads a source as a lane would, and notes where everything came from.

use std::collections::BTreeSet;

use event_store::EventStore;
use event_store::listen::Wakeups;
use projection_service::config::Pace;
use projection_service::source::{Origin, Source, SourceError, Want};

use service_runtime::config::Secret;

use super::Stage;

pub struct Reader {
    source: Source,
    /// The position of the last event read.
    pub position: i64,
    /// Positions that came from the stream.
    pub streamed: BTreeSet<i64>,
}

impl Reader {
    /// A reader that has seen everything up to `position`.
    pub fn at(stage: &Stage, position: i64) -> Self {
        Self::paced(stage, position, Pace { projection_poll_ms: 100, ..Pace::default() })
    }

    pub fn paced(stage: &Stage, position: i64, pace: Pace) -> Self {
        let url = stage.database.url_for("salgslogg_projector");
        let store = EventStore::new(event_store::connect(&url, 4).unwrap(), 1);
        let wakeups = Wakeups::new(&store);
        let source =
            Source::new(store, &Secret::new(stage.nats.url_for("projection")), wakeups, pace);
        Self { source, position, streamed: BTreeSet::new() }
    }

    /// One batch; every event must follow the last one and be what the log holds.
    pub async fn read(&mut self) -> Result<Option<Origin>, SourceError> {
        let want = Want { live: 500, page: 5_000 };
        let batch = self.source.read(self.position, want).await?;
        let log = self.source.store().read_after(self.position, 5_000).await?;
        assert_eq!(batch.events[..], log[..batch.events.len()], "after {}", self.position);
        for event in &batch.events {
            self.position = event.position;
            if batch.origin == Origin::Stream {
                self.streamed.insert(event.position);
            }
        }
        Ok((!batch.events.is_empty()).then_some(batch.origin))
    }

    /// Reads until `position`, which must be reached in a hundred batches.
    pub async fn read_to(&mut self, position: i64) {
        for _ in 0..100 {
            if self.position >= position {
                assert_eq!(self.position, position);
                return;
            }
            self.read().await.unwrap();
        }
        panic!("stuck at {}", self.position);
    }
}
