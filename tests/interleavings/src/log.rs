//! `event_store` as the product names it, with a log that is a model: versions, positions, and calls that take their time
//! and fail when chance says so. It judges what it is sent: one call at a time, within the limits, no stream twice.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::DateTime;
use events::{NewEvent, Recorded, TenantSlug};
use shuttle::future::yield_now;
use uuid::Uuid;

pub use event_store::{AppendError, Appended, Group, Outcome, Resting, StoreError, StreamAppend};

use crate::explore::chance;

/// Events a call may carry, unless one command alone is larger; payload bytes; commands (`build.rs`).
const MAX: (usize, usize, usize) = (4, 64, 3);

/// The log of one scene.
#[derive(Debug, Clone, Default)]
pub struct EventStore(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    events: Vec<Recorded>,
    versions: BTreeMap<Uuid, i64>,
    /// Ids of the first event of every group that was judged, also when the answer was lost.
    judged: Vec<Uuid>,
    called: bool,
    /// Calls fail now and then, before or after they were carried out.
    fails: bool,
}

impl EventStore {
    /// One whose calls fail now and then.
    #[must_use]
    pub fn failing() -> Self {
        Self(Arc::new(Mutex::new(Log { fails: true, ..Log::default() })))
    }

    /// Appends groups, an outcome for each.
    ///
    /// # Errors
    /// When chance says so: then nothing is known.
    ///
    /// # Panics
    /// When the call is not one that the batcher may make.
    pub async fn append_resting(
        &self,
        _writer: Uuid,
        groups: &[Group],
        rests_on: &[Resting],
    ) -> Result<Vec<Outcome>, AppendError> {
        may_be_sent(groups);
        assert!(!std::mem::replace(&mut self.log().called, true), "two calls at once");
        yield_now().await;
        let fails = self.log().fails;
        let outcomes = if fails && chance(5) { None } else { Some(self.judge(groups, rests_on)) };
        yield_now().await;
        self.log().called = false;
        let lost = fails && chance(5);
        let failed = || AppendError::Unavailable(sqlx::Error::WorkerCrashed);
        outcomes.filter(|_| !lost).ok_or_else(failed)
    }

    /// Appends one group as another replica would: at once.
    ///
    /// # Panics
    /// Never.
    pub fn append_elsewhere(&self, group: Group) -> Outcome {
        self.judge(&[group], &[]).pop().expect("one outcome")
    }

    /// The events of a stream, as they were a moment ago.
    ///
    /// # Errors
    /// Never.
    pub async fn load(
        &self,
        _tenant: &TenantSlug,
        stream_id: Uuid,
        after_version: i64,
    ) -> Result<Vec<Recorded>, StoreError> {
        yield_now().await;
        let mut events = self.events();
        events.retain(|event| event.stream_id == stream_id && event.version > after_version);
        yield_now().await;
        Ok(events)
    }

    /// Everything there is, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Recorded> {
        self.log().events.clone()
    }

    /// Ids of the first event of every group that was judged, in order.
    #[must_use]
    pub fn judged(&self) -> Vec<Uuid> {
        self.log().judged.clone()
    }

    fn judge(&self, groups: &[Group], rests_on: &[Resting]) -> Vec<Outcome> {
        let mut log = self.log();
        let rests_on = rests_on.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        groups.iter().zip(rests_on).map(|(group, rests_on)| log.judge(group, rests_on)).collect()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn version(&self, stream_id: Uuid) -> i64 {
        self.versions.get(&stream_id).copied().unwrap_or_default()
    }

    fn judge(&mut self, group: &Group, rests_on: &[(Uuid, i64)]) -> Outcome {
        self.judged.push(group.appends[0].events[0].event_id);
        let streams = group.appends.iter().map(|append| append.stream.stream_id(&group.tenant));
        let streams: Vec<Uuid> = streams.collect();
        let versions: Vec<i64> = streams.iter().map(|stream| self.version(*stream)).collect();
        // in the order of the log: what it rests on comes first
        if rests_on.iter().any(|(stream, version)| self.version(*stream) != *version) {
            return Outcome::RestsOnThePast;
        }
        if group.appends.iter().zip(&versions).any(|(append, version)| append.expected != *version)
        {
            return Outcome::Conflict { versions };
        }
        let first = i64::try_from(self.events.len()).unwrap_or_default() + 1;
        for (append, stream) in group.appends.iter().zip(&streams) {
            for event in &append.events {
                let version = self.version(*stream) + 1;
                self.versions.insert(*stream, version);
                let recorded = self.recorded(group, *stream, version, event);
                self.events.push(recorded);
            }
        }
        let last = i64::try_from(self.events.len()).unwrap_or_default();
        let versions = streams.iter().map(|stream| self.version(*stream)).collect();
        Outcome::Appended(Appended { versions, first: Some(first), last: Some(last), number: None })
    }

    fn recorded(&self, group: &Group, stream_id: Uuid, version: i64, event: &NewEvent) -> Recorded {
        Recorded {
            log_id: 1,
            position: i64::try_from(self.events.len()).unwrap_or_default() + 1,
            previous: 0,
            tenant: group.tenant.clone(),
            tenant_id: 1,
            stream_id,
            version,
            event_id: event.event_id,
            event_type: event.event_type.to_owned(),
            schema_version: event.schema_version,
            recorded_at: DateTime::UNIX_EPOCH,
            effective_at: None,
            number: None,
            meta: event.meta.clone(),
            payload: event.payload.clone(),
            content_hash: [0; 32],
        }
    }
}

/// What the batcher promises of every call.
fn may_be_sent(groups: &[Group]) {
    assert!(!groups.is_empty(), "an empty call");
    let facts = || groups.iter().flat_map(|group| &group.appends).flat_map(|append| &append.events);
    let bytes = facts().map(|fact| fact.payload.len() + fact.meta.len()).sum::<usize>();
    let within = facts().count() <= MAX.0 && bytes <= MAX.1 && groups.len() <= MAX.2;
    assert!(groups.len() == 1 || within, "beyond a limit");
    let mut streams = HashSet::new();
    for append in groups.iter().flat_map(|group| &group.appends) {
        assert!(streams.insert(&append.stream), "a stream twice in one call");
    }
}
