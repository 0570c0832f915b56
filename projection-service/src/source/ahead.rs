//! Reads on while a lane writes: of a log that goes on for pages, the next page comes in while the one before it is
//! applied; of one that holds little for the lane, a longer stretch without the rest. Owns that page until it is asked
//! for; must not read where there may be nothing yet.

use event_store::verify::whole;
use event_store::{StoreError, verify};
use events::Aggregate;
use events::codec::aggregate_of;

use super::{Batch, Mark, Origin, Source, Want};
use crate::metrics;

/// A lane that finds no more than one event in so many is given only these.
const RARE: usize = 8;

/// Pages of a stretch that is gleaned.
const STRETCH: i64 = 10;

/// The page behind the last one, if it was full. A hint: without it the lane asks its source as ever.
#[derive(Debug, Default)]
pub struct Ahead(Option<(i64, Batch)>);

impl Ahead {
    /// Takes the page out if it begins directly after `after`. Without `gleaned`, only one without a hole.
    pub fn take(&mut self, after: i64, gleaned: bool) -> Option<Batch> {
        let (behind, batch) = self.0.take()?;
        let fits = behind == after && (gleaned || batch.gleaned.is_none());
        fits.then(|| {
            metrics::source(batch.origin);
            batch
        })
    }
}

impl Source {
    /// The page of the log behind `batch`, for a lane that reads these aggregates. Only behind a full page, and only if
    /// it is full itself: near the head the stream is joined instead, and trouble with the log is met by the next
    /// [`read`](Self::read).
    pub async fn ahead_of(&self, batch: &Batch, want: Want, reads: &[Aggregate]) -> Ahead {
        let full = batch.gleaned.is_some() || is_full(batch.events.len(), want);
        let Some(Mark { position: after, .. }) = batch.end.filter(|_| full) else {
            return Ahead::default();
        };
        let next = match batch.origin {
            Origin::Stream => return Ahead::default(),
            Origin::Log if is_rare(batch, reads) => match self.stretch(after, want, reads).await {
                Ok(Some(stretch)) => Ok(stretch),
                Ok(None) | Err(_) => self.page_behind(after, want).await,
            },
            Origin::Log => self.page_behind(after, want).await,
        };
        let next =
            next.ok().filter(|next| next.gleaned.is_some() || is_full(next.events.len(), want));
        Ahead(next.map(|next| (after, next)))
    }

    async fn page_behind(&self, after: i64, want: Want) -> Result<Batch, StoreError> {
        let events = self.store.read_after(after, want.page).await.and_then(verify::intact)?;
        Ok(Batch::of(events, Origin::Log))
    }

    /// What concerns the lane of a stretch that ends at the head at the latest; none for less than a page.
    async fn stretch(
        &self,
        after: i64,
        want: Want,
        reads: &[Aggregate],
    ) -> Result<Option<Batch>, StoreError> {
        let end = self.store.head().await?.min(after.saturating_add(STRETCH * want.page));
        if end - after < want.page {
            return Ok(None);
        }
        let Some(mut found) = self.store.glean(after, end, reads, want.page).await? else {
            return Ok(None);
        };
        found.events = whole(found.events)?;
        Ok(Some(Batch::gleaned(after, found)))
    }
}

fn is_full(events: usize, want: Want) -> bool {
    i64::try_from(events) == Ok(want.page)
}

/// Whether few of the positions of a batch concern a lane that reads these aggregates.
fn is_rare(batch: &Batch, reads: &[Aggregate]) -> bool {
    let concerns = |kind: &str| aggregate_of(kind).is_some_and(|one| reads.contains(&one));
    let found = batch.events.iter().filter(|event| concerns(&event.event_type)).count();
    let covered = batch.gleaned.and_then(|covered| usize::try_from(covered).ok());
    found * RARE <= covered.unwrap_or(batch.events.len())
}
