//! How a question gets what memory holds as it is now: as it stands, as somebody else's look showed it, or brought on by a
//! look of its own. Must not answer with a state older than the question.

use std::sync::Arc;
use std::time::Duration;

use service_runtime::Problem;

use super::live::{Opened, Plans};
use super::snapshot::{TOLD_WITHIN, not_live, wait_for};
use super::transaction::Told;
use super::{Pinned, Questions, Snapshot, Statements};
use crate::standing::{Keeper, Mark, Slot, Standing, Writing};

/// How far one read model may be ahead of the others, in positions, before SQL is asked.
const UNEVEN_MAX: i64 = 10_000;

/// How long a question waits for another one that brings memory up to date, before it asks SQL.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);

/// How often a question that waits for a position looks under the turn to write.
const ROUNDS: usize = 2;

/// How many positions a question about one thing brings memory on by.
const NEAR: i64 = 2_000;

/// A question that may be answered from memory.
pub(super) struct Asking<'a> {
    pub questions: &'a Questions,
    /// The tenant's number.
    pub tenant_id: i32,
    /// The position that must have been reached.
    pub wanted: i64,
    /// Of a later page.
    pub pinned: Option<&'a Pinned>,
}

impl Asking<'_> {
    /// Whether little has happened since the standing was brought on, or at all.
    pub(super) fn is_near(&self, slot: &Slot<Keeper>) -> bool {
        let held = slot.current().map_or(0, |standing| standing.mark.position);
        let reached = self.questions.live.progress().least();
        reached.is_some_and(|reached| reached.max(self.wanted) - held <= NEAR)
    }

    /// The newest standing, brought on where it has to be: by one question for all that were asked before it looked.
    pub(super) async fn open(&self, slot: &Slot<Keeper>) -> Result<Snapshot, Problem> {
        let looks = slot.looks();
        if let Some(snapshot) = self.level(slot).await? {
            return Ok(snapshot);
        }
        let progress = self.questions.live.progress();
        if let Some(pinned) = self.pinned {
            // an earlier page than what is held: the writer does not go back for it
            let snapshot = self.apart(slot).await?;
            let held = slot.current().map_or(0, |standing| standing.mark.position);
            if snapshot.standing.is_some() || held > pinned.position {
                return Ok(snapshot);
            }
        }
        for _ in 0..ROUNDS {
            if progress.is_behind(self.wanted) {
                progress.reaches(self.wanted, TOLD_WITHIN).await;
            }
            let writing = match slot.try_write() {
                // the first one takes its time
                None if slot.current().is_none() => None,
                None => slot.write(PATIENCE).await,
                free => free,
            };
            let Some(mut writing) = writing else { break };
            if let Some(snapshot) = self.shared(&writing, looks) {
                return Ok(snapshot);
            }
            if writing.in_vain_after(looks) {
                break;
            }
            writing.begin();
            let opened = self.look().await?;
            if opened.mark.position >= self.wanted {
                return self.refresh(slot, &mut writing, opened).await;
            }
            // whoever waits for a position holds up nobody
            drop((writing, opened));
            drop(self.snapshot().await?);
        }
        self.apart(slot).await
    }

    /// In a snapshot of its own, with the standing if that is there already.
    async fn apart(&self, slot: &Slot<Keeper>) -> Result<Snapshot, Problem> {
        let opened = self.snapshot().await?;
        let standing = slot.fitting(&self.mark(&opened.mark));
        Ok(self.with(opened, standing))
    }

    /// What somebody else's look showed, if it began after this question was asked. Not while streams are parked: each that
    /// comes back changes rows, and who has no transaction by then would have to ask again.
    fn shared(&self, writing: &Writing<'_, Keeper>, looks: u64) -> Option<Snapshot> {
        let standing = writing.shown_after(looks).filter(|_| self.pinned.is_none())?;
        let enough = standing.mark.position >= self.wanted && standing.mark.parked.is_empty();
        self.beside(standing).filter(|_| enough)
    }

    /// Without a transaction, when the standing is what one would show. That it is the database tells, after the question
    /// was asked: restores, other generations and streams brought back are seen like in a snapshot.
    pub(super) async fn level(&self, slot: &Slot<Keeper>) -> Result<Option<Snapshot>, Problem> {
        let Questions { live, log_id, .. } = self.questions;
        let Some(held) = slot.current().map(|standing| standing.mark.position) else {
            return Ok(None);
        };
        let meant = self.pinned.is_none_or(|pinned| pinned.position == held);
        if !meant || held < self.wanted || live.progress().is_beyond(held) {
            return Ok(None);
        }
        let told = slot.told(|| live.told(*log_id, self.tenant_id)).await;
        let told = told.map_err(|error| not_live(&error))?;
        // meanwhile it may have been brought on
        let mark = self.mark(&told);
        let reached = told.position >= mark.position.max(self.wanted);
        let Some(standing) = slot.fitting(&mark).filter(|_| reached) else {
            return Ok(None);
        };
        Ok(self.beside(standing))
    }

    /// Beside a standing that was looked for after the question was asked, without a transaction until one is needed; none
    /// when other generations are live by now.
    fn beside(&self, standing: Arc<Standing>) -> Option<Snapshot> {
        let Questions { live, log_id, .. } = self.questions;
        let mark = standing.mark.clone();
        let looked_at = live.looked_at(&mark)?;
        let (live, log_id, tenant_id) = (live.clone(), *log_id, self.tenant_id);
        let at = (mark.position, Some(mark.position));
        let told = Told { live, looked_at, log_id, tenant_id, mark, sight: None };
        let mut snapshot = Snapshot::on(self.questions, tenant_id, Statements::told(told), at);
        (snapshot.standing, snapshot.kept) = (Some(standing), true);
        Some(snapshot)
    }

    /// Under the turn to write: nobody has seen more than this look.
    async fn refresh(
        &self,
        slot: &Slot<Keeper>,
        writing: &mut Writing<'_, Keeper>,
        opened: Opened,
    ) -> Result<Snapshot, Problem> {
        let mark = self.mark(&opened.mark);
        let (uneven, standing) = (opened.uneven, slot.fitting(&mark));
        let mut snapshot = self.with(opened, standing);
        if snapshot.standing.is_none() && uneven > UNEVEN_MAX {
            writing.in_vain();
            return Ok(snapshot);
        }
        // an earlier page than what is held: the writer does not go back for it
        let forward = self.pinned.is_none() || mark.position >= writing.reached();
        if snapshot.standing.is_none() && forward {
            snapshot.standing =
                writing.refresh(&self.questions.standings, &mut snapshot, &mark).await?;
        }
        if snapshot.standing.is_some() && self.pinned.is_none() {
            writing.shows();
        }
        Ok(snapshot)
    }

    /// A snapshot of now, however far that is.
    async fn look(&self) -> Result<Opened, Problem> {
        let Questions { live, log_id, .. } = self.questions;
        let opened = live.open(*log_id, self.tenant_id, Plans::Kept).await;
        opened.map_err(|error| not_live(&error))
    }

    pub(super) async fn snapshot(&self) -> Result<Opened, Problem> {
        wait_for(self.questions, self.tenant_id, self.wanted, Plans::Kept).await
    }

    /// Of the position that is asked about.
    pub(super) fn mark(&self, told: &Mark) -> Mark {
        let position = self.pinned.map_or(told.position, |pinned| pinned.position);
        Mark { position, ..told.clone() }
    }

    pub(super) fn with(&self, opened: Opened, standing: Option<Arc<Standing>>) -> Snapshot {
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
        snapshot.kept = true;
        snapshot
    }
}
