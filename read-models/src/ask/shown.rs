//! A snapshot with the standing beside it: for questions about now that sum, sort or count over all sales.

use std::sync::Arc;

use events::TenantSlug;
use service_runtime::Problem;

use super::live::{Opened, Plans};
use super::snapshot::{failed, tenant_of, wait_for, wanted};
use super::{Pinned, Questions, Snapshot, When};
use crate::standing::{Mark, Slot, Standing, Writing};

/// How far one read model may be ahead of the others, in positions, before SQL is asked.
const UNEVEN_MAX: i64 = 10_000;

impl Snapshot {
    /// Opens a snapshot as [`open_pinned`](Self::open_pinned) does; with a standing, if there can be one of its position.
    pub async fn open_standing(
        questions: &Questions,
        tenant: &TenantSlug,
        when: &When,
        pinned: Option<&Pinned>,
    ) -> Result<Self, Problem> {
        let tenant_id = tenant_of(questions, tenant).await?;
        let about_now = when.as_of.is_none() && when.known_at.is_none() && tenant_id != 0;
        let slot = questions.standings.of(tenant_id).filter(|_| about_now);
        let Some(slot) = slot else {
            return Self::open_pinned(questions, tenant, when, pinned).await;
        };
        let asking = Asking { questions, tenant_id, wanted: wanted(when, pinned), pinned };
        let mut snapshot = asking.open(&slot).await?;
        match &snapshot.standing {
            Some(standing) => {
                snapshot.zone = standing.catalogue.zone;
                snapshot.base_currency = standing.catalogue.base_currency;
            }
            None => {
                sqlx::query("SET LOCAL plan_cache_mode = force_custom_plan")
                    .execute(&mut *snapshot.tx)
                    .await
                    .map_err(|e| failed(&e))?;
                snapshot.read_settings().await?;
            }
        }
        snapshot.at_moment(when, pinned);
        Ok(snapshot)
    }
}

/// A question about now.
struct Asking<'a> {
    questions: &'a Questions,
    tenant_id: i32,
    wanted: i64,
    pinned: Option<&'a Pinned>,
}

impl Asking<'_> {
    async fn open(&self, slot: &Slot) -> Result<Snapshot, Problem> {
        let refreshes = slot.refreshes();
        let opened = self.snapshot().await?;
        let mark = self.mark(&opened);
        if let Some(standing) = slot.fitting(&mark) {
            return Ok(self.with(opened, Some(standing)));
        }
        if opened.uneven > UNEVEN_MAX {
            return Ok(self.with(opened, None));
        }
        let Some(mut writing) = slot.write().await else {
            return Ok(self.with(opened, None));
        };
        if slot.refreshes() == refreshes {
            // nobody has seen more than this snapshot
            return self.refresh(&mut writing, opened).await;
        }
        if let Some(standing) = slot
            .current()
            .filter(|standing| self.pinned.is_none() && standing.mark.position >= mark.position)
        {
            // somebody brought it as far as this question could have seen, or further
            drop(writing);
            drop(opened);
            return self.join(standing).await;
        }
        drop(opened);
        let opened = self.snapshot().await?;
        self.refresh(&mut writing, opened).await
    }

    /// Answers at the position another question has reached, in a snapshot that has come as far.
    async fn join(&self, standing: Arc<Standing>) -> Result<Snapshot, Problem> {
        let opened = self.snapshot().await?;
        let fits = standing.mark.position <= opened.mark.position
            && standing.mark.position >= self.wanted
            && standing.mark.same_rows(&opened.mark);
        Ok(self.with(opened, fits.then_some(standing)))
    }

    async fn refresh(
        &self,
        writing: &mut Writing<'_>,
        opened: Opened,
    ) -> Result<Snapshot, Problem> {
        let mark = self.mark(&opened);
        let mut snapshot = self.with(opened, None);
        // an earlier page than what is held: the writer does not go back for it
        if self.pinned.is_none() || mark.position >= writing.reached() {
            snapshot.standing =
                writing.refresh(&self.questions.standings, &mut snapshot, &mark).await?;
        }
        Ok(snapshot)
    }

    async fn snapshot(&self) -> Result<Opened, Problem> {
        wait_for(self.questions, self.tenant_id, self.wanted, Plans::Kept).await
    }

    /// Of the position that is asked about.
    fn mark(&self, opened: &Opened) -> Mark {
        let position = self.pinned.map_or(opened.mark.position, |pinned| pinned.position);
        Mark { position, ..opened.mark.clone() }
    }

    fn with(&self, opened: Opened, standing: Option<Arc<Standing>>) -> Snapshot {
        let reached = opened.mark.position;
        let mut snapshot = Snapshot::of(self.questions, self.tenant_id, opened, self.pinned);
        if let Some(standing) = &standing {
            snapshot.position = standing.mark.position;
            if snapshot.position < reached {
                snapshot.pin = Some(snapshot.position);
            }
            snapshot.pin = snapshot.pin.map(|_| snapshot.position);
        }
        snapshot.standing = standing;
        snapshot
    }
}
