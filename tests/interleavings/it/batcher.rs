//! The batcher: every command gets its own outcome and no other, calls keep to what they promise, commands on a stream
//! keep their order; also when callers hang up, when calls fail, when the last handle is gone.

use std::sync::{Arc, Mutex};

use command_service::call::ExecuteError;
use events::{Aggregate, NewEvent, StreamName, TenantSlug};
use futures::FutureExt;
use futures::future::join_all;
use interleavings::explore::{below, chance, explore, finds};
use interleavings::log::{EventStore, Group, Outcome, StreamAppend};
use interleavings::tasks::Tasks;
use shuttle::future::{block_on, spawn, yield_now};
use uuid::Uuid;

/// A batcher, the product's or a mutant of it.
trait Batches: Clone + Send + Sync + 'static {
    fn begin(store: EventStore, tasks: &Tasks) -> Self;
    fn send(&self, group: Group) -> impl Future<Output = Result<Outcome, ExecuteError>> + Send;
}

macro_rules! batches {
    ($($module:ident)*) => {
        $(impl Batches for interleavings::$module::Batcher {
            fn begin(store: EventStore, tasks: &Tasks) -> Self {
                Self::start(store, tasks, Uuid::nil())
            }

            async fn send(&self, group: Group) -> Result<Outcome, ExecuteError> {
                self.append(group, &[]).await
            }
        })*
    };
}

batches! {
    batcher
    batcher_without_distinct_streams
    batcher_that_lets_commands_overtake
    batcher_without_a_limit_of_events
    batcher_without_a_limit_of_bytes
    batcher_that_mixes_outcomes_up
    batcher_that_is_silent_about_failures
    batcher_that_forgets_who_was_postponed
}

/// What a caller was told, and about which group.
struct Told {
    caller: u32,
    /// The group's first event.
    event: Uuid,
    streams: Vec<StreamName>,
    /// Nothing when the caller hung up.
    outcome: Option<Result<Outcome, ExecuteError>>,
}

/// Commands of one caller; their streams are chosen among three, their versions do not matter.
fn groups(caller: u32) -> Vec<Group> {
    let group = |nth: u32| {
        let mut streams: Vec<u32> = (0..3).filter(|_| chance(2)).collect();
        if streams.is_empty() {
            streams.push(below(3));
        }
        let size = 1 + below(2);
        let event = |stream: u32, nth_fact: u32| NewEvent {
            event_id: Uuid::from_u128(u128::from(
                caller * 1_000 + nth * 100 + stream * 10 + nth_fact,
            )),
            event_type: "sale.title-changed",
            schema_version: 1,
            payload: vec![b'x'; usize::try_from(below(20)).unwrap()],
            meta: Vec::new(),
        };
        let append = |stream: u32| StreamAppend {
            stream: StreamName::new(Aggregate::Sale, stream.to_string()),
            expected: 0,
            events: (0..size).map(|fact| event(stream, fact)).collect(),
        };
        Group {
            tenant: TenantSlug::parse("demo").unwrap(),
            receipt: None,
            effective_at: None,
            appends: streams.into_iter().map(append).collect(),
        }
    };
    (0..3).map(group).collect()
}

/// Sends all of them without waiting in between; hangs up on some.
async fn call(batcher: impl Batches, caller: u32, told: Arc<Mutex<Vec<Told>>>) {
    let hangs_up = chance(4);
    let calls = groups(caller).into_iter().map(|group| {
        let event = group.appends[0].events[0].event_id;
        let streams = group.appends.iter().map(|append| append.stream.clone()).collect();
        let sent = batcher.send(group);
        async move {
            let outcome = if hangs_up {
                let patience = async {
                    for _ in 0..below(4) {
                        yield_now().await;
                    }
                };
                futures::select_biased! {
                    outcome = sent.fuse() => Some(outcome),
                    () = Box::pin(patience).fuse() => None,
                }
            } else {
                Some(sent.await)
            };
            Told { caller, event, streams, outcome }
        }
    });
    let all = join_all(calls).await;
    told.lock().unwrap().extend(all);
}

/// Three callers; then the last handle is gone, and everything that was accepted has been answered.
fn scene<B: Batches>() {
    block_on(async {
        let store = if chance(2) { EventStore::failing() } else { EventStore::default() };
        let (tasks, told) = (Tasks::default(), Arc::new(Mutex::new(Vec::new())));
        let batcher = B::begin(store.clone(), &tasks);
        let callers: Vec<_> =
            (0..3).map(|n| spawn(call(batcher.clone(), n, Arc::clone(&told)))).collect();
        drop(batcher);
        for caller in callers {
            caller.await.unwrap();
        }
        tasks.ended().await;
        judge(&store, &told.lock().unwrap());
    });
}

fn judge(store: &EventStore, told: &[Told]) {
    let (judged, events) = (store.judged(), store.events());
    assert_eq!(told.len(), 9, "every command has one outcome");
    for one in told {
        let times = judged.iter().filter(|event| **event == one.event).count();
        match &one.outcome {
            None => assert!(times <= 1, "sent twice"),
            Some(Err(ExecuteError::Overloaded)) => assert_eq!(times, 0, "refused, and done"),
            Some(Err(ExecuteError::Unavailable(_))) => assert!(times <= 1, "sent twice"),
            Some(Err(error)) => panic!("{error}"),
            Some(Ok(Outcome::Appended(appended))) => {
                let first = usize::try_from(appended.first.unwrap()).unwrap() - 1;
                assert_eq!(
                    (times, events[first].event_id),
                    (1, one.event),
                    "somebody else's outcome"
                );
            }
            Some(Ok(Outcome::Conflict { versions })) => {
                let done = events.iter().any(|event| event.event_id == one.event);
                assert!(times == 1 && !done, "somebody else's outcome");
                assert_eq!(versions.len(), one.streams.len(), "somebody else's outcome");
            }
            Some(Ok(other)) => panic!("{other:?}"),
        }
    }
    // a caller's commands on one stream reach the log in the order in which it sent them
    for (at, earlier) in told.iter().enumerate() {
        let place = |event: Uuid| judged.iter().position(|other| *other == event);
        for later in told[at + 1..].iter().filter(|later| later.caller == earlier.caller) {
            let (Some(first), Some(then)) = (place(earlier.event), place(later.event)) else {
                continue;
            };
            let shares = earlier.streams.iter().any(|stream| later.streams.contains(stream));
            assert!(!shares || first < then, "overtaken on a stream");
        }
    }
}

#[test]
fn every_command_gets_its_own_outcome_in_every_order() {
    explore(scene::<interleavings::batcher::Batcher>);
}

#[test]
fn control_without_distinct_streams_a_call_holds_one_twice() {
    finds(
        "a stream twice in one call",
        scene::<interleavings::batcher_without_distinct_streams::Batcher>,
    );
}

#[test]
fn control_a_command_overtakes_where_a_postponed_one_does_not_block_its_streams() {
    finds(
        "overtaken on a stream",
        scene::<interleavings::batcher_that_lets_commands_overtake::Batcher>,
    );
}

#[test]
fn control_without_a_limit_of_events_a_call_is_too_large() {
    finds("beyond a limit", scene::<interleavings::batcher_without_a_limit_of_events::Batcher>);
}

#[test]
fn control_without_a_limit_of_bytes_a_call_is_too_large() {
    finds("beyond a limit", scene::<interleavings::batcher_without_a_limit_of_bytes::Batcher>);
}

#[test]
fn control_outcomes_that_are_mixed_up_are_noticed() {
    finds(
        "somebody else's outcome",
        scene::<interleavings::batcher_that_mixes_outcomes_up::Batcher>,
    );
}

#[test]
fn control_a_failed_call_nobody_is_told_of_is_noticed() {
    finds(
        "refused, and done",
        scene::<interleavings::batcher_that_is_silent_about_failures::Batcher>,
    );
}

#[test]
fn control_a_postponed_command_that_is_forgotten_is_noticed() {
    finds("deadlock", scene::<interleavings::batcher_that_forgets_who_was_postponed::Batcher>);
}
