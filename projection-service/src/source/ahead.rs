//! Reads on while a lane writes: of a log that goes on for pages, the next page comes in while the one before it is
//! applied. Owns that page until it is asked for; must not read where there may be nothing yet.

use event_store::verify::intact;

use super::{Batch, Origin, Source, Want};
use crate::metrics;

/// The page behind the last one, if it was full. A hint: without it the lane asks its source as ever.
#[derive(Debug, Default)]
pub struct Ahead(Option<Batch>);

impl Ahead {
    /// Takes the page out if it begins directly after `after`.
    pub fn take(&mut self, after: i64) -> Option<Batch> {
        let next = |batch: &Batch| batch.events.first().is_some_and(|e| e.position == after + 1);
        let batch = self.0.take().filter(next)?;
        metrics::source(batch.origin);
        Some(batch)
    }
}

impl Source {
    /// The page of the log behind `batch`. Only behind a full page, and only if it is full itself: near the head the
    /// stream is joined instead, and trouble with the log is met by the next [`read`](Self::read).
    pub async fn ahead_of(&self, batch: &Batch, want: Want) -> Ahead {
        let full = |events: usize| i64::try_from(events) == Ok(want.page);
        let last = match (batch.origin, batch.events.last()) {
            (Origin::Log, Some(last)) if full(batch.events.len()) => last.position,
            (Origin::Log, _) | (Origin::Stream, _) => return Ahead::default(),
        };
        let next = self.store.read_after(last, want.page).await.and_then(intact).ok();
        let next = next.filter(|events| full(events.len()));
        Ahead(next.map(|events| Batch { events, origin: Origin::Log }))
    }
}
