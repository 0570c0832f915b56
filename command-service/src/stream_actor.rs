//! One actor per stream: commands on a stream take turns (`turns.rs`) and find its folded state.
//!
//! Owns the bounded cache of folded streams, which may forget any of them at any moment. A state may be stale when another replica wrote; whoever is about
//! to refuse on it asks the log first (`execute.rs`). Must not decide anything.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use domain::State;
use event_store::EventStore;
use events::{Event, StreamName, TenantSlug};
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use uuid::Uuid;

use crate::call::ExecuteError;
use crate::turns::{TurnTable, Turns};

/// Streams remembered at most (design §5).
pub const STREAMS_MAX: u64 = 100_000;
/// Bytes remembered at most, estimated (design §5).
pub const CACHE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// What one stream counts for at least, so that both limits are one.
const STREAM_BYTES_MIN: u64 = CACHE_BYTES_MAX / STREAMS_MAX;

/// What a member of a selection counts for.
const MEMBER_BYTES: usize = 48;

/// What an item of a list counts for.
const ITEM_BYTES: usize = 512;

/// A stream folded up to a version.
#[derive(Debug, Clone)]
pub struct Folded {
    /// Version of the last folded event, 0 for a stream without events.
    pub version: i64,
    /// The sale's number, once it is registered.
    pub number: Option<i64>,
    /// What the events amount to.
    pub state: Arc<State>,
}

impl Folded {
    /// A stream without events.
    pub fn empty(stream: &StreamName) -> Self {
        Self { version: 0, number: None, state: Arc::new(State::empty(stream.aggregate)) }
    }

    /// The stream after more events.
    #[must_use]
    pub fn after<'a>(
        self,
        events: impl IntoIterator<Item = &'a Event>,
        number: Option<i64>,
    ) -> Self {
        let Self { mut version, number: known, state } = self;
        let mut state = Arc::unwrap_or_clone(state);
        for event in events {
            state = state.evolve(event);
            version += 1;
        }
        Self { version, number: number.or(known), state: Arc::new(state) }
    }
}

/// One stream's place in the cache.
#[derive(Debug, Default)]
struct Slot {
    folded: RwLock<Option<Folded>>,
}

impl Slot {
    fn get(&self) -> Option<Folded> {
        self.folded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers a state unless a newer one is known; `None` forgets.
    fn set(&self, new: Option<Folded>) {
        let mut folded = self.folded.write().unwrap_or_else(PoisonError::into_inner);
        let newer_known =
            matches!((&*folded, &new), (Some(old), Some(new)) if old.version > new.version);
        if !newer_known {
            *folded = new;
        }
    }
}

/// All actors of a log.
#[derive(Debug, Clone)]
pub struct StreamActors {
    store: EventStore,
    turns: TurnTable,
    slots: Cache<Uuid, Arc<Slot>>,
}

impl StreamActors {
    /// Starts with nothing remembered.
    pub fn new(store: EventStore) -> Self {
        let slots = Cache::builder()
            .max_capacity(CACHE_BYTES_MAX)
            .weigher(|_, slot: &Arc<Slot>| weight(slot))
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { store, turns: TurnTable::default(), slots }
    }

    /// Waits for the turn of every named stream.
    pub async fn turns(&self, tenant: &TenantSlug, streams: &BTreeSet<StreamName>) -> Turns {
        self.turns.take(streams.iter().map(|stream| stream.stream_id(tenant))).await
    }

    /// The folded stream as it is remembered, without asking the log.
    pub fn remembered(&self, tenant: &TenantSlug, stream: &StreamName) -> Option<Folded> {
        self.slots.get(&stream.stream_id(tenant)).and_then(|slot| slot.get())
    }

    /// The folded stream: remembered, else read from the log.
    pub async fn folded(
        &self,
        tenant: &TenantSlug,
        stream: &StreamName,
    ) -> Result<Folded, ExecuteError> {
        let stream_id = stream.stream_id(tenant);
        let slot = self.slot(stream_id);
        if let Some(folded) = slot.get() {
            return Ok(folded);
        }
        let mut folded = Folded::empty(stream);
        for recorded in self.store.load(tenant, stream_id, 0).await? {
            folded = folded.after([&recorded.decode()?], recorded.number);
        }
        self.remember(stream_id, &slot, folded.clone());
        Ok(folded)
    }

    /// Remembers a stream after an append.
    pub fn appended(&self, tenant: &TenantSlug, stream: &StreamName, folded: Folded) {
        let stream_id = stream.stream_id(tenant);
        let slot = self.slot(stream_id);
        self.remember(stream_id, &slot, folded);
    }

    /// Forgets a stream that turned out to be stale.
    pub fn forget(&self, tenant: &TenantSlug, stream: &StreamName) {
        self.slot(stream.stream_id(tenant)).set(None);
    }

    fn slot(&self, stream_id: Uuid) -> Arc<Slot> {
        self.slots.get_with(stream_id, Arc::default)
    }

    /// Stores a state; the cache is told when the slot's weight changed, unless it has forgotten the slot meanwhile:
    /// another one may be in its place, with a newer state.
    fn remember(&self, stream_id: Uuid, slot: &Arc<Slot>, folded: Folded) {
        let before = weight(slot);
        slot.set(Some(folded));
        if weight(slot) != before {
            self.slots.entry(stream_id).and_compute_with(|known| match known {
                Some(known) if Arc::ptr_eq(known.value(), slot) => Op::Put(Arc::clone(slot)),
                Some(_) | None => Op::Nop,
            });
        }
    }
}

/// Estimated bytes of a slot: a floor, and what long texts add to it.
fn weight(slot: &Arc<Slot>) -> u32 {
    let text = slot.get().map_or(0, |folded| match &*folded.state {
        State::Sale(sale) => sale
            .deal()
            .and_then(|deal| deal.description.as_ref())
            .map_or(0, |text| text.as_str().len()),
        State::List(list) => list.len().saturating_mul(ITEM_BYTES),
        State::Selection(selection) => {
            let members = selection.kept().map_or(0, |kept| kept.members.len());
            members.saturating_mul(MEMBER_BYTES)
        }
        State::Activity(_)
        | State::Stage(_)
        | State::SaleType(_)
        | State::Currency(_)
        | State::User(_)
        | State::Tenant(_)
        | State::Name(_)
        | State::TargetType(_)
        | State::Target(_)
        | State::Company(_)
        | State::Contact(_) => 0,
    });
    let bytes = STREAM_BYTES_MIN.saturating_add(u64::try_from(text).unwrap_or(u64::MAX));
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
