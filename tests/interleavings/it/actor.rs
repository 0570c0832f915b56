//! The actors: commands on a stream never overlap, though the cache forgets what it likes; a replica that is alone on its
//! log never decides on a state that is behind; with another one beside it nothing is stored twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use command_service::call::ExecuteError;
use events::{Aggregate, Event, NewEvent, StreamName, TenantSlug};
use interleavings::explore::{below, chance, explore, finds};
use interleavings::log::{EventStore, Group, Outcome, StreamAppend};
use shuttle::future::{block_on, spawn, yield_now};
use uuid::Uuid;

const REGISTERED: &[u8] = include_bytes!("../../../events/golden/sale.registered.v1.json");

/// What the scene needs of actors, the product's or a mutant of them.
trait Acts: Clone + Send + Sync + 'static {
    type Held: Send;
    type State: Send;
    fn over(store: EventStore) -> Self;
    fn hold(&self, streams: &BTreeSet<StreamName>) -> impl Future<Output = Self::Held> + Send;
    fn known(
        &self,
        stream: &StreamName,
    ) -> impl Future<Output = Result<(i64, Self::State), ExecuteError>> + Send;
    fn after(&self, stream: &StreamName, state: Self::State, event: &Event);
    fn outdated(&self, stream: &StreamName);
}

macro_rules! acts {
    ($($module:ident)*) => {
        $(impl Acts for interleavings::$module::StreamActors {
            type Held = interleavings::turns::Turns;
            type State = interleavings::$module::Folded;

            fn over(store: EventStore) -> Self {
                Self::new(store)
            }

            async fn hold(&self, streams: &BTreeSet<StreamName>) -> Self::Held {
                self.turns(&tenant(), streams).await
            }

            async fn known(&self, stream: &StreamName) -> Result<(i64, Self::State), ExecuteError> {
                self.folded(&tenant(), stream).await.map(|folded| (folded.version, folded))
            }

            fn after(&self, stream: &StreamName, state: Self::State, event: &Event) {
                self.appended(&tenant(), stream, state.after([event], None));
            }

            fn outdated(&self, stream: &StreamName) {
                self.forget(&tenant(), stream);
            }
        })*
    };
}

acts! { stream_actor actor_that_puts_a_forgotten_slot_back actor_that_remembers_older_states }

fn tenant() -> TenantSlug {
    TenantSlug::parse("demo").unwrap()
}

fn stream(nth: u32) -> StreamName {
    StreamName::new(Aggregate::Sale, nth.to_string())
}

/// The first event of a sale, then descriptions of any length: states weigh differently.
fn fact(version: i64) -> Event {
    let described = format!("{{\"description\":\"{}\"}}", "x".repeat(1 + below(3) as usize));
    let (kind, payload) = match version {
        0 => ("sale.registered", REGISTERED),
        1.. => ("sale.description-changed", described.as_bytes()),
        ..0 => unreachable!("a version is never negative"),
    };
    events::codec::decode(kind, 1, payload).unwrap()
}

fn group(stream: &StreamName, version: i64, fact: &Event, id: u128) -> Group {
    let (event_type, schema_version, payload) = events::codec::encode(fact);
    let event_id = Uuid::from_u128(id);
    let event = NewEvent { event_id, event_type, schema_version, payload, meta: Vec::new() };
    let appends =
        vec![StreamAppend { stream: stream.clone(), expected: version, events: vec![event] }];
    Group { tenant: tenant(), receipt: None, effective_at: None, appends }
}

/// Whether somebody is in a turn, by stream.
type Within = Arc<[AtomicBool; 2]>;

/// Commands of one caller. Returns how often one was told that its state was behind the log.
async fn commands<A: Acts>(actors: A, store: EventStore, within: Within, caller: u128) -> usize {
    let mut conflicts = 0;
    for nth in 0..3 {
        let own = below(2);
        let (name, other) = (stream(own), stream(1 - own));
        // what a decision rests on is looked up without a turn
        if chance(3) {
            actors.known(&other).await.unwrap();
        }
        let turns = actors.hold(&BTreeSet::from([name.clone()])).await;
        let overlaps = within[own as usize].swap(true, Ordering::SeqCst);
        assert!(!overlaps, "two commands on one stream at once");
        let (version, state) = actors.known(&name).await.unwrap();
        let fact = fact(version);
        yield_now().await;
        match store.append_elsewhere(group(&name, version, &fact, caller * 100 + nth)) {
            Outcome::Appended(_) => {
                yield_now().await;
                actors.after(&name, state, &fact);
            }
            Outcome::Conflict { .. } => {
                conflicts += 1;
                actors.outdated(&name);
            }
            other => panic!("{other:?}"),
        }
        within[own as usize].store(false, Ordering::SeqCst);
        drop(turns);
    }
    conflicts
}

fn scene<A: Acts>() {
    block_on(async {
        let (store, within) = (EventStore::default(), Within::default());
        let actors = A::over(store.clone());
        let callers: Vec<_> = (0..3)
            .map(|n| spawn(commands(actors.clone(), store.clone(), Arc::clone(&within), n)))
            .collect();
        let mut conflicts = 0;
        for caller in callers {
            conflicts += caller.await.unwrap();
        }
        assert_eq!(conflicts, 0, "alone on its log, and yet behind it");
        for n in 0..2 {
            let (version, _) = actors.known(&stream(n)).await.unwrap();
            let stored = store.load(&tenant(), stream(n).stream_id(&tenant()), 0).await.unwrap();
            let behind = "alone on its log, and yet behind it";
            assert_eq!(usize::try_from(version).unwrap(), stored.len(), "{behind}");
        }
    });
}

/// Two replicas on one log: conflicts are told, and nobody is told "stored" about what is not.
fn two_replicas() {
    block_on(async {
        let store = EventStore::default();
        let replica = || interleavings::stream_actor::StreamActors::over(store.clone());
        let callers: Vec<_> = (0..2)
            .map(|n| spawn(commands(replica(), store.clone(), Within::default(), n)))
            .collect();
        let mut conflicts = 0;
        for caller in callers {
            conflicts += caller.await.unwrap();
        }
        let events = store.events();
        assert_eq!(events.len() + conflicts, 6, "stored or refused");
        for n in 0..2 {
            let id = stream(n).stream_id(&tenant());
            let versions =
                events.iter().filter(|event| event.stream_id == id).map(|event| event.version);
            assert!(versions.zip(1..).all(|(version, nth)| version == nth));
        }
    });
}

#[test]
fn commands_on_a_stream_never_overlap_and_never_see_an_older_state_in_any_order() {
    explore(scene::<interleavings::stream_actor::StreamActors>);
}

#[test]
fn two_replicas_store_or_are_told_in_every_order() {
    explore(two_replicas);
}

#[test]
fn control_a_forgotten_slot_that_is_put_back_brings_an_older_state() {
    finds(
        "alone on its log",
        scene::<interleavings::actor_that_puts_a_forgotten_slot_back::StreamActors>,
    );
}

#[test]
fn control_actors_that_remember_older_states_are_behind_their_log() {
    finds(
        "alone on its log",
        scene::<interleavings::actor_that_remembers_older_states::StreamActors>,
    );
}
