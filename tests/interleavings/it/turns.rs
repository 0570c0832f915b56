//! Turns: one holder a stream, groups never wait for each other, and nothing is left when nobody wants a turn, also
//! after somebody stopped waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt;
use interleavings::explore::{below, chance, explore, finds};
use shuttle::future::{block_on, spawn, yield_now};
use uuid::Uuid;

/// The turns, the product's or a mutant of them.
trait Takes: Clone + Default + Send + Sync + 'static {
    type Held: Send;
    fn take_all(&self, streams: Vec<Uuid>) -> impl Future<Output = Self::Held> + Send;
    fn left(&self) -> usize;
}

macro_rules! takes {
    ($($module:ident)*) => {
        $(impl Takes for interleavings::$module::TurnTable {
            type Held = interleavings::$module::Turns;

            async fn take_all(&self, streams: Vec<Uuid>) -> Self::Held {
                self.take(streams).await
            }

            fn left(&self) -> usize {
                self.wanted()
            }
        })*
    };
}

takes! {
    turns
    turns_that_end_while_somebody_waits
    turns_in_the_order_of_the_caller
    turns_that_are_never_cleared_away
}

type Holders = Arc<[AtomicU32; 3]>;

/// Takes the turns of some streams, in any order of its own, twice; or stops waiting for them.
async fn group(table: impl Takes, holders: Holders) {
    for _ in 0..2 {
        let first = below(3);
        let streams: Vec<u32> =
            if chance(2) { vec![first, (first + 1 + below(2)) % 3] } else { vec![first] };
        let ids = streams.iter().map(|stream| Uuid::from_u128(u128::from(*stream))).collect();
        let taking = table.take_all(ids);
        let held = if chance(3) {
            let patience = async {
                for _ in 0..below(3) {
                    yield_now().await;
                }
            };
            futures::select_biased! {
                held = Box::pin(taking).fuse() => Some(held),
                () = Box::pin(patience).fuse() => None,
            }
        } else {
            Some(taking.await)
        };
        let Some(held) = held else { continue };
        for stream in &streams {
            let before = holders[*stream as usize].fetch_add(1, Ordering::SeqCst);
            assert_eq!(before, 0, "two hold one turn");
        }
        yield_now().await;
        for stream in &streams {
            holders[*stream as usize].fetch_sub(1, Ordering::SeqCst);
        }
        drop(held);
    }
}

fn scene<T: Takes>() {
    block_on(async {
        let (table, holders) = (T::default(), Holders::default());
        let groups: Vec<_> =
            (0..3).map(|_| spawn(group(table.clone(), Arc::clone(&holders)))).collect();
        for group in groups {
            group.await.unwrap();
        }
        assert_eq!(table.left(), 0, "a turn that nobody wants is still there");
    });
}

#[test]
fn one_group_holds_a_turn_and_none_waits_for_ever_in_every_order() {
    explore(scene::<interleavings::turns::TurnTable>);
}

#[test]
fn control_a_turn_that_ends_while_somebody_waits_is_held_twice() {
    finds(
        "two hold one turn",
        scene::<interleavings::turns_that_end_while_somebody_waits::TurnTable>,
    );
}

#[test]
fn control_groups_that_do_not_sort_wait_for_each_other() {
    finds("deadlock", scene::<interleavings::turns_in_the_order_of_the_caller::TurnTable>);
}

#[test]
fn control_turns_that_are_never_cleared_away_are_noticed() {
    finds(
        "a turn that nobody wants",
        scene::<interleavings::turns_that_are_never_cleared_away::TurnTable>,
    );
}
