//! Questions that wait for memory share the look of one of them, if it began after they were asked.

use std::sync::Arc;

use futures::future::{join, join_all};
use service_runtime::{Actor, Role};

use super::facts::sale;
use super::kept::{asked_for, titled};
use super::{World, actor};
use crate::Questions;
use crate::ask::{Snapshot, When};
use crate::standing::{Keeper, Slot};

/// A tenant whose memory is one sale behind its tables.
struct Behind {
    world: World,
    questions: Questions,
    auditor: Actor,
    slot: Arc<Slot<Keeper>>,
    /// Where memory stands.
    before: i64,
}

impl Behind {
    async fn new() -> Self {
        let (mut world, ..) = asked_for("Fjord").await;
        let (questions, auditor) = (world.questions(1), actor(&world.tenant, Role::Auditor));
        let opened = Snapshot::open_standing(&questions, &auditor, &When::default(), None).await;
        let level = opened.unwrap();
        let slot = questions.standings.of(level.tenant_id).unwrap();
        world.record(&sale(2).stream(), &[titled("Fjell")]).await;
        world.follow().await;
        Self { world, questions, auditor, slot, before: level.position }
    }

    async fn open(&self, when: &When) -> Snapshot {
        Snapshot::open_standing(&self.questions, &self.auditor, when, None).await.unwrap()
    }

    async fn head(&self) -> i64 {
        self.world.store.head().await.unwrap()
    }
}

/// One of those who wait for the turn brings memory on and has a transaction, the others show what it saw.
#[tokio::test]
async fn questions_that_wait_share_one_look() {
    let behind = Behind::new().await;
    let head = behind.head().await;
    let when = When { min_position: Some(head), ..When::default() };
    let turn = behind.slot.try_write().unwrap();
    let waiting = join_all((0..6).map(|_| behind.open(&when)));
    let (snapshots, ()) = join(waiting, async { drop(turn) }).await;
    let how: Vec<_> = snapshots.iter().map(|snapshot| format!("{:?}", snapshot.tx)).collect();
    assert_eq!(how, [["open"].as_slice(), &["not needed yet"; 5]].concat());
    assert!(snapshots.iter().all(|snapshot| snapshot.position == head));
}

/// What a look shows that began before the question may lack what was there when it was asked.
#[tokio::test]
async fn a_look_that_began_before_a_question_is_not_shared_with_it() {
    let (behind, when) = (Behind::new().await, When::default());
    let turn = behind.slot.try_write().unwrap();
    let asked_earlier = join(behind.open(&when), async {
        turn.begin();
        turn.shows();
        drop(turn);
    });
    assert_eq!(asked_earlier.await.0.position, behind.before, "the look is believed");
    let turn = behind.slot.try_write().unwrap();
    turn.begin();
    let asked_later = join(behind.open(&when), async {
        turn.shows();
        drop(turn);
    });
    assert_eq!(asked_later.await.0.position, behind.head().await);
}

/// One read model is far ahead of the other: those who waited for the look that found it ask SQL.
#[tokio::test]
async fn who_waited_for_a_look_in_vain_does_not_look_again() {
    let behind = Behind::new().await;
    let turn = behind.slot.try_write().unwrap();
    let when = When::default();
    let waited = join(behind.open(&when), async {
        turn.begin();
        turn.in_vain();
        drop(turn);
    });
    let (snapshot, ()) = waited.await;
    assert_eq!((behind.slot.looks(), snapshot.standing.is_some()), (2, false));
    assert_eq!(snapshot.position, behind.head().await);
}
