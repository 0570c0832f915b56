//! A snapshot with the standing beside it: for questions about now that sum, sort or count over all sales.

use std::sync::Arc;
use std::time::Duration;

use service_runtime::{Actor, Problem};

use super::live::{Opened, Plans};
use super::snapshot::{not_live, tenant_of, wait_for, wanted};
use super::transaction::Told;
use super::{Pinned, Questions, Snapshot, Statements, When};
use crate::standing::{Keeper, Mark, Past, PastKeeper, Slot, Standing, Writing};

/// How far one read model may be ahead of the others, in positions, before SQL is asked.
const UNEVEN_MAX: i64 = 10_000;

/// How long a question waits for another one that brings memory up to date, before it asks SQL.
const PATIENCE: Duration = Duration::from_millis(250);

/// The same where SQL has to walk through all versions, and takes longer than that.
const PATIENCE_FOR_VERSIONS: Duration = Duration::from_secs(5);

/// How often such a question goes on filling.
const FILLS_FOR_VERSIONS: usize = 3;

/// How many positions a question about one thing brings memory on by.
const NEAR: i64 = 2_000;

impl Snapshot {
    /// Opens a snapshot as [`open_pinned`](Self::open_pinned) does; with a standing, if there can be one of its position.
    pub async fn open_standing(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        pinned: Option<&Pinned>,
    ) -> Result<Self, Problem> {
        let about_now = when.as_of.is_none() && when.known_at.is_none();
        let look = if about_now { Look::Now } else { Look::Past };
        Self::open_held(questions, actor, when, (pinned, look)).await
    }

    /// The same with all versions, also for a question about now: for what sales went through.
    pub async fn open_versions(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        pinned: Option<&Pinned>,
    ) -> Result<Self, Problem> {
        Self::open_held(questions, actor, when, (pinned, Look::Versions)).await
    }

    async fn open_held(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        (pinned, look): (Option<&Pinned>, Look),
    ) -> Result<Self, Problem> {
        let tenant_id = tenant_of(questions, &actor.tenant).await?;
        let asking = Asking { questions, tenant_id, wanted: wanted(when, pinned), pinned };
        let held = questions.standings.of(tenant_id).zip(questions.standings.past_of(tenant_id));
        let Some((now, past)) = held.filter(|_| tenant_id != 0) else {
            return Self::open_pinned(questions, actor, when, pinned).await;
        };
        let mut snapshot = match look {
            Look::Now => asking.open(&now).await?,
            Look::Past | Look::Versions => asking.open_past(&past, look).await?,
        };
        if snapshot.standing.is_some() && pinned.is_none() {
            snapshot.take_settings();
        } else if snapshot.past.is_none() {
            // what is held of an earlier position knows the rights of then
            snapshot.plan_anew().await?;
            snapshot.read_settings().await?;
        }
        snapshot.look_as(actor, pinned.is_some()).await?;
        snapshot.at_moment(when, pinned);
        Ok(snapshot)
    }

    /// A snapshot with a standing that is there and of its position; none when it would have to be brought there.
    pub(super) async fn open_level(
        questions: &Questions,
        actor: &Actor,
        when: &When,
    ) -> Result<Option<Self>, Problem> {
        if when.as_of.is_some() || when.known_at.is_some() {
            return Ok(None);
        }
        let tenant_id = tenant_of(questions, &actor.tenant).await?;
        let Some(slot) = questions.standings.of(tenant_id).filter(|_| tenant_id != 0) else {
            return Ok(None);
        };
        let asking = Asking { questions, tenant_id, wanted: wanted(when, None), pinned: None };
        let Some(mut snapshot) = asking.level(&slot).await? else { return Ok(None) };
        snapshot.take_settings();
        snapshot.look_as(actor, false).await?;
        snapshot.at_moment(when, None);
        Ok(Some(snapshot))
    }

    /// As [`open_by_key`](Self::open_by_key), for a question that memory answers nearly whole: it is brought on for it
    /// where little has changed since, which many questions share and costs less than what SQL would be asked.
    pub async fn open_near(
        questions: &Questions,
        actor: &Actor,
        when: &When,
    ) -> Result<Self, Problem> {
        let tenant_id = tenant_of(questions, &actor.tenant).await?;
        let about_now = when.as_of.is_none() && when.known_at.is_none() && tenant_id != 0;
        let slot = questions.standings.of(tenant_id).filter(|_| about_now);
        let asking = Asking { questions, tenant_id, wanted: wanted(when, None), pinned: None };
        let Some(slot) = slot.filter(|slot| asking.is_near(slot)) else {
            return Self::open_by_key(questions, actor, when).await;
        };
        let mut snapshot = asking.open(&slot).await?;
        match snapshot.standing {
            Some(_) => snapshot.take_settings(),
            None => snapshot.read_settings().await?,
        }
        snapshot.look_as(actor, false).await?;
        snapshot.at_moment(when, None);
        Ok(snapshot)
    }

    /// Settings as the standing has them.
    fn take_settings(&mut self) {
        let Some(catalogue) = self.standing.as_ref().map(|standing| &standing.catalogue) else {
            return;
        };
        (self.zone, self.base_currency) = (catalogue.zone, catalogue.base_currency);
        (self.diary, self.features) = (catalogue.diary, catalogue.features);
        self.rights = Arc::clone(&catalogue.rights);
    }
}

/// What a question looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// What is current.
    Now,
    /// What was at a moment.
    Past,
    /// What sales went through, up to now or a moment.
    Versions,
}

/// A question that may be answered from memory.
struct Asking<'a> {
    questions: &'a Questions,
    tenant_id: i32,
    wanted: i64,
    pinned: Option<&'a Pinned>,
}

impl Asking<'_> {
    /// Whether little has happened since the standing was brought on, or at all.
    fn is_near(&self, slot: &Slot<Keeper>) -> bool {
        let held = slot.current().map_or(0, |standing| standing.mark.position);
        let reached = self.questions.live.progress().least();
        reached.is_some_and(|reached| reached.max(self.wanted) - held <= NEAR)
    }

    async fn open(&self, slot: &Slot<Keeper>) -> Result<Snapshot, Problem> {
        if let Some(snapshot) = self.level(slot).await? {
            return Ok(snapshot);
        }
        let refreshes = slot.refreshes();
        let opened = self.snapshot().await?;
        let mark = self.mark(&opened.mark);
        if let Some(standing) = slot.fitting(&mark) {
            return Ok(self.with(opened, Some(standing)));
        }
        if opened.uneven > UNEVEN_MAX {
            return Ok(self.with(opened, None));
        }
        match slot.try_write() {
            // nobody has seen more than this snapshot
            Some(mut writing) if slot.refreshes() == refreshes => {
                self.refresh(&mut writing, opened).await
            }
            None if slot.current().is_none() => Ok(self.with(opened, None)),
            writing => {
                // whoever waits holds no connection: the one that is waited for may need it
                drop(opened);
                let writing = match writing {
                    Some(writing) => Some(writing),
                    None => slot.write(PATIENCE).await,
                };
                self.behind(slot, writing, mark.position).await
            }
        }
    }

    /// Without a transaction, when the standing is what one would show. That it is the database tells, after the question
    /// was asked: restores, other generations and streams brought back are seen like in a snapshot.
    async fn level(&self, slot: &Slot<Keeper>) -> Result<Option<Snapshot>, Problem> {
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
        let Some(looked_at) = live.looked_at(&mark) else { return Ok(None) };
        let (live, log_id, tenant_id) = (live.clone(), *log_id, self.tenant_id);
        let told = Told { live, looked_at, log_id, tenant_id, mark, sight: None };
        let statements = Statements::told(told);
        let position = standing.mark.position;
        let at = (position, Some(position));
        let mut snapshot = Snapshot::on(self.questions, tenant_id, statements, at);
        (snapshot.standing, snapshot.kept) = (Some(standing), true);
        Ok(Some(snapshot))
    }

    /// Somebody else has brought the standing on: as far as this question could have seen at `position`, or nearly.
    async fn behind(
        &self,
        slot: &Slot<Keeper>,
        writing: Option<Writing<'_, Keeper>>,
        position: i64,
    ) -> Result<Snapshot, Problem> {
        let Some(mut writing) = writing else {
            return Ok(self.with(self.snapshot().await?, None));
        };
        let far = |standing: &Arc<Standing>| standing.mark.position >= position;
        match slot.current().filter(far).filter(|_| self.pinned.is_none()) {
            Some(standing) => {
                drop(writing);
                self.join(standing).await
            }
            None => {
                let opened = self.snapshot().await?;
                self.refresh(&mut writing, opened).await
            }
        }
    }

    /// The past may have gone on since the snapshot: what it knows of the time before stays as it is.
    async fn open_past(&self, slot: &Slot<PastKeeper>, look: Look) -> Result<Snapshot, Problem> {
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
        writing: &mut Writing<'_, Keeper>,
        opened: Opened,
    ) -> Result<Snapshot, Problem> {
        let mark = self.mark(&opened.mark);
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
    fn mark(&self, told: &Mark) -> Mark {
        let position = self.pinned.map_or(told.position, |pinned| pinned.position);
        Mark { position, ..told.clone() }
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
        snapshot.kept = true;
        snapshot
    }
}
