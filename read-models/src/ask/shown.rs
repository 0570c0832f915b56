//! A snapshot with the standing beside it: for questions about now that sum, sort or count over all sales.

use std::sync::Arc;

use service_runtime::{Actor, Problem};

use super::asking::Asking;
use super::snapshot::{tenant_of, wanted};
use super::{Pinned, Questions, Snapshot, When};

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
pub(super) enum Look {
    /// What is current.
    Now,
    /// What was at a moment.
    Past,
    /// What sales went through, up to now or a moment.
    Versions,
}
