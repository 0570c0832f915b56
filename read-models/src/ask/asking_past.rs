//! How a question gets what memory holds of the past, which may have gone on since its snapshot: what is known of the time
//! before stays as it is.

use std::sync::Arc;
use std::time::Duration;

use service_runtime::Problem;

use super::Snapshot;
use super::asking::{Asking, PATIENCE};
use super::shown::Look;
use crate::standing::{Mark, Past, PastKeeper, Slot, Writing};

/// The same where SQL has to walk through all versions, and takes longer than that.
const PATIENCE_FOR_VERSIONS: Duration = Duration::from_secs(5);

/// How often such a question goes on filling.
const FILLS_FOR_VERSIONS: usize = 3;

impl Asking<'_> {
    /// The past may have gone on since the snapshot: what it knows of the time before stays as it is.
    pub(super) async fn open_past(
        &self,
        slot: &Slot<PastKeeper>,
        look: Look,
    ) -> Result<Snapshot, Problem> {
        let refreshes = slot.refreshes();
        let opened = self.snapshot().await?;
        let mark = self.mark(&opened.mark);
        let mut past = slot.current().filter(|past| past.reaches(&mark));
        let mut snapshot = self.with(opened, None);
        if past.is_none() {
            match slot.try_write() {
                Some(mut writing) if slot.refreshes() == refreshes => {
                    let forward = self.pinned.is_none() || mark.position >= writing.reached();
                    if forward {
                        snapshot.read_settings().await?;
                        past = self.fill(&mut writing, &mut snapshot, (&mark, look)).await?;
                    }
                }
                None if slot.current().is_none() && look != Look::Versions => {}
                writing => {
                    drop(snapshot);
                    let patience = match look {
                        Look::Now | Look::Past => PATIENCE,
                        Look::Versions => PATIENCE_FOR_VERSIONS,
                    };
                    drop(match writing {
                        Some(writing) => Some(writing),
                        None => slot.write(patience).await,
                    });
                    let opened = self.snapshot().await?;
                    past = slot.current().filter(|past| past.reaches(&mark));
                    past = past.filter(|past| past.mark.same_rows(&opened.mark));
                    let held = past.as_ref().map(|past| past.mark.position);
                    let reached = opened.mark.position;
                    snapshot = self.with(opened, None);
                    if let Some(held) = held.filter(|held| *held < reached && self.pinned.is_none())
                    {
                        (snapshot.position, snapshot.pin) = (held, Some(held));
                    }
                }
            }
        }
        snapshot.read_settings().await?;
        // an instant on the wall falls on days of the zone it was read in
        snapshot.past = past.filter(|past| past.zone == Some(snapshot.zone));
        Ok(snapshot)
    }

    /// Reads what there is of the past; a question that SQL is no answer to does not leave the rest to the next one.
    async fn fill(
        &self,
        writing: &mut Writing<'_, PastKeeper>,
        snapshot: &mut Snapshot,
        (mark, look): (&Mark, Look),
    ) -> Result<Option<Arc<Past>>, Problem> {
        let fills = if look == Look::Versions { FILLS_FOR_VERSIONS } else { 1 };
        for _ in 0..fills {
            let past = writing.refresh(&self.questions.standings, snapshot, mark).await?;
            // a past there is no room for has been let go
            if past.is_some() || !writing.holds_any() {
                return Ok(past);
            }
        }
        Ok(None)
    }
}
